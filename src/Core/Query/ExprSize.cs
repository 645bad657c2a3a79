namespace Weir.Core.Query;

/// <summary>How large an expression is when it is written out, every shared part as often as it is used.</summary>
public static class ExprSize
{
    /// <summary>Stops counting past the limit, so a small tree of widely shared parts costs no more.</summary>
    public static bool Exceeds(Expr expr, int limit)
    {
        var left = limit;
        Count(expr, ref left);
        return left < 0;
    }

    private static void Count(Expr expr, ref int left)
    {
        if (--left < 0)
            return;
        switch (expr)
        {
            case AndExpr and:
                Count(and.Operands, ref left);
                break;
            case OrExpr or:
                Count(or.Operands, ref left);
                break;
            case NotExpr not:
                Count(not.Operand, ref left);
                break;
            case CompareExpr compare:
                Count(compare.Left, ref left);
                Count(compare.Right, ref left);
                break;
            case InExpr list:
                left -= list.Values.Count;
                Count(list.Operand, ref left);
                break;
            case ExistsExpr exists:
                Count(exists.Operand, ref left);
                break;
            case CallExpr call:
                Count(call.Arguments, ref left);
                break;
            case UnionExpr union:
                Count([.. new[] { union.Text, union.Integer, union.Float, union.Bool }.OfType<Expr>()], ref left);
                break;
        }
    }

    private static void Count(IReadOnlyList<Expr> operands, ref int left)
    {
        foreach (var operand in operands)
        {
            Count(operand, ref left);
            if (left < 0)
                return;
        }
    }
}
