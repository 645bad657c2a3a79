using System.Globalization;

namespace Weir.Features.Alerts.Notifications;

/// <summary>Splits a template into texts and actions.</summary>
internal sealed class TemplateReader(string text, IReadOnlySet<string> known)
{
    private int _at;
    private bool _trims;

    public IReadOnlySet<string> Known => known;

    /// <summary>The text up to the next action, and that action without its braces; empty for a comment and at the end. False after the end.</summary>
    public bool Next(out string before, out string action)
    {
        (before, action) = ("", "");
        if (_at > text.Length)
            return false;
        var open = text.IndexOf("{{", _at, StringComparison.Ordinal);
        before = open < 0 ? text[_at..] : text[_at..open];
        if (_trims)
            before = before.TrimStart();
        _trims = false;
        if (open < 0)
        {
            _at = text.Length + 1;
            return true;
        }
        var close = Close(open + 2);
        if (close < 0)
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"the action at character {open} has no end"));
        action = text[(open + 2)..close];
        _at = close + 2;
        if (action.StartsWith("- ", StringComparison.Ordinal))
        {
            before = before.TrimEnd();
            action = action[2..];
        }
        if (action.EndsWith(" -", StringComparison.Ordinal))
        {
            _trims = true;
            action = action[..^2];
        }
        action = action.Trim();
        if (action.StartsWith("/*", StringComparison.Ordinal) && action.EndsWith("*/", StringComparison.Ordinal))
            action = "";
        else if (action.Length == 0)
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"the action at character {open} is empty"));
        return true;
    }

    // Braces inside quotes do not end the action.
    private int Close(int from)
    {
        var quote = '\0';
        for (var i = from; i < text.Length; i++)
        {
            if (quote != '\0')
            {
                if (text[i] == '\\' && quote == '"')
                    i++;
                else if (text[i] == quote)
                    quote = '\0';
            }
            else if (text[i] is '"' or '`')
                quote = text[i];
            else if (text[i] == '}' && i + 1 < text.Length && text[i + 1] == '}')
                return i;
        }
        return -1;
    }
}
