using Weir.Core.Query;

namespace Weir.Features.Traces.Model;

/// <summary>
/// Removes the parts of a query that only OpenTelemetry's rows need, for ranges without them: the engine then reads half of the attributes.
/// </summary>
internal static class XRayOnly
{
    private static readonly ConstExpr True = new(true);
    private static readonly ConstExpr False = new(false);

    public static TelemetryQuery Of(TelemetryQuery query) => query with
    {
        Select = [.. query.Select.Select(s => s with { Value = Of(s.Value) })],
        Where = query.Where is { } where ? Of(where) : null,
        GroupBy = [.. query.GroupBy.Select(Of)],
        Joins = [.. query.Joins.Select(join => join with { Query = Of(join.Query), Key = Of(join.Key) })],
    };

    private static Expr Of(Expr expr)
    {
        if (ReferenceEquals(expr, EntityRows.IsXRay))
            return True;
        if (ReferenceEquals(expr, EntityRows.IsOpenTelemetryCall))
            return False;
        if (ReferenceEquals(expr, EntityRows.IsSegment))
            return EntityRows.IsXRaySegment;
        switch (expr)
        {
            case NotExpr not:
                return Of(not.Operand) is var operand && operand is ConstExpr { Value: bool flag } ? (flag ? False : True) : new NotExpr(operand);
            case AndExpr and:
                var all = and.Operands.Select(Of).Where(o => o is not ConstExpr { Value: true }).ToList();
                return all.Exists(o => o is ConstExpr { Value: false }) ? False : all.Count == 0 ? True : all.Count == 1 ? all[0] : new AndExpr(all);
            case OrExpr or:
                var any = or.Operands.Select(Of).Where(o => o is not ConstExpr { Value: false }).ToList();
                return any.Exists(o => o is ConstExpr { Value: true }) ? True : any.Count == 0 ? False : any.Count == 1 ? any[0] : new OrExpr(any);
            case CallExpr { Function: Function.If } choice when Of(choice.Arguments[0]) is ConstExpr { Value: bool met }:
                return Of(choice.Arguments[met ? 1 : 2]);
            case CallExpr call:
                return call with { Arguments = [.. call.Arguments.Select(Of)] };
            case CompareExpr compare:
                return compare with { Left = Of(compare.Left), Right = Of(compare.Right) };
            case InQueryExpr inner:
                return inner with { Operand = Of(inner.Operand), Query = Of(inner.Query) };
            case InExpr list:
                return list with { Operand = Of(list.Operand) };
            default:
                return expr;
        }
    }
}
