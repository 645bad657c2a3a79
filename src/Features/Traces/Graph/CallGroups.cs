using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Model;

namespace Weir.Features.Traces.Graph;

/// <summary>Selects the segments and calls to count.</summary>
/// <param name="Range">Range of their starts.</param>
/// <param name="Traces">Condition over rows for the included traces; null for all.</param>
/// <param name="Bucket">Counts intervals of this many seconds separately; 0 counts all together.</param>
internal sealed record CallScope(TimeRange Range, string? Environment, Expr? Traces = null, int Bucket = 0)
{
    // A call and its target may be on different sides of the range's end.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    public TimeRange Nearby => new(Range.From - Margin, Range.To + Margin);
}

/// <summary>Segments of one service.</summary>
/// <param name="Entry">No known segment called them.</param>
/// <param name="Start">Of the first, nanoseconds since 1970.</param>
/// <param name="End">Of the last to end.</param>
/// <param name="Time">Start of the interval, seconds since 1970; 0 without intervals.</param>
internal sealed record SegmentGroup(ServiceKey Service, bool Entry, CallStatistics Statistics, long Start, long End, long Time, IReadOnlyList<string> Protocols);

/// <summary>Calls from one service to another.</summary>
/// <param name="From">For a subsegment's row the name of its segment, and its type if the row contains it.</param>
/// <param name="FromSegment">The caller is exactly <paramref name="From"/>; otherwise any with that name, and type if there is one.</param>
/// <param name="Inferred">No segment answered: the target is derived from the call.</param>
internal sealed record CallGroup(
    ServiceKey From, bool FromSegment, ServiceKey To, bool Inferred, CallStatistics Statistics, long Start, long End, long Time, IReadOnlyList<string> Protocols);

/// <summary>
/// Counts segments and calls in the engine. A call and the segment that answers it are joined by the id of the call at query time, never
/// at ingest, because they arrive in different batches and in any order. Reasons: docs/adr/0009-service-graph.md.
/// </summary>
internal sealed class CallGroups(ITelemetryReader reader)
{
    /// <summary>Maximum kinds of services, and of calls, of one result; above it the request is rejected.</summary>
    private const int MostGroups = 100_000;

    /// <summary>The same for a graph, which contains those with the most calls and reports that there are more.</summary>
    public const int MostShown = 20_000;

    private static readonly Expr Type = EntityRows.If(EntityRows.IsSegment, EntityRows.Origin, EntityRows.SegmentOrigin);
    private static readonly Expr IsSegmentFlag = EntityRows.If(EntityRows.IsSegment, new ConstExpr(1L), new ConstExpr(0L));
    private static readonly ExistsExpr HasOwner = new(EntityRows.OwnerId);

    /// <summary>The kinds of rows near a range, so that no statement queries for missing ones.</summary>
    /// <param name="Open">Unfinished ones.</param>
    /// <param name="Streamed">Subsegments that were sent without their segment.</param>
    private readonly record struct Content(bool Open, bool Streamed, bool OpenTelemetry);

    /// <param name="cut">Receives a notice when there are more than <see cref="MostShown"/>; null when the result must be complete.</param>
    public async Task<IReadOnlyList<SegmentGroup>> SegmentsAsync(CallScope scope, CancellationToken cancellationToken, ICollection<string>? cut = null)
    {
        var content = await ContentAsync(scope, cancellationToken);
        var entry = EntityRows.If(LacksParent(scope), new ConstExpr(1L), new ConstExpr(0L));
        var query = Grouped(
            scope, Segments(scope, content), cut is not null,
            new("service", EntityRows.Service), new("type", EntityRows.Origin), new("account", EntityRows.Account), new("entry", entry));
        var result = await reader.QueryAsync(content.OpenTelemetry ? query : XRayOnly.Of(query), cancellationToken);
        return [.. Rows(result, cut, "kinds of services").Select(row => new SegmentGroup(
            Key(row, "service", "type", "account"), row.Bool("entry"), Statistics(row), row.Long("start"), row.Long("end"), Time(row), [.. row.Array("protocols").OfType<string>()]))];
    }

