using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Requests;

/// <summary>All data about one trace and the time around its requests, before anything is linked.</summary>
internal sealed class StorySource
{
    // Records that may belong to the request are within this distance; a larger range shows whether other requests were not recorded.
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(2);
    private const int MostRequests = 20;
    private static readonly TimeSpan FarAround = TimeSpan.FromSeconds(30);

    public required TraceId TraceId { get; init; }

    /// <summary>The light form of the spans of the trace and, once they are read, of the traces linked to it.</summary>
    public required SpanColumns Columns { get; init; }

    /// <summary>Rows of the trace's own spans, by start.</summary>
    public required IReadOnlyList<int> Spans { get; init; }

    public required IReadOnlyList<ResultRow> Logs { get; init; }

    public required IReadOnlyList<ResultRow> Occurrences { get; init; }

    /// <summary>The trace's own requests: server spans and segments with a method and a target, earliest first.</summary>
    public IReadOnlyList<StoryRequestSpan> Requests { get; private set; } = [];

    public List<string> Notices { get; } = [];

    /// <summary>Server spans and segments with the methods of the requests around them, from all traces.</summary>
    public IReadOnlyList<StoryRequestSpan> Neighbours { get; private set; } = [];

    public IReadOnlyList<ResultRow> LinesWithoutId { get; private set; } = [];

    /// <summary>Lines that tell of a request of the same methods, with an id or without: as far as is known, all requests.</summary>
    public IReadOnlyList<ResultRow> AccessLines { get; private set; } = [];

    /// <summary>How far before and after the requests <see cref="Neighbours"/> and <see cref="AccessLines"/> are complete.</summary>
    public TimeSpan Reach { get; private set; }

    public IReadOnlyList<ResultRow> OccurrencesWithoutId { get; private set; } = [];

    /// <summary>Null when nothing is stored with the id.</summary>
    public static async Task<StorySource?> ReadAsync(ITelemetryReader reader, TraceId id, CancellationToken cancellationToken)
    {
        var columns = new SpanColumns();
        var spans = await reader.ScanAsync(StoryQueries.Spans(id), columns.Add, cancellationToken);
        var range = RangeOf(columns, TimeSpan.FromHours(1));
        var logs = reader.QueryAsync(StoryQueries.Logs([id], range), cancellationToken);
        var occurrences = reader.QueryAsync(StoryQueries.Occurrences([id], range), cancellationToken);
        var requests = RangeOf(columns, TimeSpan.FromMilliseconds(1)) is { } own
            ? reader.QueryAsync(StoryQueries.OwnRequests(id, own), cancellationToken)
            : null;
        await Task.WhenAll(logs, occurrences, (Task?)requests ?? Task.CompletedTask);
        var (lines, errors) = ((await logs).Page(out var moreLines), (await occurrences).Page(out var moreErrors));
        if (columns.Count + lines.Count + errors.Count == 0)
            return null;
        var source = new StorySource
        {
            TraceId = id,
            Columns = columns,
            Spans = SpanTree.KeepNewest(columns, Enumerable.Range(0, columns.Count)),
            Logs = lines,
            Occurrences = errors,
        };
        source.NoticeTruncation(spans, moreLines, moreErrors);
        if (requests is not null)
        {
            var all = StorySpans.KeepNewest((await requests).Page(out var moreRequests)).Select(StoryRequestSpan.Of).OfType<StoryRequestSpan>().ToList();
            source.Requests = [.. all.Take(MostRequests)];
            if (moreRequests || all.Count > MostRequests)
                source.Notices.Add(Say($"The trace has more than {MostRequests} requests; records without an id were searched only around the first {MostRequests}."));
        }
        await source.ReadAroundAsync(reader, cancellationToken);
        return source;
    }

    /// <summary>Adds another trace's spans to the columns; returns their rows.</summary>
    public async Task<List<int>> ReadSpansAsync(ITelemetryReader reader, TraceId id, CancellationToken cancellationToken)
    {
        var first = Columns.Count;
        var end = await reader.ScanAsync(StoryQueries.Spans(id) with { Limit = StoryQueries.MaxSpans }, Columns.Add, cancellationToken);
        if (end.Truncated)
            Notices.Add(Say($"A linked trace has more than {StoryQueries.MaxSpans:N0} spans; only the earliest were read."));
        return SpanTree.KeepNewest(Columns, Enumerable.Range(first, Columns.Count - first));
    }

