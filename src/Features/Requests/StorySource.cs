using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Requests.Facts;

namespace Weir.Features.Requests;

/// <summary>All data about one trace and the time around its requests, before anything is linked.</summary>
internal sealed class StorySource
{
    private const int MostRequests = 20;

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

    /// <summary>What was recorded around the requests; null without requests, or when that is too much.</summary>
    public StoryWindow? Window { get; private set; }

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
            var rows = StorySpans.KeepNewest((await requests).Page(out var moreRequests));
            var all = rows.Select(StoryRequestSpan.Of).OfType<StoryRequestSpan>().ToList();
            source.Requests = [.. all.Take(MostRequests)];
            if (all.Count == 0 && rows.Any(row => ExporterCalls.Is(row.Text("kind"), row.Text("http_method"), row.Text("http_target"))))
                source.Notices.Add("By this call a program sent telemetry to Weir. It is no request of the application.");
            if (moreRequests || all.Count > MostRequests)
                source.Notices.Add(Say($"The trace has more than {MostRequests} requests; records without an id were searched only around the first {MostRequests}."));
        }
        if (source.Requests.Count > 0)
        {
            source.Window = await StoryWindow.ReadAsync(reader, source.Requests, cancellationToken);
            if (source.Window is null)
                source.Notices.Add("Too much happened around this request to match records without an id; only ids were used.");
        }
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

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Limits the range to what the store supports.</summary>
    public static DateTimeOffset Time(long unixNanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(unixNanoseconds, 0, 9_000_000_000_000_000_000) / 100);
}
