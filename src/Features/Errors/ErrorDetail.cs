using System.Text.Json;
using Weir.Core.Model;
using Weir.Core.Query;
using static Weir.Core.Query.Terms;

namespace Weir.Features.Errors;

/// <summary>One item with its newest occurrences, and one occurrence.</summary>
internal sealed class ErrorDetail(ITelemetryReader reader, ErrorItems items, TimeProvider time)
{
    private const int MostRecent = 100;
    private const int MostHosts = 50;
    private static readonly TimeSpan SparklineLength = TimeSpan.FromHours(24);

    private static readonly string[] Columns =
    [
        "occurrence_id", "item_id", "time", "level", "protocol", "title", "message", "environment", "service", "host", "framework", "language",
        "code_version", "notifier", "trace_id", "method", "url", "user_ip", "person_id", "exceptions", "attributes", "payload", "fingerprint",
    ];

    /// <summary>The item with all its stored data, its sparkline over the last 24 hours.</summary>
    public async Task<ItemSummary> SummaryAsync(ulong id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var summaries = await items.SummariesAsync([id], null, new TimeRange(now - SparklineLength, now), cancellationToken);
        return summaries.GetValueOrDefault(id) ?? throw new FaultException(new Fault(FaultKind.NotFound, $"No item {ItemIdentity.ToText(id)} is stored."));
    }

