using Weir.Core.Query;

namespace Weir.Features.Errors;

/// <summary>Selects the items of a list.</summary>
/// <param name="Status">active, resolved or muted; null: all.</param>
/// <param name="Where">Over rows of occurrences.</param>
/// <param name="Order">One of the constants here.</param>
internal sealed record ItemQuestion(TimeRange Range, string? Status, Expr? Where, string Order, int Limit, PageCursor? Cursor)
{
    public const string Newest = "newest";
    public const string Most = "most";
    public const string First = "first";
}
