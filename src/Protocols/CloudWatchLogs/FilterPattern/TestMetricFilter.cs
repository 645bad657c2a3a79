using Weir.Protocols.CloudWatchLogs.Groups;
using Weir.Protocols.Wire;

namespace Weir.Protocols.CloudWatchLogs.FilterPattern;

/// <summary>TestMetricFilter: which of the given messages a pattern matches, and what it takes out of them.</summary>
internal static class TestMetricFilter
{
    public static ValueTask<AwsReply> Test(AwsRequest request, AwsJsonInput input, CancellationToken cancellationToken)
    {
        var patternText = input.Text("filterPattern", LogNames.FilterPattern, required: true) ?? "";
        var messages = input.Texts("logEventMessages", new TextRule(1), 1, 50, required: true);
        if (input.Fault is { } fault)
            return ValueTask.FromResult<AwsReply>(fault);
        var pattern = LogPattern.Parse(patternText, out var error);
        if (error is not null)
            return ValueTask.FromResult<AwsReply>(CloudWatchLogsFaults.From(error));
        return ValueTask.FromResult(AwsReply.Json(json =>
        {
            json.WriteStartArray("matches"u8);
            for (var i = 0; i < messages!.Count; i++)
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
