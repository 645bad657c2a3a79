using System.Text;

namespace Weir.Protocols.CloudWatchLogs.FilterPattern;

/// <summary>A place in a pattern's text, and what all three kinds of pattern read there.</summary>
internal sealed class PatternCursor(string text)
{
    public int At { get; private set; }

    public bool AtEnd => At >= text.Length;

    public char Current => At < text.Length ? text[At] : '\0';

    public void Next() => At++;

    public void SkipBlanks()
    {
        while (At < text.Length && char.IsWhiteSpace(text[At]))
            At++;
    }

    public bool TryTake(string part)
    {
        if (string.CompareOrdinal(text, At, part, 0, part.Length) != 0)
            return false;
        At += part.Length;
        return true;
    }

    /// <summary>Takes a word like IS or NULL that ends here, in either letter case.</summary>
    public bool TryTakeWord(string word)
    {
        SkipBlanks();
        var end = At + word.Length;
        if (end > text.Length || !text.AsSpan(At, word.Length).Equals(word, StringComparison.OrdinalIgnoreCase)
            || (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_')))
            return false;
        At = end;
        return true;
    }

    public void Expect(string part, string where)
    {
        SkipBlanks();
        if (!TryTake(part))
            throw Error($"'{part}' expected {where}");
    }

    public string TakeWhile(Func<char, bool> good)
    {
        var start = At;
        while (At < text.Length && good(text[At]))
            At++;
        return text[start..At];
    }

    /// <summary>Text in double quotes with <c>\"</c> and <c>\\</c> as escapes; other backslashes stand for themselves.</summary>
    public string TakeQuoted()
    {
        var start = At++;
        var value = new StringBuilder();
        while (At < text.Length && text[At] != '"')
        {
            if (text[At] == '\\' && At + 1 < text.Length && text[At + 1] is '"' or '\\')
                At++;
            value.Append(text[At++]);
        }
        if (At >= text.Length)
            throw new PatternException($"Invalid filter pattern: the quote at character {start + 1} is never closed", start);
        At++;
        return value.ToString();
    }

    /// <summary>A regular expression between percent signs.</summary>
    public PatternRegex TakeRegex()
    {
        var start = At++;
        var end = text.IndexOf('%', At);
        if (end < 0)
            throw new PatternException($"Invalid filter pattern: the regular expression at character {start + 1} is never closed", start);
        var regex = new PatternRegex(text[At..end], At);
        At = end + 1;
        return regex;
    }

    public PatternException Error(string message) => new($"Invalid filter pattern: {message} at character {At + 1}", At);
}
