using System.Globalization;
using Weir.Core.Query;
using static Weir.Features.Questions.Fields.TypedValue;

namespace Weir.Features.Questions.Fields;

/// <summary>Arithmetic, casts to numbers and buckets.</summary>
internal static class NumberFunctions
{
    /// <summary>Null when the function is of another kind.</summary>
    public static TypedValue? Find(FieldCall call, Func<FieldNode, TypedValue> bind)
    {
        Expr Number(int index) => bind(call.Arguments[index]).Arithmetic;
        return call.Function switch
        {
            FieldFunction.Sum => OfFloat(Chain(Function.Add, call, Number)),
            FieldFunction.Mul => OfFloat(Chain(Function.Multiply, call, Number)),
            FieldFunction.Sub => OfFloat(Call(Function.Subtract, Number(0), Number(1))),
            FieldFunction.Div => OfFloat(UnlessZero(Number(1), divisor => Call(Function.Divide, Number(0), divisor))),
            FieldFunction.Mod => OfFloat(UnlessZero(Number(1), divisor => Call(Function.Modulo, Number(0), divisor))),
            FieldFunction.Log10 => OfFloat(Log10(bind(call.Arguments[0]))),
            FieldFunction.Float => OfFloat(Number(0)),
            FieldFunction.Int => Integer(bind(call.Arguments[0])),
            FieldFunction.Bucket => OfText(Bucket(call, bind(call.Arguments[0]))),
            _ => null,
        };
    }

    private static Expr Chain(Function function, FieldCall call, Func<int, Expr> number)
    {
        var result = number(0);
        for (var i = 1; i < call.Arguments.Count; i++)
            result = Call(function, result, number(i));
        return result;
    }

    private static CallExpr UnlessZero(Expr divisor, Func<Expr, Expr> quotient) =>
        Call(Function.MultiIf, new CompareExpr(CompareOp.NotEqual, divisor, new ConstExpr(0.0)), quotient(divisor), NullExpr.Instance);

    private static CallExpr Log10(TypedValue value) => Call(
        Function.MultiIf, new CompareExpr(CompareOp.Greater, value.Arithmetic, new ConstExpr(0.0)), Call(Function.Log10, value.Arithmetic), NullExpr.Instance);

    private static TypedValue Integer(TypedValue value)
    {
        if (value is { Types: 1, Float: null, Integer: { } whole })
            return OfInteger(Call(Function.Coalesce, whole, new ConstExpr(0L)));
        // Whole numbers past what a float holds exactly stay as they are.
        var truncated = Call(Function.Truncate, (value with { Integer = null }).Arithmetic);
        return OfInteger(value.Integer is null ? truncated : Call(Function.Coalesce, value.Integer, truncated));
    }

    /// <summary>The label of the bin the number lies in, <c>10 - 20</c>; its lower edge belongs to it. Null for what is no number.</summary>
    private static Expr Bucket(FieldCall call, TypedValue value)
    {
        var size = FieldRules.Number(call.Arguments[1]);
        double? least = call.Arguments.Count > 2 ? FieldRules.Number(call.Arguments[2]) : null;
        double? most = call.Arguments.Count > 3 ? FieldRules.Number(call.Arguments[3]) : null;
        var number = value is { Types: 1, Text: null, Number: { } plain } ? plain : NumberOrNull(value);
        if (number is null)
            return NullExpr.Instance;
        var start = new ConstExpr(least ?? 0);
        // Rounded before it is truncated, because 0.7 / 0.1 is a little less than 7.
        Expr bin = Call(Function.Floor, Call(Function.Round, Call(Function.Divide, Call(Function.Subtract, number, start), new ConstExpr(size)), new ConstExpr(9L)));
        if (most is { } last)
            bin = Call(Function.Least, bin, new ConstExpr(Math.Ceiling((last - start.Number()) / size) - 1));
        Expr Edge(Expr index) => Call(Function.Add, start, Call(Function.Multiply, index, new ConstExpr(size)));
        var upper = Edge(Call(Function.Add, bin, new ConstExpr(1.0)));
        var label = Call(
            Function.Concat, Short(Edge(bin)), new ConstExpr(" - "), Short(most is { } end ? Call(Function.Least, upper, new ConstExpr(end)) : upper));
        var cases = new List<Expr> { !new ExistsExpr(number), NullExpr.Instance };
        if (least is { } bottom)
            cases.AddRange([new CompareExpr(CompareOp.Less, number, new ConstExpr(bottom)), new ConstExpr("< " + Digits(bottom))]);
        if (most is { } top)
            cases.AddRange([new CompareExpr(CompareOp.Greater, number, new ConstExpr(top)), new ConstExpr("> " + Digits(top))]);
        cases.Add(label);
        return Call(Function.MultiIf, cases);
    }

    private static Expr? NumberOrNull(TypedValue value)
    {
        var parts = new List<Expr>();
        if (value.Integer is { } whole)
            parts.Add(Call(Function.ToFloat, whole));
        if (value.Float is { } number)
            parts.Add(number);
        if (value.Text is { } text)
            parts.Add(Call(Function.ToNumber, text));
        return parts.Count == 0 ? null : Call(Function.Coalesce, parts);
    }

    private static double Number(this ConstExpr constant) => (double)constant.Value;

    /// <summary>An edge without the noise that a sum of binary fractions has in its last digits.</summary>
    private static CallExpr Short(Expr edge) => Call(Function.ToText, Call(Function.Round, edge, new ConstExpr(9L)));

    private static string Digits(double number) => number.ToString(CultureInfo.InvariantCulture);
}
