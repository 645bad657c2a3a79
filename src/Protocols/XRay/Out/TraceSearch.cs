using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Protocols.XRay.Filter;

namespace Weir.Protocols.XRay.Out;

/// <summary>By which time a trace belongs to a range.</summary>
internal enum TimeRangeType
{
    /// <summary>When the trace started.</summary>
    TraceId,
    /// <summary>When something of it arrived.</summary>
    Event,
    /// <summary>When a segment of it ended.</summary>
    Service,
}

/// <summary>Where a page ended: the sort time (nanoseconds) and id of the last trace that was looked at.</summary>
internal readonly record struct TraceCursor(long Time, TraceId Id)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time:x}-{Id.ToHex()}");

    public static bool TryParse(string text, out TraceCursor cursor)
    {
        cursor = default;
        var parts = text.Split('-');
        if (parts.Length != 2 || parts[1].Length != 32
            || !long.TryParse(parts[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var time) || !TraceId.TryParse(parts[1], out var id))
            return false;
        cursor = new TraceCursor(time, id);
        return true;
    }
}

/// <summary>A trace that may match, and the time it is sorted by.</summary>
internal readonly record struct TraceCandidate(TraceId Id, long Time);

/// <summary>Finds the ids of traces in a time range, newest first; what SQL can decide of a filter is decided there.</summary>
internal sealed class TraceSearch(ITelemetryReader reader)
{
    // Parts of a trace may lie outside of the range its start lies in.
    private static readonly TimeSpan LongestTrace = TimeSpan.FromHours(1);
    private static readonly TimeSpan LatestArrival = TimeSpan.FromDays(7);
    private static readonly FieldExpr StartTime = new("start_time");
    private static readonly FieldExpr ReceivedAt = new("received_at");

    public async Task<IReadOnlyList<TraceCandidate>> FindAsync(
        TimeRange range, TimeRangeType type, FilterExpr? filter, TraceCursor? after, int limit, string environment,
        CancellationToken cancellationToken)
    {
        var from = Clamp(range.From);
        var to = Clamp(range.To);
        Expr sortTime = type switch
        {
            TimeRangeType.Event => new CallExpr(Function.Max, [Nanoseconds(ReceivedAt)]),
            _ => new CallExpr(Function.Min, [Nanoseconds(StartTime)]),
        };
        Expr end = new CallExpr(Function.Add, [Nanoseconds(StartTime), new FieldExpr("duration_ns")]);
        Expr having = type switch
        {
            TimeRangeType.TraceId => Between(sortTime, from, to),
            TimeRangeType.Event => Some(Between(Nanoseconds(ReceivedAt), from, to)),
            _ => Some(Between(end, from, to)),
        };
        if (FilterPrefilter.Of(filter) is { } necessary)
            having &= necessary;
        if (after is { } cursor)
        {
            var id = new ConstExpr(cursor.Id.ToBytes());
            having &= new CompareExpr(CompareOp.Less, sortTime, new ConstExpr(cursor.Time))
                | (new CompareExpr(CompareOp.Equal, sortTime, new ConstExpr(cursor.Time)) & new CompareExpr(CompareOp.Less, new FieldExpr("trace_id"), id));
        }
        var query = new TelemetryQuery
        {
            Signal = Signal.Spans,
            Select = [new Selection("trace_id", new FieldExpr("trace_id")), new Selection("time", sortTime)],
            Where = new CompareExpr(CompareOp.Equal, new FieldExpr("protocol"), new ConstExpr(WireProtocol.XRay)),
            Range = type switch
            {
                TimeRangeType.TraceId => new TimeRange(from, Clamp(to + LongestTrace)),
                TimeRangeType.Event => new TimeRange(Clamp(from - LatestArrival), Clamp(to + LatestArrival)),
                _ => new TimeRange(Clamp(from - LatestArrival), to),
            },
            Environment = environment,
            GroupBy = [new FieldExpr("trace_id")],
            Having = having,
            OrderBy = [new Ordering(new FieldExpr("time"), Descending: true), new Ordering(new FieldExpr("trace_id"), Descending: true)],
            Limit = limit,
            Budget = QueryBudget.Long,
        };
        var result = await reader.QueryAsync(query, cancellationToken);
        return [.. result.Rows.Select(row => new TraceCandidate(row.TraceId("trace_id"), row.Long("time")))];
    }

    private static Expr Nanoseconds(Expr time) => new CallExpr(Function.UnixNanoseconds, [time]);

    private static Expr Between(Expr time, DateTimeOffset from, DateTimeOffset to) =>
        new CompareExpr(CompareOp.GreaterOrEqual, time, new ConstExpr(from.UnixNanoseconds()))
        & new CompareExpr(CompareOp.Less, time, new ConstExpr(to.UnixNanoseconds()));

    private static CompareExpr Some(Expr condition) =>
        new(CompareOp.Greater, new CallExpr(Function.CountIf, [condition]), new ConstExpr(0L));

    /// <summary>What nanoseconds since 1970 can hold.</summary>
    private static DateTimeOffset Clamp(DateTimeOffset time)
    {
        var first = DateTimeOffset.UnixEpoch;
        var last = first + TimeSpan.FromDays(290 * 365);
        return time < first ? first : time > last ? last : time;
    }
}
