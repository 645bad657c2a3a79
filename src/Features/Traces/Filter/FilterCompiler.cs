using Weir.Core.Query;
using Weir.Features.Traces.Model;

namespace Weir.Features.Traces.Filter;

/// <summary>
/// Translates filter expressions to conditions over the rows of each trace (for a HAVING after GROUP BY trace_id), as close to
/// <see cref="FilterEvaluator"/> as the engine can be; traces that it can't decide are evaluated by that class.
/// </summary>
/// <param name="nearby">The time range that may contain parts of the traces.</param>
internal sealed class FilterCompiler(INamedFilters groups, string account, TimeRange nearby, string? environment)
{
    // The engine would reject the statement of a filter with thousands of terms.
    private const int MaxTerms = 64;
    private const int MaxGroupDepth = 8;
    private readonly ServiceConditions _services = new(account, nearby, environment);
    private int _groupDepth;
    private int _terms;

    private static readonly Expr Unfinished = EntityRows.Some(EntityRows.IsOpen);

    public FilterBounds Compile(FilterExpr? filter)
    {
        if (filter is null)
            return FilterBounds.Always;
        _terms = 0;
        var bounds = Trace(filter);
        return _terms > MaxTerms ? FilterBounds.Unknown : bounds;
    }

    private FilterBounds Trace(FilterExpr filter)
    {
        // The rest is discarded once there are too many terms.
        if (filter is not (AndFilter or OrFilter or NotFilter) && ++_terms > MaxTerms)
            return FilterBounds.Unknown;
        return filter switch
        {
            AndFilter and => FilterBounds.All([.. and.Operands.Select(Trace)]),
            OrFilter or => FilterBounds.Any([.. or.Operands.Select(Trace)]),
            NotFilter not => !Trace(not.Operand),
            // A subsegment whose parent never arrived stands for its own service.
            ServiceFilter service => _services.Visit(service).Except(
                EntityRows.Some(EntityRows.IsStreamed & _services.LacksParent) & _services.MayVisit(service.Service)),
            // The row of a streamed subsegment does not contain its segment.
            EdgeFilter edge => _services.Call(edge).Except(_services.MayBeStreamed(edge)),
            RootCauseFilter cause => FilterBounds.AtMost(new AndExpr([MayHave(cause.Kind), .. Required(cause.Body).Select(name => MayName(cause.Level, name))])),
            RootCausePathFilter => FilterBounds.Unknown,
            PredicateFilter { Keyword: FilterKeyword.GroupName or FilterKeyword.GroupArn } group => Group(group),
            PredicateFilter predicate => Predicate(predicate),
            ArrivedFilter arrived => FilterBounds.Any([.. arrived.Versions.Select(Taken)]),
            _ => FilterBounds.Never,
        };
    }

    private FilterBounds Predicate(PredicateFilter predicate)
    {
        switch (predicate.Keyword)
        {
            case FilterKeyword.Duration:
                var seconds = EntityRows.Call(Function.Divide,
                    EntityRows.Call(Function.Subtract, EntityRows.Call(Function.Max, EntityRows.End), EntityRows.Call(Function.Min, EntityRows.Start)), new ConstExpr(1e9));
                return FilterBounds.Exactly(RowPredicates.Number(predicate, seconds)).Except(Unfinished);
            case FilterKeyword.Partial:
                return FilterBounds.Exactly(RowPredicates.Bool(predicate, EntityRows.Some(_services.LacksParent))).Except(Unfinished);
            case FilterKeyword.Inferred:
                return FilterBounds.Exactly(RowPredicates.Bool(predicate, EntityRows.Some(_services.IsInferred)));
            case FilterKeyword.User or FilterKeyword.AvailabilityZone or FilterKeyword.InstanceId or FilterKeyword.ResourceArn or FilterKeyword.Annotation:
                return FilterBounds.Exactly(EntityRows.Some(RowPredicates.OfEntity(predicate)!));
            default:
                return RowPredicates.OfEntity(predicate) is { } row ? OfRoot(row) : FilterBounds.Never;
        }
    }

    /// <summary>The earliest segment without a parent, its finished row before its unfinished one; traces without one are evaluated completely.</summary>
    private static FilterBounds OfRoot(Expr row)
    {
        var order = EntityRows.Call(Function.Add, EntityRows.Call(Function.Multiply, EntityRows.Start, new ConstExpr(2L)), new FieldExpr("in_progress"));
        Expr root = EntityRows.Is(
            EntityRows.Call(Function.ArgMinIf, EntityRows.If(row, new ConstExpr(1L), new ConstExpr(0L)), order, EntityRows.IsRoot), 1L);
        return FilterBounds.Exactly(root).Except(!EntityRows.Some(EntityRows.IsRoot));
    }

    /// <summary>Names that a cause must contain, independent of its other conditions.</summary>
    private static IEnumerable<string> Required(FilterExpr body) => body switch
    {
        AndFilter and => and.Operands.SelectMany(Required),
        PredicateFilter { Keyword: FilterKeyword.Name, Operator: FilterOperator.Equal, Value: string name } => [name],
        _ => [],
    };

    /// <summary>Some row has the name. Exceptions are not in rows of spans.</summary>
    private static Expr MayName(CauseLevel level, string name) => level switch
    {
        CauseLevel.Exception => new ConstExpr(true),
        _ => EntityRows.Some(new OrExpr([.. new[] { EntityRows.Service, EntityRows.Name, EntityRows.CallName, CallTarget.RowName }.Select(column => (Expr)EntityRows.Is(column, name))])),
    };

    /// <summary>A cause of a failure has a failing entity.</summary>
    private static Expr MayHave(CauseKind kind) => kind switch
    {
        CauseKind.Fault => EntityRows.Some(EntityRows.Fault),
        CauseKind.Error => EntityRows.Some(EntityRows.Error),
        _ => EntityRows.Compare(CompareOp.Greater, EntityRows.Call(Function.Count), 1L),
    };

    /// <summary>Uses the current filter of the group, independent of the trace's arrival.</summary>
    private FilterBounds Group(PredicateFilter predicate)
    {
        var wanted = predicate.Value as string ?? "";
        if (predicate.Operator is not (FilterOperator.Equal or FilterOperator.NotEqual))
            return predicate.Operator == FilterOperator.Present ? FilterBounds.Always : FilterBounds.Never;
        if (groups.Find(predicate.Keyword, wanted) is not { } group)
            return FilterBounds.Never;
        var bounds = group.Filter is null ? FilterBounds.Always : Taken(new FilterVersion(group.Filter, 0, long.MaxValue));
        return predicate.Operator == FilterOperator.Equal ? bounds : !bounds;
    }

    /// <summary>Matches the filter, and some part of the trace arrived between two times.</summary>
    private FilterBounds Taken(FilterVersion version)
    {
        var (filter, from, until) = version;
        if (_groupDepth >= MaxGroupDepth || filter is NeverFilter)
            return FilterBounds.Never;
        _groupDepth++;
        var bounds = filter is null ? FilterBounds.Always : Trace(filter);
        _groupDepth--;
        Expr? arrived = from == 0 ? null : EntityRows.Compare(CompareOp.GreaterOrEqual, EntityRows.ReceivedAt, from);
        if (until != long.MaxValue)
            arrived = arrived is null ? EntityRows.Compare(CompareOp.Less, EntityRows.ReceivedAt, until) : arrived & EntityRows.Compare(CompareOp.Less, EntityRows.ReceivedAt, until);
        return arrived is null ? bounds : FilterBounds.All([FilterBounds.Exactly(EntityRows.Some(arrived)), bounds]);
    }
}
