using Weir.Core.Query;
using static Weir.Features.Questions.Fields.TypedValue;

namespace Weir.Features.Questions.Fields;

/// <summary>Functions of strings, patterns and times as text. An argument that must be a string and is none gives false, or null for a value.</summary>
internal static class TextFunctions
{
    /// <summary>Null when the function is of another kind.</summary>
    public static TypedValue? Find(FieldCall call, Func<FieldNode, TypedValue> bind)
    {
        TypedValue Value(int index) => bind(call.Arguments[index]);
        Expr? Text(int index) => Value(index).Text;
        return call.Function switch
        {
            FieldFunction.String => OfText(Value(0).Stringified),
            FieldFunction.Concat => OfText(Concat([.. call.Arguments.Select(a => bind(a).Stringified)])),
            FieldFunction.ToLower => Text(0) is { } text ? OfText(Call(Function.LowerUtf8, text)) : Null,
            FieldFunction.StartsWith => Part(CompareOp.StartsWith, Text(0), Text(1)),
            FieldFunction.EndsWith => Part(CompareOp.EndsWith, Text(0), Text(1)),
            FieldFunction.Contains => Part(CompareOp.Contains, Text(0), Text(1)),
            FieldFunction.Length => Length(call, Text(0)),
            FieldFunction.RegMatch => Matches(Text(0), Pattern(call)),
            FieldFunction.RegValue => Text(0) is { } text ? OfText(Call(Function.NullIfEmpty, Call(Function.Extract, text, Pattern(call)))) : Null,
            FieldFunction.RegCount => OfInteger(Text(0) is { } text
                ? Call(Function.Coalesce, Call(Function.CountMatches, text, Pattern(call)), new ConstExpr(0L)) : new ConstExpr(0L)),
            FieldFunction.UnixTimestamp => Text(0) is { } text ? OfFloat(Call(Function.ParseTime, text)) : Null,
            FieldFunction.FormatTime => FormatTime(call, Value(1)),
            _ => null,
        };
    }

    private static Expr Concat(IReadOnlyList<Expr> parts) => parts is [var only] ? only : Call(Function.Concat, parts);

    private static TypedValue Part(CompareOp op, Expr? text, Expr? part) =>
        OfBool(text is null || part is null ? new ConstExpr(false) : new CompareExpr(op, text, part) & new ExistsExpr(part));

    private static TypedValue Matches(Expr? text, ConstExpr pattern) => OfBool(text is null
        ? new ConstExpr(false)
        : new CompareExpr(CompareOp.NotEqual, text, new ConstExpr("")) & new CompareExpr(CompareOp.Matches, text, pattern));

    private static ConstExpr Pattern(FieldCall call) => new(((LiteralNode)call.Arguments[1]).Value!);

    private static TypedValue Length(FieldCall call, Expr? text)
    {
        if (text is null)
            return Null;
        var inBytes = call.Arguments.Count > 1 && call.Arguments[1] is LiteralNode { Value: "bytes" };
        return OfInteger(Call(inBytes ? Function.Length : Function.LengthUtf8, text));
    }

    private static TypedValue FormatTime(FieldCall call, TypedValue time)
    {
        if (time.Types == 0)
            return Null;
        var seconds = time.Arithmetic;
        var pieces = TimeFormat.Pieces((string)((LiteralNode)call.Arguments[0]).Value!).Select(piece => piece == TimeFormat.Seconds
            ? (Expr)Call(Function.ToText, Call(Function.Truncate, Call(Function.Floor, seconds)))
            : Call(Function.FormatTime, seconds, new ConstExpr(piece)));
        return OfText(Call(Function.MultiIf, time.IsFilled, Concat([.. pieces]), NullExpr.Instance));
    }
}
