using System.Collections.Frozen;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions.Fields;

/// <summary>Which types the values of an expression may have; an attribute's are told row by row.</summary>
internal static class ColumnTypes
{
    private static readonly FrozenDictionary<(Signal, string), string> Columns = SignalTable.All
        .SelectMany(signal => TableLayouts.ColumnsOf(signal).Select(column => KeyValuePair.Create((signal, column.Name), column.Type)))
        .ToFrozenDictionary();

    public static TypedValue Of(Expr value, Signal signal) => value switch
    {
        FieldExpr field => OfField(field, signal),
        AttributeExpr attribute => OfAttribute(attribute),
        ConstExpr { Value: string } => TypedValue.OfText(value),
        ConstExpr { Value: long or ulong or int } => TypedValue.OfInteger(value),
        ConstExpr { Value: double } => TypedValue.OfFloat(value),
        ConstExpr { Value: bool } => TypedValue.OfBool(value),
        ConstExpr => TypedValue.OfText(TypedValue.Call(Function.ToText, value)),
        NullExpr => TypedValue.Null,
        UnionExpr union => new TypedValue { Text = union.Text, Integer = union.Integer, Float = union.Float, Bool = union.Bool },
        CallExpr call => OfCall(call, signal),
        _ => TypedValue.OfBool(value),
    };

    private static TypedValue OfField(FieldExpr field, Signal signal) => Columns.GetValueOrDefault((signal, field.Name)) switch
    {
        // Flags are stored as numbers.
        null when field.Name == "is_root" => TypedValue.OfBool(new CompareExpr(CompareOp.Equal, field, new ConstExpr(1L))),
        null when field.Name == "http_status" => TypedValue.OfInteger(field),
        "Float64" => TypedValue.OfFloat(field),
        { } type when type.Contains("Int", StringComparison.Ordinal) => TypedValue.OfInteger(field),
        { } type when type.StartsWith("DateTime", StringComparison.Ordinal) => TypedValue.OfFloat(Seconds(field)),
        { } type when type.Contains("String)", StringComparison.Ordinal) && !type.StartsWith("Fixed", StringComparison.Ordinal) || type == "String" =>
            TypedValue.OfText(TypedValue.Call(Function.NullIfEmpty, field)),
        _ => TypedValue.OfText(TypedValue.Call(Function.NullIfEmpty, TypedValue.Call(Function.ToText, field))),
    };

    private static TypedValue OfAttribute(AttributeExpr attribute) => attribute.Type switch
    {
        AttributeType.Dynamic => new TypedValue
        {
            Text = attribute with { Type = AttributeType.OnlyString },
            Integer = attribute with { Type = AttributeType.Integer },
            Float = attribute with { Type = AttributeType.Float },
            Bool = attribute with { Type = AttributeType.Bool },
        },
        AttributeType.Integer => TypedValue.OfInteger(attribute),
        AttributeType.Number or AttributeType.Float => TypedValue.OfFloat(attribute),
        AttributeType.Bool => TypedValue.OfBool(attribute),
        _ => TypedValue.OfText(attribute),
    };

    private static TypedValue OfCall(CallExpr call, Signal signal)
    {
        TypedValue Argument(int index) => Of(call.Arguments[index], signal);
        switch (call.Function)
        {
            case Function.Count or Function.CountIf or Function.CountDistinct or Function.TimeBucket or Function.Length or Function.LengthUtf8
                or Function.Log2Bucket or Function.UnixNanoseconds or Function.Truncate or Function.CountMatches or Function.EnumNumber
                or Function.JsonLength:
                return TypedValue.OfInteger(call);
            case Function.ToBool:
                return TypedValue.OfBool(call);
            case Function.Lower or Function.ToText or Function.Concat or Function.LowerUtf8 or Function.Extract or Function.FormatTime or Function.NullIfEmpty:
                return TypedValue.OfText(call);
            // Branches of one type keep the type; branches of several types are all converted to text.
            case Function.If when call.Arguments.Count == 3:
                return Alike(call, [Argument(1), Argument(2)]);
            case Function.If:
                return Alike(call, [Argument(1)]);
            case Function.MultiIf:
                var values = call.Arguments.Where((_, i) => i % 2 == 1 || i == call.Arguments.Count - 1);
                return Alike(call, [.. values.Select(v => Of(v, signal))]);
            case Function.Coalesce or Function.Least or Function.Greatest:
                return Alike(call, [.. call.Arguments.Select(a => Of(a, signal))]);
            case Function.NullIf when call.Arguments[0] is FieldExpr named && OfField(named, signal) is { Text: not null, Types: 1 }:
            case Function.Hex:
                return TypedValue.OfText(call);
            case Function.NullIf:
                return Alike(call, [Argument(0)]);
            case Function.Any or Function.AnyIf or Function.ArgMax or Function.ArgMin or Function.ArgMinIf:
                return Alike(call, [Argument(0)]);
            default:
                return TypedValue.OfFloat(call);
        }
    }

    private static TypedValue Alike(Expr call, IReadOnlyList<TypedValue> values)
    {
        var some = values.Where(v => v.Types > 0).ToList();
        if (some.Count == 0)
            return TypedValue.Null;
        if (some.TrueForAll(v => v is { Types: 1, Bool: not null }))
            return TypedValue.OfBool(call);
        if (some.TrueForAll(v => v is { Types: 1, Integer: not null, Float: null }))
            return TypedValue.OfInteger(call);
        return some.TrueForAll(v => v is { Types: 1, IsNumeric: true }) ? TypedValue.OfFloat(call) : TypedValue.OfText(call);
    }

    private static CallExpr Seconds(Expr time) => TypedValue.Call(Function.UnixSeconds, time);

    /// <summary>The event's own time as seconds since 1970.</summary>
    public static Expr EventTime(Signal signal) => Seconds(new FieldExpr(signal == Signal.Spans ? "start_time" : "time"));

    /// <summary>When Weir took it in, as seconds since 1970.</summary>
    public static Expr IngestTime { get; } = Seconds(new FieldExpr("received_at"));
}
