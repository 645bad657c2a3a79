using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Filter;
using Weir.Features.Traces.Model;

namespace Weir.Features.Traces.Search;

/// <summary>Which time decides whether a trace is in a range.</summary>
internal enum TimeRangeType
{
    /// <summary>The start of the trace.</summary>
    TraceId,
    /// <summary>The arrival of any part of it.</summary>
    Event,
    /// <summary>The end of any of its segments.</summary>
    Service,
}

/// <summary>The end of a page: the sort key (time or length in nanoseconds) and id of the last evaluated trace.</summary>
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

/// <summary>Selects traces.</summary>
/// <param name="Account">The caller's account, for traces that contain none.</param>
/// <param name="Share">0 to 1: searches only this share of the traces, always the same ones.</param>
/// <param name="Environment">Null means all.</param>
internal sealed record TraceQuestion(TimeRange Range, TimeRangeType Type, FilterExpr? Filter, string Account, string? Environment, double Share = 1)
{
    public TraceOrder Order { get; init; }
}

internal enum TraceOrder
{
    /// <summary>By the time that decides about the range.</summary>
    Newest,
    /// <summary>By the time from the first start to the last end.</summary>
    Slowest,
}

/// <summary>A trace that may match, and its sort key (time or length).</summary>
/// <param name="Certain">It matches; otherwise the complete trace has to be evaluated.</param>
internal readonly record struct TraceCandidate(TraceId Id, long Time, bool Certain);

/// <summary>
/// Finds traces in a time range: the engine groups the rows of each trace and evaluates the filter as far as <see cref="FilterCompiler"/>
/// can express it.
/// </summary>
internal sealed class TraceSearch(ITelemetryReader reader, INamedFilters groups)
{
    // Parts of a trace may be outside of the range that contains its start.
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan After = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LatestArrival = TimeSpan.FromDays(7);
    private const ulong Shares = 10_000;

    /// <summary>Candidates in the requested order.</summary>
    public Task<IReadOnlyList<TraceCandidate>> FindAsync(
        TraceQuestion question, TraceCursor? after, int limit, CancellationToken cancellationToken)
    {
        var bounds = Compile(question);
        return FindAsync(question, bounds.Upper, bounds.Lower, after, limit, cancellationToken);
    }

    /// <summary>Only those that have to be evaluated completely, newest first.</summary>
    public Task<IReadOnlyList<TraceCandidate>> FindUncertainAsync(
        TraceQuestion question, FilterBounds bounds, TraceCursor? after, int limit, CancellationToken cancellationToken) =>
        FindAsync(question, bounds.Upper & !bounds.Lower, new ConstExpr(false), after, limit, cancellationToken);

    private async Task<IReadOnlyList<TraceCandidate>> FindAsync(
        TraceQuestion question, Expr condition, Expr certain, TraceCursor? after, int limit, CancellationToken cancellationToken)
    {
        var query = Traces(question, condition, limit);
        var sortTime = question.Order == TraceOrder.Slowest
            ? EntityRows.Call(Function.Subtract, EntityRows.Call(Function.Max, EntityRows.End), EntityRows.Call(Function.Min, EntityRows.Start))
            : SortTime(question.Type);
        if (after is { } cursor)
        {
            var id = new ConstExpr(cursor.Id.ToBytes());
            query = query with
            {
                Having = query.Having! & (EntityRows.Compare(CompareOp.Less, sortTime, cursor.Time)
                    | (EntityRows.Is(sortTime, cursor.Time) & new CompareExpr(CompareOp.Less, EntityRows.TraceId, id))),
            };
        }
        query = query with
        {
            Select = [new Selection("trace_id", EntityRows.TraceId), new Selection("time", sortTime), new Selection("certain", certain)],
            OrderBy = [new Ordering(new FieldExpr("time"), Descending: true), new Ordering(new FieldExpr("trace_id"), Descending: true)],
        };
        var result = await reader.QueryAsync(query, cancellationToken);
        return [.. result.Page(out _).Select(row => new TraceCandidate(row.TraceId("trace_id"), row.Long("time"), row.Bool("certain")))];
    }

    public FilterBounds Compile(TraceQuestion question) =>
        new FilterCompiler(groups, question.Account, Nearby(question), question.Environment).Compile(question.Filter);

    /// <summary>The ids of all traces that match the condition, for an IN.</summary>
    public static TelemetryQuery Ids(TraceQuestion question, Expr condition) => Traces(question, condition, int.MaxValue);

    /// <summary>The time range that may contain rows of the requested traces.</summary>
    public static TimeRange Nearby(TraceQuestion question)
    {
        var (from, to) = (Clamp(question.Range.From), Clamp(question.Range.To));
        return question.Type switch
        {
            TimeRangeType.TraceId => new TimeRange(Clamp(from - Before), Clamp(to + After)),
            TimeRangeType.Event => new TimeRange(Clamp(from - LatestArrival), Clamp(to + LatestArrival)),
            _ => new TimeRange(Clamp(from - LatestArrival), to),
        };
    }

    private static TelemetryQuery Traces(TraceQuestion question, Expr condition, int limit)
    {
        var (from, to) = (Clamp(question.Range.From), Clamp(question.Range.To));
        var nearby = Nearby(question);
        Expr? where = question.Share < 1
            ? new CompareExpr(
                CompareOp.Less,
                EntityRows.Call(Function.Modulo, EntityRows.Call(Function.EntityKey, EntityRows.TraceId, new ConstExpr(default(SpanId).ToBytes())), new ConstExpr(Shares)),
                new ConstExpr((ulong)(question.Share * Shares)))
            : null;
        Expr having;
        if (question.Type == TimeRangeType.TraceId)
        {
            having = Between(SortTime(question.Type), from, to);
        }
        else
        {
            // Few traces of the wide range that has to be looked at.
            var touched = question.Type == TimeRangeType.Event ? Between(EntityRows.ReceivedAt, from, to) : Between(EntityRows.End, from, to) & EntityRows.IsSegment;
            var inside = new InQueryExpr(EntityRows.TraceId, new TelemetryQuery
            {
                Signal = Signal.Spans,
                Select = [new Selection("trace_id", EntityRows.TraceId)],
                Where = touched,
                Range = nearby,
                Environment = question.Environment,
                Limit = int.MaxValue,
            });
            where = where is null ? inside : where & inside;
            having = new ConstExpr(true);
        }
        return new TelemetryQuery
        {
            Signal = Signal.Spans,
            Select = [new Selection("trace_id", EntityRows.TraceId)],
            Where = where,
            Range = nearby,
            Environment = question.Environment,
            GroupBy = [EntityRows.TraceId],
            Having = having & condition,
            Limit = limit,
            Budget = QueryBudget.Long,
        };
    }

    private static Expr SortTime(TimeRangeType type) => type == TimeRangeType.Event
        ? EntityRows.Call(Function.Max, EntityRows.ReceivedAt)
        : EntityRows.Call(Function.Min, EntityRows.Start);

    private static Expr Between(Expr time, DateTimeOffset from, DateTimeOffset to) =>
        EntityRows.Compare(CompareOp.GreaterOrEqual, time, from.UnixNanoseconds()) & EntityRows.Compare(CompareOp.Less, time, to.UnixNanoseconds());

    /// <summary>What nanoseconds since 1970 can hold.</summary>
    private static DateTimeOffset Clamp(DateTimeOffset time)
    {
        var first = DateTimeOffset.UnixEpoch;
        var last = first + TimeSpan.FromDays(290 * 365);
        return time < first ? first : time > last ? last : time;
    }
}