    /// <inheritdoc cref="SegmentsAsync"/>
    public async Task<IReadOnlyList<CallGroup>> CallsAsync(CallScope scope, CancellationToken cancellationToken, ICollection<string>? cut = null)
    {
        var content = await ContentAsync(scope, cancellationToken);
        var groups = (await ReadCallsAsync(scope, content, streamed: false, cut, cancellationToken)).ToList();
        if (content.Streamed)
            groups.AddRange(await ReadCallsAsync(scope, content, streamed: true, cut, cancellationToken));
        return groups;
    }

    private async Task<Content> ContentAsync(CallScope scope, CancellationToken cancellationToken)
    {
        var query = Rows(
            scope, null,
            new("open", EntityRows.Call(Function.CountIf, EntityRows.IsOpen)), new("streamed", EntityRows.Call(Function.CountIf, HasOwner)),
            new("otel", EntityRows.Call(Function.CountIf, EntityRows.OpenTelemetry)));
        var row = (await reader.QueryAsync(query with { Limit = 1 }, cancellationToken)).First!;
        return new Content(row.Long("open") > 0, row.Long("streamed") > 0, row.Long("otel") > 0);
    }

    private async Task<IEnumerable<CallGroup>> ReadCallsAsync(
        CallScope scope, Content content, bool streamed, ICollection<string>? cut, CancellationToken cancellationToken)
    {
        var segments = Segments(scope, content) & EntityRows.HasParent;
        // Several segments of one service may answer one call; it still counts as one call.
        var callees = Rows(
            scope, segments,
            new("key", EntityRows.ParentKey), new("service", EntityRows.Service), new("type", EntityRows.Origin), new("account", EntityRows.Account),
            new("found", new ConstExpr(1L)));
        callees = callees with { GroupBy = [.. callees.Select.Take(4).Select(s => s.Value)] };
        var joins = new List<Join> { new("callee", callees, EntityRows.Key) };
        var called = new InQueryExpr(EntityRows.Key, Rows(scope, segments, new Selection("key", EntityRows.ParentKey)));
        var where = (EntityRows.IsCall & !EntityRows.IsOpen) | (content.Open ? called & (!EntityRows.IsSegment | Segments(scope, content)) : called);
        if (content.Streamed)
            where &= streamed ? HasOwner : !HasOwner;
        var found = EntityRows.Is(new JoinedExpr("callee", "found"), 1L);
        Expr service = EntityRows.Service;
        Expr type = Type;
        Expr account = EntityRows.If(EntityRows.IsSegment, EntityRows.Account, new ConstExpr(""));
        if (streamed)
        {
            joins.Add(new Join("owner", Owners(scope), EntityRows.Call(Function.EntityKey, EntityRows.TraceId, EntityRows.Call(Function.SpanIdOf, EntityRows.OwnerId))));
            service = EntityRows.If(EntityRows.Compare(CompareOp.NotEqual, new JoinedExpr("owner", "service"), ""), new JoinedExpr("owner", "service"), EntityRows.Service);
            type = new JoinedExpr("owner", "type");
        }
        var query = Grouped(
            scope, where, cut is not null,
            new("service", service), new("type", type), new("account", account), new("segment", IsSegmentFlag),
            new("found", EntityRows.If(found, new ConstExpr(1L), new ConstExpr(0L))),
            new("to_service", EntityRows.If(found, new JoinedExpr("callee", "service"), EntityRows.CallName)),
            new("to_type", new JoinedExpr("callee", "type")),
            // The name of the target is computed here for a few groups, not in the engine for each row.
            new("target", EntityRows.If(found, new ConstExpr((long)TargetKind.Segment), CallTarget.RowKind)),
            new("resource", EntityRows.If(found, new ConstExpr(""), CallTarget.RowResource)),
            new("to_account", new JoinedExpr("callee", "account")));
        query = query with { Joins = joins };
        var result = await reader.QueryAsync(content.OpenTelemetry ? query : XRayOnly.Of(query), cancellationToken);
        return Rows(result, cut, "kinds of calls").Select(row => new CallGroup(
            Key(row, "service", "type", "account"), row.Bool("segment"),
            row.Bool("found") ? Key(row, "to_service", "to_type", "to_account") : Target(row), !row.Bool("found"),
            Statistics(row), row.Long("start"), row.Long("end"), Time(row), [.. row.Array("protocols").OfType<string>()]));
    }

