using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Requests.Facts;
using Weir.Features.Requests.Stitching;

namespace Weir.Features.Requests;

/// <summary>A server span or segment as a request.</summary>
/// <param name="Client">As recorded.</param>
internal sealed record StoryRequestSpan(TraceId TraceId, string Protocol, string Service, string? Client, Entry Entry)
{
    /// <summary>Null for a row that tells of no request.</summary>
    public static StoryRequestSpan? Of(ResultRow row)
    {
        if (row.Text("kind") is not ("server" or "segment"))
            return null;
        var facts = RequestFacts.Of(row.Text("http_method"), row.Text("http_target"), row.Long("http_status"), Addresses(row));
        if (facts is null)
            return null;
        var (trace, span, start) = (row.TraceId("trace_id"), row.SpanId("span_id"), row.UnixNanoseconds("start_time"));
        var (protocol, service) = (row.Text("protocol"), row.Text("service"));
        var entry = new Entry(EntryKind.Span, $"{trace}/{span}", $"{protocol}/{service}", facts, start, start + row.Long("duration_ns"))
        {
            TraceId = trace.ToHex(),
            Protocol = protocol,
        };
        return new StoryRequestSpan(trace, protocol, service, row.TextOrNull("client_ip"), entry);
    }

    /// <summary>X-Ray's SDKs say when an address comes from X-Forwarded-For, and take the peer's otherwise.</summary>
    private static AddressSet Addresses(ResultRow row) => AddressSet.Of(
        row.Text("is_forwarded") == "true" || row.Text("forwarded_for").Length > 0 ? true : row.Text("protocol") == WireProtocol.XRay ? false : null,
        row.Text("client_ip"),
        row.Text("peer_ip"),
        row.Text("forwarded_for"));
}

/// <summary>Everything that was recorded around the requests of a story: what their links are found in.</summary>
internal sealed class StoryWindow
{
    // As far as it takes to learn how recorders lie to each other, and no farther; with how many spans that may be.
    private static readonly (TimeSpan Reach, int MostSpans)[] Reaches =
    [
        (TimeSpan.FromSeconds(30), 400), (TimeSpan.FromSeconds(6), 600), (TimeSpan.FromSeconds(2), StoryQueries.MaxCandidates),
    ];

    private readonly Dictionary<string, StoryRequestSpan> _spans = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ResultRow> _lines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ResultRow> _reports = new(StringComparer.Ordinal);

    private StoryWindow(TimeSpan reach) => Reach = reach;

    /// <summary>How far before and after the requests everything is known.</summary>
    public TimeSpan Reach { get; }

    /// <summary>By <see cref="Entry.Id"/>.</summary>
    public IReadOnlyDictionary<string, StoryRequestSpan> Spans => _spans;

    public ResultRow Line(Entry entry) => _lines[entry.Id];

    public ResultRow Report(Entry entry) => _reports[entry.Id];

    public List<Entry> Entries { get; } = [];

    /// <summary>Null when more happened around than is looked at.</summary>
    /// <param name="requests">At least one; they are among the entries.</param>
    public static async Task<StoryWindow?> ReadAsync(ITelemetryReader reader, IReadOnlyList<StoryRequestSpan> requests, CancellationToken cancellationToken)
    {
        // How far to look is known from the times alone; what spans say about clients is read once.
        var times = (await reader.QueryAsync(StoryQueries.RequestTimes(Around(Reaches[0].Reach)), cancellationToken)).Page(out var isBusy);
        foreach (var (reach, mostSpans) in Reaches)
        {
            var range = Around(reach);
            if (reach != Reaches[^1].Reach && (isBusy || times.Count(row => IsWithin(range, row.UnixNanoseconds("start_time"))) > mostSpans))
                continue;
            var spans = (await reader.QueryAsync(StoryQueries.Requests(range, mostSpans), cancellationToken)).Page(out var more);
            if (more)
                continue;
            var lines = reader.QueryAsync(StoryQueries.LinesWithoutId(range), cancellationToken);
            var reports = reader.QueryAsync(StoryQueries.OccurrencesWithoutId(range), cancellationToken);
            var exceptions = reader.QueryAsync(StoryQueries.Exceptions(range), cancellationToken);
            await Task.WhenAll(lines, reports, exceptions);
            var (lineRows, reportRows) = ((await lines).Page(out var moreLines), (await reports).Page(out var moreReports));
            var exceptionRows = (await exceptions).Page(out var moreExceptions);
            if (moreLines || moreReports || moreExceptions)
                continue;
            var window = new StoryWindow(reach);
            window.Add(requests, StorySpans.KeepNewest(spans), exceptionRows, lineRows, reportRows);
            return window;
        }
        return null;

        TimeRange Around(TimeSpan reach) => new(
            StorySource.Time(requests.Min(r => r.Entry.StartNs)) - reach, StorySource.Time(requests.Max(r => r.Entry.EndNs)) + reach);
    }

    private static bool IsWithin(TimeRange range, long unixNanoseconds) =>
        StorySource.Time(unixNanoseconds) is var time && time >= range.From && time <= range.To;

    private void Add(
        IReadOnlyList<StoryRequestSpan> requests, IReadOnlyList<ResultRow> spans, IReadOnlyList<ResultRow> exceptions,
        IReadOnlyList<ResultRow> lines, IReadOnlyList<ResultRow> reports)
    {
        var exceptionsOf = exceptions.ToLookup(
            row => row.TraceId("trace_id"), row => ExceptionIdentity.Of(row.Text("exception_class"), row.Text("message")));
        // A span that is still running has no end to compare.
        var found = spans.Where(row => !row.Bool("in_progress")).Select(StoryRequestSpan.Of).OfType<StoryRequestSpan>();
        foreach (var span in requests.Concat(found).DistinctBy(r => r.Entry.Id))
        {
            var entry = span.Entry with { Exceptions = [.. exceptionsOf[span.TraceId].OfType<ExceptionIdentity>().Distinct()] };
            _spans[entry.Id] = span with { Entry = entry };
            Entries.Add(entry);
        }
        foreach (var row in lines)
        {
            var entry = Line(row);
            _lines[entry.Id] = row;
            Entries.Add(entry);
        }
        foreach (var row in reports)
        {
            var entry = Report(row);
            _reports[entry.Id] = row;
            Entries.Add(entry);
        }
    }

    private static Entry Line(ResultRow row)
    {
        var group = row.Text("log_group");
        return Entry.OfLine(
            row.Text("sequence"), group.Length > 0 ? group : row.Text("service"), row.Text("log_stream"), row.Text("body"),
            RequestFacts.Of(row.Text("http_method"), row.Text("http_target"), row.Long("http_status"), row.TextOrNull("client_ip")),
            row.UnixNanoseconds("time"));
    }

    private static Entry Report(ResultRow row)
    {
        // Most Rollbar libraries send whole seconds; a report is sent at once, so the time it came in is nearer.
        var protocol = row.Text("protocol");
        var time = row.UnixNanoseconds(protocol == WireProtocol.Rollbar ? "received_at" : "time");
        var facts = RequestFacts.Partly(row.Text("method"), row.Text("url"), row.Text("context"), AddressSet.Of(null, row.TextOrNull("user_ip")));
        var exception = row.Text("exception_class").Length > 0 ? ExceptionIdentity.Of(row.Text("exception_class"), row.Text("message")) : null;
        return Entry.OfReport(row.Text("occurrence_id"), $"{protocol}/{row.Text("service")}", facts, exception, row.Text("title"), time);
    }
}
