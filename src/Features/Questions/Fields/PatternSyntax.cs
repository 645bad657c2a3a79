using System.Globalization;
using Weir.Core.Query.Text;

namespace Weir.Features.Questions.Fields;

/// <summary>
/// Finds what RE2 refuses in a pattern, so that the error can point at the character: the engine itself only says that a pattern
/// does not compile. A pattern that passes here may still be refused by the engine.
/// </summary>
internal static class PatternSyntax
{
    /// <summary>Times a piece may be repeated; RE2's own limit.</summary>
    private const int MostRepeats = 1000;

    /// <summary>Null when nothing is wrong.</summary>
    public static ParseError? Check(string pattern)
    {
        var open = new Stack<int>();
        var repeatable = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\' when i + 1 == pattern.Length:
                    return new ParseError("ends with a backslash", i);
                case '\\' when pattern[i + 1] is >= '1' and <= '9':
                    return new ParseError("refers back to a group, which RE2 can't", i);
                case '\\' when pattern[i + 1] == 'Q':
                    var quoteEnd = pattern.IndexOf("\\E", i, StringComparison.Ordinal);
                    i = quoteEnd < 0 ? pattern.Length : quoteEnd + 1;
                    repeatable = true;
                    break;
                case '\\':
                    i++;
                    repeatable = pattern[i] is not ('b' or 'B' or 'A' or 'z');
                    break;
                case '[':
                    var end = ClassEnd(pattern, i);
                    if (end < 0)
                        return new ParseError("has a '[' that is not closed", i);
                    i = end;
                    repeatable = true;
                    break;
                case '(':
                    if (LookAround(pattern, i))
                        return new ParseError("looks around, which RE2 can't", i);
                    open.Push(i);
                    repeatable = false;
                    if (i + 1 < pattern.Length && pattern[i + 1] == '?')
                        i++;
                    break;
                case ')':
                    if (!open.TryPop(out _))
                        return new ParseError("has a ')' without '('", i);
                    repeatable = true;
                    break;
                case '|':
                    repeatable = false;
                    break;
                case '*' or '+' or '?':
                    if (!repeatable)
                        return new ParseError($"has nothing to repeat before '{pattern[i]}'", i);
                    if (i + 1 < pattern.Length && pattern[i + 1] == '?')
                        i++;
                    repeatable = false;
                    break;
                case '{' when Repeats(pattern, i) is { } repeat:
                    if (!repeatable)
                        return new ParseError("has nothing to repeat before '{'", i);
                    if (repeat.Most > MostRepeats)
                        return new ParseError($"repeats more than {MostRepeats} times", i);
                    i = repeat.End;
                    if (i + 1 < pattern.Length && pattern[i + 1] == '?')
                        i++;
                    repeatable = false;
                    break;
                default:
                    repeatable = pattern[i] is not '^';
                    break;
            }
        }
        return open.Count > 0 ? new ParseError("has a '(' that is not closed", open.Peek()) : null;
    }

    private static bool LookAround(string pattern, int open)
    {
        var rest = pattern.AsSpan(open);
        return rest.StartsWith("(?=") || rest.StartsWith("(?!") || rest.StartsWith("(?<=") || rest.StartsWith("(?<!");
    }

    private static int ClassEnd(string pattern, int open)
    {
        var i = open + 1;
        if (i < pattern.Length && pattern[i] == '^')
            i++;
        // A ']' that comes first belongs to the class.
        if (i < pattern.Length && pattern[i] == ']')
            i++;
        for (; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    i++;
                    break;
                case '[' when i + 1 < pattern.Length && pattern[i + 1] == ':':
                    var end = pattern.IndexOf(":]", i + 2, StringComparison.Ordinal);
                    if (end > 0)
                        i = end + 1;
                    break;
                case ']':
                    return i;
            }
        }
        return -1;
    }

    private static (int Most, int End)? Repeats(string pattern, int open)
    {
        var end = pattern.IndexOf('}', open);
        if (end < 0)
            return null;
        var most = 0;
        var parts = pattern[(open + 1)..end].Split(',');
        if (parts.Length > 2 || parts[0].Length == 0)
            return null;
        foreach (var part in parts)
        {
            if (part.Length == 0)
                continue;
            if (!part.All(char.IsAsciiDigit))
                return null;
            most = Math.Max(most, int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var times) ? times : int.MaxValue);
        }
        return (most, end);
    }
}
