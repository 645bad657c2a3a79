using System.Globalization;

namespace Weir.Protocols.CloudWatchLogs.FilterPattern;

internal enum PatternOp
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>An operator and what it compares with: <c>= 4*</c>, <c>!= "a b"</c>, <c>&gt;= 1.5e3</c>, <c>= %re%</c>.</summary>
internal sealed class PatternValue
{
    private readonly PatternOp _op;
    private readonly string _text;
    private readonly double? _number;
    private readonly PatternRegex? _regex;

    private PatternValue(PatternOp op, string text, double? number, PatternRegex? regex) => (_op, _text, _number, _regex) = (op, text, number, regex);

    /// <summary>The text a value must be equal to; null when the condition is of another kind.</summary>
    public string? ExactText => _op == PatternOp.Equal && _regex is null && _number is null && !_text.Contains('*', StringComparison.Ordinal) ? _text : null;

    /// <summary>
    /// The number a value must be equal to, as JSON writes it without an exponent; null when the condition is of another kind or the
    /// number was written in another way.
    /// </summary>
    public string? ExactNumber =>
        _op == PatternOp.Equal && _number is { } number && number >= 0 && number < 1e15 && number.ToString("R", CultureInfo.InvariantCulture) == _text
            && !_text.Contains('E', StringComparison.Ordinal) ? _text : null;

    /// <summary>Reads the operator and the value. <paramref name="ends"/> are characters that end an unquoted value.</summary>
    public static PatternValue Read(PatternCursor cursor, string ends)
    {
        var op = ReadOp(cursor);
        cursor.SkipBlanks();
        var at = cursor.At;
        if (cursor.Current == '%')
        {
            var regex = cursor.TakeRegex();
            return op is PatternOp.Equal or PatternOp.NotEqual
                ? new PatternValue(op, "", null, regex)
                : throw new PatternException($"Invalid filter pattern: a regular expression can only be compared by = and != at character {at + 1}", at);
        }
        var quoted = cursor.Current == '"';
        var text = quoted
            ? cursor.TakeQuoted()
            : cursor.TakeWhile(c => !char.IsWhiteSpace(c) && !ends.Contains(c, StringComparison.Ordinal) && c is not ('=' or '<' or '>' or '"'));
        if (!quoted && text.Length == 0)
            throw cursor.Error("a value expected");
        double? number = !quoted && TryNumber(text, out var value) ? value : null;
        if (number is null && op is not (PatternOp.Equal or PatternOp.NotEqual))
            throw new PatternException($"Invalid filter pattern: only numbers can be compared by < and > at character {at + 1}", at);
        return new PatternValue(op, text, number, null);
    }

    /// <summary>Tests a value against the condition. <paramref name="number"/> is its number when it has one.</summary>
    public bool Holds(string text, double? number)
    {
        if (_op is PatternOp.Equal or PatternOp.NotEqual)
            return (_op == PatternOp.Equal) == Same(text, number);
        return number is { } left && _op switch
        {
            PatternOp.Less => left < _number!.Value,
            PatternOp.LessOrEqual => left <= _number!.Value,
            PatternOp.Greater => left > _number!.Value,
            _ => left >= _number!.Value,
        };
    }

    private bool Same(string text, double? number)
    {
        if (_regex is not null)
            return _regex.IsMatch(text);
        if (_number is { } wanted && number is { } found)
            return wanted.Equals(found);
        return Wildcard(_text, text);
    }

    public static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
        && double.IsFinite(number) && text.AsSpan().ContainsAnyInRange('0', '9');

    /// <summary>True when the whole text fits; <c>*</c> stands for any run of characters.</summary>
    public static bool Wildcard(string pattern, string text)
    {
        var (p, t) = (0, 0);
        var (star, retry) = (-1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                retry = t;
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++retry;
            }
            else
            {
                return false;
            }
        }
        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }

    private static PatternOp ReadOp(PatternCursor cursor)
    {
        cursor.SkipBlanks();
        if (cursor.TryTake("!="))
            return PatternOp.NotEqual;
        if (cursor.TryTake("<="))
            return PatternOp.LessOrEqual;
        if (cursor.TryTake(">="))
            return PatternOp.GreaterOrEqual;
        var at = cursor.At;
        if (cursor.TryTake("=="))
            throw new PatternException($"Invalid filter pattern: one = is the operator; '==' found at character {at + 1}", at);
        if (cursor.TryTake("="))
            return PatternOp.Equal;
        if (cursor.TryTake("<"))
            return PatternOp.Less;
        if (cursor.TryTake(">"))
            return PatternOp.Greater;
        throw cursor.Error("one of = != < <= > >= expected");
    }
}
