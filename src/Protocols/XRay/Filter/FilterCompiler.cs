using Weir.Core.Query;
using Weir.Protocols.XRay.Groups;
using Weir.Protocols.XRay.Out;

namespace Weir.Protocols.XRay.Filter;

/// <summary>
/// Filter expressions as conditions over the rows of each trace (for a HAVING after GROUP BY trace_id), as near to
/// <see cref="FilterEvaluator"/> as the engine can come: traces between the bounds are judged by that.
/// </summary>
/// <param name="nearby">Where in time parts of the traces may lie.</param>
internal sealed class FilterCompiler(GroupStore groups, string account, TimeRange nearby, string? environment)
{
    // A filter of thousands of terms would make a statement the engine refuses.
    private const int MaxTerms = 64;
    private const int MaxGroupDepth = 8;
    private readonly ServiceConditions _services = new(account, nearby, environment);
    private int _groupDepth;
    private int _terms;

    private static readonly Expr Streamed = EntityRows.Some(EntityRows.IsStreamed);
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
        // What follows is thrown away once there are too many terms.
        if (filter is not (AndFilter or OrFilter or NotFilter) && ++_terms > MaxTerms)
            return FilterBounds.Unknown;
        return filter switch
        {
            AndFilter and => FilterBounds.All([.. and.Operands.Select(Trace)]),
            OrFilter or => FilterBounds.Any([.. or.Operands.Select(Trace)]),
            NotFilter not => !Trace(not.Operand),
            // A subsegment whose parent never came stands for a service of its own.
            ServiceFilter service => _services.Visit(service).Except(
                EntityRows.Some(EntityRows.IsStreamed & _services.LacksParent) & _services.MayVisit(service.Service)),
            // Which segment a streamed subsegment belongs to is not told by its row.
            EdgeFilter edge => _services.Call(edge).Except(Streamed & _services.MayVisit(edge.From) & _services.MayVisit(edge.To)),
            RootCauseFilter cause => FilterBounds.AtMost(MayHave(cause)),
            RootCauseJsonFilter => FilterBounds.Unknown,
            PredicateFilter { Keyword: FilterKeyword.GroupName or FilterKeyword.GroupArn } group => Group(group),
            PredicateFilter predicate => Predicate(predicate),
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

    /// <summary>The earliest segment without a parent, its finished row before its unfinished one; traces that have none are judged otherwise.</summary>
    private static FilterBounds OfRoot(Expr row)
    {
        var order = EntityRows.Call(Function.Add, EntityRows.Call(Function.Multiply, EntityRows.Start, new ConstExpr(2L)), new FieldExpr("in_progress"));
        Expr root = EntityRows.Is(
            EntityRows.Call(Function.ArgMinIf, EntityRows.If(row, new ConstExpr(1L), new ConstExpr(0L)), order, EntityRows.IsRoot), 1L);
        return FilterBounds.Exactly(root).Except(!EntityRows.Some(EntityRows.IsRoot));
    }

    /// <summary>A cause of a failure has a failing entity, and what it names stands somewhere.</summary>
    private static Expr MayHave(RootCauseFilter cause) => cause.Kind switch
    {
        CauseKind.Fault => EntityRows.Some(EntityRows.Fault),
        CauseKind.Error => EntityRows.Some(EntityRows.Error),
        _ => EntityRows.Compare(CompareOp.Greater, EntityRows.Call(Function.Count), 1L),
    };

    /// <summary>The group's own filter in its place.</summary>
    private FilterBounds Group(PredicateFilter predicate)
    {
        var wanted = predicate.Value as string ?? "";
        if (predicate.Operator is not (FilterOperator.Equal or FilterOperator.NotEqual))
            return predicate.Operator == FilterOperator.Present ? FilterBounds.Always : FilterBounds.Never;
        var group = predicate.Keyword == FilterKeyword.GroupName ? groups.Find(wanted) : groups.List().FirstOrDefault(g => g.GroupARN == wanted);
        if (group is null || _groupDepth >= MaxGroupDepth)
            return FilterBounds.Never;
        var filter = FilterParser.Parse(group.FilterExpression, out var fault);
        if (fault is not null)
            return FilterBounds.Never;
        _groupDepth++;
        var bounds = filter is null ? FilterBounds.Always : Trace(filter);
        _groupDepth--;
        return predicate.Operator == FilterOperator.Equal ? bounds : !bounds;
    }
}
