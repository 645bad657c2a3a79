using System.Text;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>
/// Filters for ids of traces and spans. An id is found in every form that it is written in: 32 or 16 digits in either case, X-Ray's, a UUID, or the
/// text of a client that has ids of its own (<see cref="ClientIds"/>). Compared as bytes, which the tables have an index for.
/// </summary>
internal static class IdExpressions
{
    /// <summary>The filter as a condition on the id's bytes; null where it asks for something else, or for no id.</summary>
    public static Expr? Of(Filter filter, Expr column)
    {
        // Events show an id as it was sent, where it was not sent in the usual form.
        if (column is CallExpr { Function: Function.Coalesce, Arguments: [_, var shown] })
            column = shown;
        if (column is not CallExpr { Function: Function.Hex, Arguments: [CallExpr { Function: Function.NullIf, Arguments: [FieldExpr field, ConstExpr { Value: byte[] none }] }] })
            return null;
        switch (filter.Op)
        {
            case FilterOp.Equal when filter.Value is { } value && BytesOf(value, none.Length) is { } bytes:
                return new CompareExpr(CompareOp.Equal, field, new ConstExpr(bytes));
            case FilterOp.In when filter.Value is IReadOnlyList<object?> values:
                // A text that is not an id matches no row.
                return new InExpr(field, [.. values.OfType<object>().Select(value => BytesOf(value, none.Length)).OfType<byte[]>()]);
            default:
                return null;
        }
    }

    private static byte[]? BytesOf(object value, int size)
    {
        var text = Encoding.UTF8.GetBytes(FilterExpressions.TextOf(value));
        var bytes = size == SpanId.Size ? ClientIds.Span(text).ToBytes() : ClientIds.Trace(text).ToBytes();
        return bytes.AsSpan().ContainsAnyExcept((byte)0) ? bytes : null;
    }
}
