using Weir.Core.Query.Text;

namespace Weir.Features.Questions.Fields;

internal enum FieldTokenKind
{
    /// <summary>A bare name: a function, AND, OR, true, false, null.</summary>
    Word,
    /// <summary><c>$name</c>; the text is the name.</summary>
    Column,
    String,
    Integer,
    Float,
    /// <summary>One of ( ) , ! * / % - + &lt; &lt;= > >= = !=</summary>
    Symbol,
    End,
}

/// <param name="Text">The name, the string's value, the number's digits or the symbol.</param>
internal readonly record struct FieldToken(FieldTokenKind Kind, string Text, SourceSpan Span)
{
    public bool Is(string symbol) => Kind == FieldTokenKind.Symbol && Text == symbol;

    public bool IsWord(string word) => Kind == FieldTokenKind.Word && Text == word;

    public override string ToString() => Kind switch
    {
        FieldTokenKind.End => "the end of the expression",
        FieldTokenKind.String => $"\"{Text}\"",
        FieldTokenKind.Column => $"'${Text}'",
        _ => $"'{Text}'",
    };
}
