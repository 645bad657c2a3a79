using Weir.Core.Query;

namespace Weir.Features.Questions.Fields;

/// <summary>
/// A value by its possible types: an expression for each type it may have, NULL in the rows where it has another. An attribute may have
/// any type; the result of a function usually has one, and then only that one is written.
/// </summary>
internal sealed record TypedValue
{
    public Expr? Text { get; init; }

    public Expr? Integer { get; init; }

    public Expr? Float { get; init; }

    public Expr? Bool { get; init; }

    public static TypedValue Null { get; } = new();

    public bool IsNumeric => Integer is not null || Float is not null;

    public int Types => (Text is null ? 0 : 1) + (IsNumeric ? 1 : 0) + (Bool is null ? 0 : 1);

    public static TypedValue OfText(Expr value) => new() { Text = value };

    public static TypedValue OfInteger(Expr value) => new() { Integer = value };

    public static TypedValue OfFloat(Expr value) => new() { Float = value };

    public static TypedValue OfBool(Expr value) => new() { Bool = value };

    /// <summary>Any number, null for other types.</summary>
    public Expr? Number => this switch
    {
        { Integer: { } whole, Float: { } number } => Call(Function.Coalesce, Call(Function.ToFloat, whole), number),
        { Integer: { } whole } => whole,
        _ => Float,
    };

    /// <summary>A number in every row: strings that are numbers count, everything else is zero.</summary>
    public Expr Arithmetic
    {
        get
        {
            var parts = new List<Expr>();
            if (Integer is { } whole)
                parts.Add(whole is ConstExpr { Value: long constant } ? new ConstExpr((double)constant) : Call(Function.ToFloat, whole));
            if (Float is { } number)
                parts.Add(number);
            if (Text is { } text)
                parts.Add(Call(Function.ToNumber, text));
            if (parts is [ConstExpr only])
                return only;
            parts.Add(new ConstExpr(0.0));
            return Call(Function.Coalesce, [.. parts]);
        }
    }

    /// <summary>True for non-zero numbers, true and the text "true".</summary>
    public Expr Truth
    {
        get
        {
            var parts = new List<Expr>();
            if (Bool is { } flag)
                parts.Add(flag);
            if (Integer is { } whole)
                parts.Add(new CompareExpr(CompareOp.NotEqual, whole, new ConstExpr(0L)));
            if (Float is { } number)
                parts.Add(new CompareExpr(CompareOp.NotEqual, number, new ConstExpr(0.0)));
            if (Text is { } text)
                parts.Add(new CompareExpr(CompareOp.Equal, text, new ConstExpr("true")));
            return Any(parts);
        }
    }

    /// <summary>It is not null.</summary>
    public Expr IsThere => Any([.. Parts.Select(part => (Expr)new ExistsExpr(part))]);

    /// <summary>It is neither null nor an empty string.</summary>
    public Expr IsFilled => Any([.. new[] { Filled, Integer, Float, Bool }.OfType<Expr>().Select(part => (Expr)new ExistsExpr(part))]);

    /// <summary>The text, null when empty.</summary>
    public Expr? Filled => Text is null ? null : Call(Function.NullIfEmpty, Text);

    /// <summary>As text in every row; null is the empty string.</summary>
    public Expr Stringified
    {
        get
        {
            var parts = new List<Expr>();
            if (Text is { } text)
                parts.Add(text);
            if (Integer is { } whole)
                parts.Add(Call(Function.ToText, whole));
            if (Float is { } number)
                parts.Add(Call(Function.ToText, number));
            if (Bool is { } flag)
                parts.Add(Call(Function.ToText, Call(Function.ToBool, flag)));
            parts.Add(new ConstExpr(""));
            return Call(Function.Coalesce, [.. parts]);
        }
    }

    /// <summary>The whole value as one expression of the shared tree.</summary>
    public Expr Whole => this switch
    {
        { Types: 0 } => NullExpr.Instance,
        { Types: 1, Text: { } text } => text,
        { Types: 1, Bool: { } flag } => Call(Function.ToBool, flag),
        { Types: 1, Number: { } number } => number,
        _ => new UnionExpr(Text, Integer, Float, Bool is null ? null : Call(Function.ToBool, Bool)),
    };

    private IEnumerable<Expr> Parts => new[] { Text, Integer, Float, Bool }.OfType<Expr>();

    /// <summary>The result of an expression of each type that any of these has; the parts keep the order of the values.</summary>
    public static TypedValue Each(IReadOnlyList<TypedValue> values, Func<Func<TypedValue, Expr?>, Expr> combine) => new()
    {
        Text = values.Any(v => v.Text is not null) ? combine(v => v.Text) : null,
        Integer = values.Any(v => v.Integer is not null) ? combine(v => v.Integer) : null,
        Float = values.Any(v => v.Float is not null) ? combine(v => v.Float) : null,
        Bool = values.Any(v => v.Bool is not null) ? combine(v => v.Bool) : null,
    };

    public static Expr Any(IReadOnlyList<Expr> conditions) => conditions is [var only] ? only : new OrExpr(conditions);

    public static CallExpr Call(Function function, params IReadOnlyList<Expr> arguments) => new(function, arguments);
}
