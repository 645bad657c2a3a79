using Weir.Protocols.Aws;

namespace Weir.Protocols.CloudWatchLogs.FilterPattern;

/// <summary>TestMetricFilter: which of the given messages a pattern matches, and the values that it extracts from them.</summary>
internal static class TestMetricFilter
{
    public static ValueTask<AwsReply> Test(AwsRequest request, CancellationToken cancellationToken)
    {
        var messages = request.Texts("logEventMessages");
        var pattern = LogPattern.Parse(request.Text("filterPattern")!, out var error);
        if (error is not null)
            return ValueTask.FromResult<AwsReply>(CloudWatchLogsFaults.From(error));
        return ValueTask.FromResult(AwsReply.Json(json =>
        {
            json.WriteStartArray("matches"u8);
            for (var i = 0; i < messages.Count; i++)
            {
                var extracted = new SortedDictionary<string, string>(StringComparer.Ordinal);
                if (pattern?.Matches(messages[i], extracted) == false)
                    continue;
                json.WriteStartObject();
                json.WriteNumber("eventNumber"u8, i);
                json.WriteString("eventMessage"u8, messages[i]);
                json.WriteStartObject("extractedValues"u8);
                foreach (var (name, value) in extracted)
                    json.WriteString(name, value);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }));
    }
}
