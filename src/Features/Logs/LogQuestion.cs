using Weir.Core.Query;

namespace Weir.Features.Logs;

/// <summary>Selects the lines of a list.</summary>
internal sealed record LogQuestion
{
    /// <summary>Kinds of cursors: of a list with whole words, and of one that also matched parts of words.</summary>
    public const char WordsCursor = 'l';
    public const char PartsCursor = 'p';

    public required TimeRange Range { get; init; }

    public required int Limit { get; init; }

    public PageCursor? Cursor { get; init; }

    /// <summary>All conditions except the text.</summary>
    public IReadOnlyList<Expr> Conditions { get; init; } = [];

    /// <summary>The text as whole words; null when there is no text.</summary>
    public Expr? Words { get; init; }

    /// <summary>The text, also as parts of longer words.</summary>
    public Expr? Parts { get; init; }
}
