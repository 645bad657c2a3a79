using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;
using static Weir.Core.Query.Terms;

namespace Weir.Features.Traces.Lists;

/// <summary>
/// Lists of traces in two steps: the ids of the page first, then the details of these ids only. "Newest" is by the newest span that
/// matches the filter, "slowest" by the longest.
/// </summary>
internal sealed class TraceLists(ITelemetryReader reader, TraceSummaries summaries, AheadNotice ahead)
{
    // A page is usually found in a small newest part of the range, so such parts are queried before the whole.
    private static readonly int[] Slivers = [256, 16, 1];
    private static readonly TimeSpan SmallestSliver = TimeSpan.FromSeconds(20);

    // A trace of the previous page may have more spans on the other side of the cursor; they are searched within this distance.
    private static readonly TimeSpan PageOverlap = TimeSpan.FromMinutes(2);
    private const int SpansPerTrace = 8;
    private const int MostSpans = 20_000;

    public async Task<TraceList> ReadAsync(TraceListQuestion filter, CancellationToken cancellationToken)
    {
        var page = filter.Slowest
            ? await SlowestAsync(filter, cancellationToken)
            : await NewestAsync(filter, cancellationToken);
        var found = await summaries.ReadAsync([.. page.Keys.Select(key => key.Id)], cancellationToken);
        var traces = page.Keys.Select(key => found.GetValueOrDefault(key.Id)).OfType<FoundTrace>().ToList();
        var notice = traces.Exists(trace => trace.IsCut)
            ? $"{page.Notice} A trace in this list has {TraceSummaries.MostServices} or more services; its figures include only the first {TraceSummaries.MostServices}.".Trim() : page.Notice;
        var ordered = filter.Slowest
            ? traces.OrderByDescending(trace => trace.Summary.DurationMs)
            : traces.OrderByDescending(trace => trace.Start);
        var next = page is { More: true, Keys: [.., var last] } ? PageCursor.Of(filter.CursorKind, last.Value, last.Id).Encode() : null;
        // The conditions use spans of the range only, so future rows are counted by their own spans.
        var later = filter.Cursor is null ? await ahead.ReadAsync(Signal.Spans, filter.Range, All(filter.Span), cancellationToken) : null;
        return new TraceList([.. ordered.Select(trace => trace.Summary)], next, AheadNotice.Text(notice, later), later);
    }

    private async Task<Page> NewestAsync(TraceListQuestion filter, CancellationToken cancellationToken)
    {
        var conditions = filter.Conditions();
        var range = filter.Range;
        if (filter.Cursor is { } cursor)
        {
            var last = IsoTime.Ceiling(cursor.Key + 1);
            range = range with { To = last < range.To ? last : range.To };
            if (range.From >= range.To)
                return Page.Empty;
            conditions.Add(Before("start_time", new Instant(cursor.Key), cursor.TraceId));
            // "After the cursor" in reverse order: a later time, or the same one and an id that came first.
            var after = Compare(CompareOp.Greater, "start_time", new Instant(cursor.Key))
                | (Is("start_time", new Instant(cursor.Key)) & Compare(CompareOp.GreaterOrEqual, "trace_id", cursor.TraceId.ToBytes()));
            var overlap = new TimeRange(DateTimeOffset.UnixEpoch.AddTicks(cursor.Key / 100), IsoTime.Ceiling(cursor.Key) + PageOverlap);
            conditions.Add(!filter.Traces(All([.. filter.Conditions(), after])!, overlap));
        }
        var keys = new List<TraceKey>();
        var seen = new HashSet<TraceId>();
        var end = range.To;
        foreach (var sliver in Slivers)
        {
            var start = Max(range.From, range.To - Max(range.Length / sliver, SmallestSliver));
            if (sliver == 1)
                start = range.From;
            if (start >= end)
                continue;
            var table = await reader.QueryAsync(
                new TelemetryQuery
                {
                    Signal = Signal.Spans,
                    Select = [Field("trace_id").As("trace_id"), Call(Function.Max, Field("start_time")).As("newest")],
                    Range = new TimeRange(start, end),
                    Where = All(conditions),
                    GroupBy = [Field("trace_id")],
                    OrderBy = [new Ordering(Field("newest"), Descending: true), new Ordering(Field("trace_id"), Descending: true)],
                    Limit = filter.Limit + 1,
                },
                cancellationToken);
            foreach (var row in table.Page(out _))
            {
                if (seen.Add(row.TraceId("trace_id")))
                    keys.Add(new TraceKey(row.UnixNanoseconds("newest"), row.TraceId("trace_id")));
            }
            end = start;
            if (keys.Count > filter.Limit || start <= range.From)
                break;
        }
        return Cut(keys, filter.Limit, notice: null);
    }

    private async Task<Page> SlowestAsync(TraceListQuestion filter, CancellationToken cancellationToken)
    {
        var conditions = filter.Conditions();
        if (filter.Cursor is { } cursor)
        {
            conditions.Add(Before("duration_ns", cursor.Key, cursor.TraceId));
            var after = Compare(CompareOp.Greater, "duration_ns", cursor.Key)
                | (Is("duration_ns", cursor.Key) & Compare(CompareOp.GreaterOrEqual, "trace_id", cursor.TraceId.ToBytes()));
            conditions.Add(!filter.Traces(All([.. filter.Conditions(), after])!));
        }
        // Rows in order, using the first of each trace: keeps the engine's sort as small as the page.
        for (var rows = (filter.Limit + 1) * SpansPerTrace; ; rows *= SpansPerTrace)
        {
            rows = Math.Min(rows, MostSpans);
            var table = await reader.QueryAsync(
                new TelemetryQuery
                {
                    Signal = Signal.Spans,
                    Select = [Field("trace_id").As("trace_id"), Field("duration_ns").As("duration_ns")],
                    Range = filter.Range,
                    Where = All(conditions),
                    OrderBy = [new Ordering(Field("duration_ns"), Descending: true), new Ordering(Field("trace_id"), Descending: true)],
                    Limit = rows,
                },
                cancellationToken);
            var slowest = table.Page(out var more);
            var seen = new HashSet<TraceId>();
            var keys = new List<TraceKey>();
            foreach (var row in slowest)
            {
                if (seen.Add(row.TraceId("trace_id")))
                    keys.Add(new TraceKey(row.Long("duration_ns"), row.TraceId("trace_id")));
            }
            if (keys.Count > filter.Limit || !more)
                return Cut(keys, filter.Limit, notice: null);
            if (rows == MostSpans)
            {
                return Cut(keys, filter.Limit, "A few traces have very many slow spans, so the list is incomplete; "
                    + "filter by service or name to see other traces.");
            }
        }
    }

    private static Page Cut(List<TraceKey> keys, int limit, string? notice)
    {
        var more = keys.Count > limit;
        return new Page(more ? keys.GetRange(0, limit) : keys, more, notice);
    }

    /// <summary>After the cursor in the list: a smaller key, or the same one and a smaller id.</summary>
    private static Expr Before(string field, object key, TraceId id) =>
        Compare(CompareOp.Less, field, key) | (Is(field, key) & Compare(CompareOp.Less, "trace_id", id.ToBytes()));

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>A trace and what it is sorted by.</summary>
    private readonly record struct TraceKey(long Value, TraceId Id);

    private sealed record Page(IReadOnlyList<TraceKey> Keys, bool More, string? Notice)
    {
        public static Page Empty { get; } = new([], More: false, Notice: null);
    }
}