    private static IReadOnlyList<ResultRow> Rows(ResultTable result, ICollection<string>? cut, string what) =>
        cut is null ? result.All(what) : result.Told(cut, what + " in this time range; those with the most calls are shown, use a filter to find the others");

    /// <summary>A segment without a known caller.</summary>
    public static Expr Entry(CallScope scope) => EntityRows.IsSegment & LacksParent(scope);

    private static Expr LacksParent(CallScope scope) =>
        !EntityRows.HasParent | !new InQueryExpr(EntityRows.ParentKey, Rows(scope, null, new Selection("key", EntityRows.Key)));

    /// <summary>Segments; an unfinished one only until its finished version arrives.</summary>
    private static Expr Segments(CallScope scope, Content content)
    {
        if (!content.Open)
            return EntityRows.IsSegment;
        var open = Rows(scope, EntityRows.IsSegment & EntityRows.IsOpen, new Selection("key", EntityRows.Key));
        var finished = Rows(scope, EntityRows.IsSegment & !EntityRows.IsOpen & new InQueryExpr(EntityRows.Key, open), new Selection("key", EntityRows.Key));
        return EntityRows.IsSegment & (!EntityRows.IsOpen | !new InQueryExpr(EntityRows.Key, finished));
    }

    /// <summary>Parent entities of streamed subsegments: their service and its type.</summary>
    private static TelemetryQuery Owners(CallScope scope)
    {
        var named = Rows(
            scope, HasOwner, new Selection("key", EntityRows.Call(Function.EntityKey, EntityRows.TraceId, EntityRows.Call(Function.SpanIdOf, EntityRows.OwnerId))));
        var owners = Rows(
            scope, !HasOwner & new InQueryExpr(EntityRows.Key, named),
            new("key", EntityRows.Key), new("service", EntityRows.Call(Function.Any, EntityRows.Service)), new("type", EntityRows.Call(Function.Any, Type)));
        return owners with { GroupBy = [EntityRows.Key] };
    }

    private static TelemetryQuery Grouped(CallScope scope, Expr where, bool mayCut, params IReadOnlyList<Selection> keys)
    {
        var groups = scope.Bucket == 0
            ? keys
            : [.. keys, new Selection("time", EntityRows.Call(Function.TimeBucket, new FieldExpr("start_time"), new ConstExpr((long)scope.Bucket)))];
        return new TelemetryQuery
        {
            Signal = Signal.Spans,
            Select =
            [
                .. groups,
                new Selection("start", EntityRows.Call(Function.Min, EntityRows.Start)),
                new Selection("end", EntityRows.Call(Function.Max, EntityRows.End)),
                new Selection("protocols", EntityRows.Call(Function.GroupUniqArray, new FieldExpr("protocol"), new ConstExpr(8L))),
                .. CallStatistics.Selections,
            ],
            Where = scope.Traces is { } traces ? where & traces : where,
            Range = scope.Range,
            Environment = scope.Environment,
            GroupBy = [.. groups.Select(group => group.Value)],
            // A fixed order where the result is limited, so that it is always cut at the same place.
            OrderBy = mayCut ? [new Ordering(new FieldExpr("finished"), Descending: true), .. groups.Select(group => new Ordering(new FieldExpr(group.Name)))] : [],
            Limit = mayCut ? MostShown : MostGroups,
            Budget = QueryBudget.Long,
        };
    }

    private static TelemetryQuery Rows(CallScope scope, Expr? where, params IReadOnlyList<Selection> columns) => new()
    {
        Signal = Signal.Spans,
        Select = columns,
        Where = where,
        Range = scope.Nearby,
        Environment = scope.Environment,
        Limit = int.MaxValue,
    };

    private static ServiceKey Key(ResultRow row, string name, string type, string account) =>
        new(row.Text(name), row.TextOrNull(type), row.TextOrNull(account));

    private static ServiceKey Target(ResultRow row)
    {
        var target = CallTarget.Of(row.Text("to_service"), (TargetKind)row.Long("target"), row.TextOrNull("resource"));
        return new ServiceKey(target.Name, target.Type, null);
    }

    private static CallStatistics Statistics(ResultRow row)
    {
        var statistics = new CallStatistics();
        statistics.Add(row);
        return statistics;
    }

    private static long Time(ResultRow row) => row.ColumnOrNull("time") is null ? 0 : row.Long("time");
}
