namespace Weir.Core.Query.Text;

/// <summary>The place in a query text a lexer is at; what every lexer does to characters.</summary>
public sealed class TextCursor(string text)
{
    /// <summary>0-based character that is read next.</summary>
    public int At { get; private set; }

    public bool IsAtEnd => At >= text.Length;

    /// <summary>The character that is read next, NUL at the end.</summary>
    public char Current => At < text.Length ? text[At] : '\0';

    /// <summary>The character after the next one, NUL past the end.</summary>
    public char Following => At + 1 < text.Length ? text[At + 1] : '\0';

    public char Read() => text[At++];

    /// <summary>Reads the character if it is the next one.</summary>
    public bool Take(char c)
    {
        if (IsAtEnd || text[At] != c)
            return false;
        At++;
        return true;
    }

    public void SkipWhiteSpace() => SkipWhile(char.IsWhiteSpace);

    public void SkipWhile(Func<char, bool> belongs)
    {
        while (At < text.Length && belongs(text[At]))
            At++;
    }

    public string From(int start) => text[start..At];

    public SourceSpan SpanFrom(int start) => new(start, At - start);

    /// <summary>Reads exactly this many digits of the radix; null, and nothing read, when there are fewer.</summary>
    public int? Digits(int count, int radix)
    {
        if (At + count > text.Length)
            return null;
        var value = 0L;
        for (var i = At; i < At + count; i++)
        {
            var digit = char.IsAsciiHexDigit(text[i]) ? Convert.ToInt32(text[i].ToString(), 16) : radix;
            if (digit >= radix)
                return null;
            value = (value * radix) + digit;
        }
        At += count;
        return value <= int.MaxValue ? (int)value : null;
    }
}
