namespace Weir.Protocols.XRay.Filter;

internal enum TokenKind
{
    Word,
    String,
    Number,
    /// <summary>= != &lt; &lt;= &gt; &gt;=</summary>
    Comparison,
    /// <summary>One of ( ) { } [ ] , : ! #</summary>
    Symbol,
    End,
}

/// <param name="Text">The word, the string's text, the number or the symbol.</param>
/// <param name="Position">0-based character where it starts.</param>
internal readonly record struct FilterToken(TokenKind Kind, string Text, int Position, double Number = 0)
{
    public bool Is(string symbol) => Kind is TokenKind.Symbol or TokenKind.Comparison && Text == symbol;

    public bool IsWord(string word) => Kind == TokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => Kind switch
    {
        TokenKind.End => "the end of the expression",
        TokenKind.String => $"\"{Text}\"",
        _ => $"'{Text}'",
    };
}
