using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Core.Explore;

/// <summary>
/// Filters for ids of traces and spans. An id is found in every form that it is written in: 32 or 16 digits in either case, X-Ray's, a UUID. Compared as
/// bytes, which the tables have an index for.
/// </summary>
internal static class IdExpressions
{
    /// <summary>The filter as a condition on the id's bytes; null where it asks for something else, or for no id.</summary>
    public static Expr? Of(Filter filter, Expr column)
    {
        if (column is not CallExpr { Function: Function.Hex, Arguments: [CallExpr { Function: Function.NullIf, Arguments: [FieldExpr field, ConstExpr { Value: byte[] none }] }] })
            return null;
        switch (filter.Op)
        {
            case FilterOp.Equal when filter.Value is string text && BytesOf(text, none.Length) is { } bytes:
                return new CompareExpr(CompareOp.Equal, field, new ConstExpr(bytes));
            case FilterOp.In when filter.Value is IReadOnlyList<object?> values:
                // What is no id is no row's.
                return new InExpr(field, [.. values.OfType<string>().Select(value => BytesOf(value, none.Length)).OfType<byte[]>()]);
            default:
                return null;
        }
    }

    private static byte[]? BytesOf(string text, int size)
    {
        var digits = text.Trim();
        if (Guid.TryParseExact(digits, "D", out var uuid))
            digits = uuid.ToString("N");
        if (size == SpanId.Size)
            return SpanId.TryParse(digits, out var span) && !span.IsEmpty ? span.ToBytes() : null;
        return TraceId.TryParse(digits, out var trace) && !trace.IsEmpty ? trace.ToBytes() : null;
    }
}