    /// <summary>The time range of the spans' starts, extended by a margin; null without spans.</summary>
    public static TimeRange? RangeOf(SpanColumns columns, TimeSpan margin) => columns.Count == 0
        ? null
        : new TimeRange(
            Time(columns.Start.Min()) - margin,
            Time(Enumerable.Range(0, columns.Count).Max(columns.End)) + margin);

    private void NoticeTruncation(ScanEnd spans, bool moreLines, bool moreErrors)
    {
        if (spans.Truncated)
            Notices.Add(Say($"The trace has more than {StoryQueries.MaxRead:N0} spans; only the earliest {StoryQueries.MaxRead:N0} were read."));
        if (moreLines)
            Notices.Add(Say($"The trace has more than {StoryQueries.MaxLogs:N0} log lines; the earliest are shown."));
        if (moreErrors)
            Notices.Add(Say($"The trace has more than {StoryQueries.MaxErrors:N0} errors; the earliest are shown."));
    }

    private async Task ReadAroundAsync(ITelemetryReader reader, CancellationToken cancellationToken)
    {
        if (Requests.Count == 0)
            return;
        if (!await ReadRequestsAsync(reader, FarAround, cancellationToken) && !await ReadRequestsAsync(reader, Around, cancellationToken))
        {
            Notices.Add("There are too many records around this request to match those without an id; only ids were used.");
            return;
        }
        var occurrences = new List<ResultRow>();
        foreach (var method in Methods)
        {
            var errors = await reader.QueryAsync(StoryQueries.OccurrencesWithoutId(method, RangeAround(Around)), cancellationToken);
            var found = errors.Page(out var more);
            if (more)
                Notices.Add("There are too many errors without an id around this request to match them by time.");
            else
                occurrences.AddRange(found);
        }
        OccurrencesWithoutId = occurrences;
        var lines = await reader.QueryAsync(StoryQueries.LinesWithoutId(RangeAround(Around)), cancellationToken);
        var told = lines.Page(out var moreLines);
        if (moreLines)
            Notices.Add("There are too many log lines without an id around this request to match them by time.");
        else
            LinesWithoutId = told;
    }

    /// <summary>Reads the signs of other requests within this distance; false when there are too many.</summary>
    private async Task<bool> ReadRequestsAsync(ITelemetryReader reader, TimeSpan reach, CancellationToken cancellationToken)
    {
        var neighbours = new List<StoryRequestSpan>();
        var accessLines = new List<ResultRow>();
        foreach (var method in Methods)
        {
            var requests = await reader.QueryAsync(StoryQueries.Requests(method, RangeAround(reach)), cancellationToken);
            var others = requests.Page(out var moreRequests);
            if (moreRequests)
                return false;
            var told = await reader.QueryAsync(StoryQueries.AccessLines(method, RangeAround(reach)), cancellationToken);
            var lines = told.Page(out var moreLines);
            if (moreLines)
                return false;
            neighbours.AddRange(others.Select(StoryRequestSpan.Of).OfType<StoryRequestSpan>());
            accessLines.AddRange(lines);
        }
        (Neighbours, AccessLines, Reach) = (neighbours, accessLines, reach);
        return true;
    }

    private IEnumerable<string> Methods => Requests.Select(r => r.Record.Facts.Method).Distinct(StringComparer.Ordinal);

    private TimeRange RangeAround(TimeSpan reach) => new(
        Time(Requests.Min(r => r.Record.StartNs)) - reach,
        Time(Requests.Max(r => r.Record.EndNs)) + reach);

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Limits the range to what the store supports.</summary>
    public static DateTimeOffset Time(long unixNanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(unixNanoseconds, 0, 9_000_000_000_000_000_000) / 100);
}

/// <summary>A server span or segment as a request for matching.</summary>
/// <param name="Client">As recorded; the facts treat all loopback addresses as one.</param>
internal sealed record StoryRequestSpan(TraceId TraceId, string Protocol, string Service, string? Client, TimedRecord Record)
{
    public static StoryRequestSpan? Of(ResultRow row)
    {
        if (row.ColumnOrNull("kind") is string kind and not ("server" or "segment"))
            return null;
        var facts = RequestFacts.Of(row.Text("http_method"), row.Text("http_target"), row.Long("http_status"), row.TextOrNull("client_ip"));
        if (facts is null)
            return null;
        var (trace, span, start) = (row.TraceId("trace_id"), row.SpanId("span_id"), row.UnixNanoseconds("start_time"));
        return new StoryRequestSpan(
            trace, row.Text("protocol"), row.Text("service"), row.TextOrNull("client_ip"), new TimedRecord($"{trace}/{span}", facts, start, start + row.Long("duration_ns")));
    }
}