    public async Task<ItemDetail> ItemAsync(ulong id, CancellationToken cancellationToken)
    {
        var summaryTask = SummaryAsync(id, cancellationToken);
        var latestTask = OccurrenceAsync(Is("item_id", id), cancellationToken);
        var recentTask = reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Occurrences,
                Select = [.. new[] { "occurrence_id", "time", "trace_id", "message", "host", "person_id" }.Select(name => Field(name).As(name))],
                Where = Is("item_id", id),
                OrderBy = [new Ordering(Field("time"), Descending: true)],
                Limit = MostRecent,
            },
            cancellationToken);
        var hostsTask = reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Occurrences,
                Select = [Field("host").As("host"), Count.As("count")],
                Where = Is("item_id", id) & new ExistsExpr(Field("host")),
                GroupBy = [Field("host")],
                OrderBy = [new Ordering(Field("count"), Descending: true), new Ordering(Field("host"))],
                Limit = MostHosts,
            },
            cancellationToken);
        await Task.WhenAll(summaryTask, latestTask, recentTask, hostsTask);
        var warnings = new List<string>();
        var recent = (await recentTask).Page(out var more);
        if (more)
            warnings.Add($"The newest {recent.Count} occurrences are listed.");
        var summary = await summaryTask;
        var (latest, fingerprint) = await latestTask ?? throw new FaultException(new Fault(FaultKind.NotFound, $"No item {ItemIdentity.ToText(id)} is stored."));
        return new ItemDetail(
            summary.ItemId,
            summary.Counter,
            summary.Title,
            summary.Level,
            summary.Status,
            summary.Protocol,
            summary.Service,
            summary.Environment,
            summary.ExceptionClass,
            summary.Occurrences,
            summary.FirstAt,
            summary.LastAt,
            summary.Sparkline,
            fingerprint,
            latest,
            [.. recent.Select(Recent)],
            [.. (await hostsTask).Told(warnings, "hosts").Select(row => new HostCount(row.Text("host"), row.Long("count")))])
        {
            Warnings = warnings,
        };
    }

    /// <param name="id">With or without dashes, in either case.</param>
    public async Task<OccurrenceDetail> OccurrenceAsync(string id, CancellationToken cancellationToken)
    {
        var key = id.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        if (key.Length is 0 or > 64)
            throw new FaultException(new Fault(FaultKind.Invalid, "id: not the id of an occurrence; expected 32 hex digits"));
        var found = await OccurrenceAsync(Is("occurrence_id", key), cancellationToken);
        return found?.Occurrence ?? throw new FaultException(new Fault(FaultKind.NotFound, $"No occurrence {key} is stored."));
    }

    private async Task<(OccurrenceDetail Occurrence, string Fingerprint)?> OccurrenceAsync(Expr where, CancellationToken cancellationToken)
    {
        var table = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Occurrences,
                Select = [.. Columns.Select(name => Field(name).As(name))],
                Where = where,
                OrderBy = [new Ordering(Field("time"), Descending: true)],
                Limit = 1,
            },
            cancellationToken);
        return table.First is { } row ? (Occurrence(row), row.Text("fingerprint")) : null;
    }

    private static RecentOccurrence Recent(ResultRow row) => new(
        row.Text("occurrence_id"),
        IsoTime.Text(row.UnixNanoseconds("time")),
        TraceOrNull(row),
        row.TextOrNull("message"),
        row.TextOrNull("host"),
        row.TextOrNull("person_id"));

    private static string? TraceOrNull(ResultRow row) => row.TraceId("trace_id") is { IsEmpty: false } id ? id.ToHex() : null;

    internal static OccurrenceDetail Occurrence(ResultRow row)
    {
        var payload = row.Text("payload");
        var parts = OccurrencePayload.Read(payload);
        return new OccurrenceDetail(
            row.Text("occurrence_id"),
            ItemIdentity.ToText(unchecked((ulong)row.Long("item_id"))),
            IsoTime.Text(row.UnixNanoseconds("time")),
            row.Text("level"),
            row.Text("protocol"),
            row.Text("title"),
            row.TextOrNull("message"),
            row.Text("environment"),
            row.Text("service"),
            row.TextOrNull("host"),
            row.TextOrNull("framework"),
            row.TextOrNull("language"),
            row.TextOrNull("code_version"),
            row.TextOrNull("notifier"),
            TraceOrNull(row),
            Request(row, parts),
            Person(row, parts),
            Exceptions(row.Text("exceptions")),
            AttributeMap.Read(row.Text("attributes")),
            payload);
    }

    private static OccurrenceRequest? Request(ResultRow row, OccurrencePayload parts)
    {
        var (method, url, ip) = (row.TextOrNull("method"), row.TextOrNull("url"), row.TextOrNull("user_ip"));
        return method is null && url is null && ip is null && parts.Headers.Count == 0 && parts.Query.Count == 0 && parts.Body is null
            ? null
            : new OccurrenceRequest(method, url, ip, parts.Headers, parts.Query, parts.Body);
    }

    private static OccurrencePerson? Person(ResultRow row, OccurrencePayload parts)
    {
        var id = row.TextOrNull("person_id");
        return id is null && parts.Username is null && parts.Email is null ? null : new OccurrencePerson(id, parts.Username, parts.Email);
    }

    /// <summary>Never throws: invalid JSON is shown as no exceptions.</summary>
    private static List<OccurrenceException> Exceptions(string json)
    {
        var found = new List<OccurrenceException>();
        if (json.Length < 3)
            return found;
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
                return found;
            foreach (var exception in document.RootElement.EnumerateArray())
            {
                var frames = new List<OccurrenceFrame>();
                if (exception.ValueKind != JsonValueKind.Object)
                    continue;
                if (exception.TryGetProperty("frames", out var list) && list.ValueKind == JsonValueKind.Array)
                    frames.AddRange(list.EnumerateArray().Where(f => f.ValueKind == JsonValueKind.Object).Select(Frame));
                found.Add(new OccurrenceException(Text(exception, "class") ?? "", Text(exception, "message"), frames));
            }
        }
        catch (JsonException)
        {
            found.Clear();
        }
        return found;
    }

    private static OccurrenceFrame Frame(JsonElement frame) => new(
        Text(frame, "file"),
        Whole(frame, "line"),
        Whole(frame, "column"),
        Text(frame, "method"),
        Text(frame, "code"),
        frame.TryGetProperty("inProject", out var inProject) && inProject.ValueKind == JsonValueKind.True);

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Whole(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}
