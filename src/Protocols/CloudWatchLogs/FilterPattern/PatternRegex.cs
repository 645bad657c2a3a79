using System.Text;
using System.Text.RegularExpressions;
using Weir.Core.Model;

namespace Weir.Protocols.CloudWatchLogs.FilterPattern;

/// <summary>
/// A regular expression of filter patterns: a small dialect without groups, matched anywhere in the text and in linear time.
/// </summary>
internal sealed class PatternRegex
{
    private const string Allowed = ":_#=@/;,- ^$?[]{}|\\*+.";
    private readonly Regex _regex;
    private readonly string _translated;

    /// <summary>Throws <see cref="PatternException"/> for what the dialect doesn't have.</summary>
    public PatternRegex(string source, int position)
    {
        if (source.Length == 0)
            throw new PatternException("Invalid filter pattern: the regular expression is empty", position);
        _translated = Translate(source, position);
        try
        {
            _regex = new Regex(
                _translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new PatternException($"Invalid filter pattern: '{source}' is not a regular expression", position);
        }
    }

    /// <summary>
    /// The same in RE2's syntax, for the engine; null where RE2 might refuse it (it bounds repeat counts). There the dot also matches a
    /// line's end, so it finds what this finds and perhaps more.
    /// </summary>
    public string? Re2 => _translated.Contains('{', StringComparison.Ordinal) ? null : _translated;

    public bool IsMatch(string text)
    {
        try
        {
            return _regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new FaultException(new Fault(FaultKind.LimitExceeded, "a regular expression of the filter pattern takes too long"));
        }
    }

    private static string Translate(string source, int position)
    {
        var regex = new StringBuilder();
        var inClass = false;
        for (var i = 0; i < source.Length; i++)
        {
            var c = source[i];
            if (!char.IsAsciiLetterOrDigit(c) && !Allowed.Contains(c, StringComparison.Ordinal))
            {
                throw new PatternException(
                    $"Invalid filter pattern: '{c}' is not allowed in a regular expression at character {position + i + 1}", position + i);
            }
            if (c == '[')
                inClass = true;
            else if (c == ']')
                inClass = false;
            if (c != '\\')
            {
                // $ is the very end, as in RE2, not also before a last line feed.
                if (c == '$' && !inClass)
                    regex.Append(@"\z");
                else
                    regex.Append(c);
                continue;
            }
            if (++i == source.Length)
                throw new PatternException("Invalid filter pattern: the regular expression ends in a backslash", position + i - 1);
            // The classes are ASCII in this dialect.
            var (set, positive) = source[i] switch
            {
                'd' => ("0-9", true),
                'D' => ("0-9", false),
                's' => (@" \t\r\n\f\v", true),
                'S' => (@" \t\r\n\f\v", false),
                'w' => ("A-Za-z0-9_", true),
                'W' => ("A-Za-z0-9_", false),
                _ => ("", true),
            };
            if (set.Length == 0)
                regex.Append(char.IsAsciiLetterOrDigit(source[i]) && source[i] != 'x' ? throw Unknown(source[i], position + i) : $"\\{source[i]}");
            else if (!inClass)
                regex.Append(positive ? "[" : "[^").Append(set).Append(']');
            else if (positive)
                regex.Append(set);
            else
                throw Unknown(source[i], position + i);
        }
        return regex.ToString();
    }

    private static PatternException Unknown(char escape, int position) =>
        new($"Invalid filter pattern: '\\{escape}' is not known here at character {position + 1}", position);
}
