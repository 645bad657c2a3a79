using Weir.Core.Query;

namespace Weir.Features.Traces.Filter;

/// <summary>
/// A condition of the engine's between which the real one lies: <paramref name="Lower"/> is true only where it is,
/// <paramref name="Upper"/> wherever it is. Where they are the same expression the engine decides alone.
/// </summary>
internal readonly record struct FilterBounds(Expr Upper, Expr Lower)
{
    private static readonly Expr True = new ConstExpr(true);
    private static readonly Expr False = new ConstExpr(false);

    public static FilterBounds Always { get; } = Exactly(True);

    public static FilterBounds Never { get; } = Exactly(False);

    /// <summary>Nothing can be said.</summary>
    public static FilterBounds Unknown { get; } = new(True, False);

    public bool IsExact => ReferenceEquals(Upper, Lower);

    public static FilterBounds Exactly(Expr condition) => new(condition, condition);

    public static FilterBounds AtMost(Expr upper) => new(upper, False);

    /// <summary>Nothing can be said where <paramref name="unsure"/> is true.</summary>
    public FilterBounds Except(Expr unsure) => new(Upper | unsure, Lower & !unsure);

    public static FilterBounds operator !(FilterBounds operand) =>
        operand.IsExact ? Exactly(!operand.Upper) : new(!operand.Lower, !operand.Upper);

    public static FilterBounds All(IReadOnlyList<FilterBounds> operands) => operands.All(o => o.IsExact)
        ? Exactly(new AndExpr([.. operands.Select(o => o.Upper)]))
        : new(new AndExpr([.. operands.Select(o => o.Upper)]), new AndExpr([.. operands.Select(o => o.Lower)]));

    public static FilterBounds Any(IReadOnlyList<FilterBounds> operands) => operands.All(o => o.IsExact)
        ? Exactly(new OrExpr([.. operands.Select(o => o.Upper)]))
        : new(new OrExpr([.. operands.Select(o => o.Upper)]), new OrExpr([.. operands.Select(o => o.Lower)]));

    /// <summary>The same step on both sides.</summary>
    public FilterBounds Map(Func<Expr, Expr> step) => IsExact ? Exactly(step(Upper)) : new(step(Upper), step(Lower));
}
