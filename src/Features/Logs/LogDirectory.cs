using System.Text.Json;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Core.Settings;
using static Weir.Core.Query.Terms;

namespace Weir.Features.Logs;

/// <summary>The existing log groups and streams, from the stored lines and from the groups that clients created.</summary>
internal sealed class LogDirectory(ITelemetryReader reader, ISettings settings, TimeProvider time)
{
    private const string GroupCollection = "cloudwatch-log-groups";
    private const string StreamCollection = "cloudwatch-log-streams"; // keys: group, line feed, stream
    private const int MostGroups = 1000;
    private const int MostStreams = 1000;
    private static readonly TimeSpan LookedBack = TimeSpan.FromDays(30);

    public async Task<LogGroups> GroupsAsync(CancellationToken cancellationToken)
    {
        var table = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Logs,
                Select =
                [
                    Field("log_group").As("log_group"),
                    OtlpService.As("otlp_service"),
                    Call(Function.Any, Field("protocol")).As("protocol"),
                    Call(Function.CountDistinct, Field("log_stream")).As("streams"),
                    Count.As("events"),
                    Call(Function.Sum, Call(Function.Length, Field("body"))).As("bytes"),
                    Call(Function.Max, Field("time")).As("last"),
                ],
                Range = Range(),
                GroupBy = [Field("log_group"), OtlpService],
                OrderBy = [new Ordering(Field("last"), Descending: true)],
                Limit = MostGroups,
            },
            cancellationToken);
        var created = settings.List(GroupCollection).ToDictionary(entry => entry.Key, entry => RetentionDays(entry.Value.Span), StringComparer.Ordinal);
        var warnings = new List<string>();
        var groups = table.Told(warnings, "log groups").Select(row =>
        {
            var name = LogGroupNames.Of(row.Text("log_group"), row.Text("otlp_service"));
            var retention = created.Remove(name, out var days) ? days : null;
            return new LogGroupSummary(
                name,
                row.Text("protocol"),
                row.Long("streams"),
                row.Long("events"),
                row.Long("bytes"),
                IsoTime.TextOrNull(row.UnixNanoseconds("last")),
                retention);
        }).ToList();
        groups.AddRange(created.OrderBy(entry => entry.Key, StringComparer.Ordinal).Take(MostGroups)
            .Select(entry => new LogGroupSummary(entry.Key, WireProtocol.CloudWatchLogs, 0, 0, 0, null, entry.Value)));
        if (created.Count > MostGroups)
            warnings.Add($"{created.Count} created groups have no lines; {MostGroups} of them are listed.");
        return new LogGroups(groups) { Warnings = warnings };
    }

    public async Task<LogStreams> StreamsAsync(string group, CancellationToken cancellationToken)
    {
        var table = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Logs,
                Select =
                [
                    Field("log_stream").As("log_stream"),
                    Count.As("events"),
                    Call(Function.Min, Field("time")).As("first"),
                    Call(Function.Max, Field("time")).As("last"),
                ],
                Range = Range(),
                Where = LogGroupNames.Condition(group),
                GroupBy = [Field("log_stream")],
                OrderBy = [new Ordering(Field("last"), Descending: true)],
                Limit = MostStreams,
            },
            cancellationToken);
        var warnings = new List<string>();
        var streams = table.Told(warnings, "log streams").Select(row => new LogStreamSummary(
            row.TextOrNull("log_stream") ?? LogGroupNames.OtlpStream,
            row.Long("events"),
            IsoTime.TextOrNull(row.UnixNanoseconds("first")),
            IsoTime.TextOrNull(row.UnixNanoseconds("last")))).ToList();
        var written = streams.Select(stream => stream.Name).ToHashSet(StringComparer.Ordinal);
        var empty = settings.List(StreamCollection, group + "\n").Select(entry => entry.Key[(group.Length + 1)..]).Where(name => !written.Contains(name)).ToList();
        if (empty.Count > MostStreams)
            warnings.Add($"{empty.Count} created streams have no lines; {MostStreams} of them are listed.");
        streams.AddRange(empty.Take(MostStreams)
            .Select(name => new LogStreamSummary(name, 0, null, null)));
        return new LogStreams(streams) { Warnings = warnings };
    }

    /// <summary>A CloudWatch group is one entry, for all services of its lines.</summary>
    private static Expr OtlpService { get; } = Call(Function.If, Is("log_group", ""), Field("service"), Value(""));

    private TimeRange Range()
    {
        var now = time.GetUtcNow();
        return new TimeRange(now - LookedBack, now.AddDays(1));
    }

    internal static int? RetentionDays(ReadOnlySpan<byte> document)
    {
        try
        {
            var json = new Utf8JsonReader(document);
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1)
                    continue;
                var found = json.ValueTextEquals("retentionInDays"u8) || json.ValueTextEquals("retentionDays"u8);
                if (found && json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var days))
                    return days;
            }
        }
        catch (JsonException)
        {
            // A document of another version: the group is shown without its retention.
        }
        return null;
    }
}
