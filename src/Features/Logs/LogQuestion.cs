using Weir.Core.Query;

namespace Weir.Features.Logs;

/// <summary>Which lines a list has.</summary>
internal sealed record LogQuestion
{
    /// <summary>Cursor of a list that looked for whole words, and of one that also took parts of words.</summary>
    public const char WordsCursor = 'l';
    public const char PartsCursor = 'p';

    public required TimeRange Range { get; init; }

    public required int Limit { get; init; }

    public PageCursor? Cursor { get; init; }

    /// <summary>Everything but the text.</summary>
    public IReadOnlyList<Expr> Conditions { get; init; } = [];

    /// <summary>The text as whole words; null when none was asked for.</summary>
    public Expr? Words { get; init; }

    /// <summary>The text, words as parts of longer ones too.</summary>
    public Expr? Parts { get; init; }
}
