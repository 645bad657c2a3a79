using System.Text.RegularExpressions;

namespace Weir.Features.Requests.Facts;

/// <summary>What the text of a line that is no access line says about its request.</summary>
public static partial class LineText
{
    private const int LongestHead = 2_000;
    private const int LongestTemplate = 120;

    /// <summary>Flask's <c>Exception on /path [METHOD]</c> with the traceback below: its request, which failed. Null for other lines.</summary>
    public static (string Method, string Target, ExceptionIdentity? Exception)? FailedRequest(string body)
    {
        var start = body.AsSpan(0, Math.Min(body.Length, LongestHead)).IndexOf("Exception on ", StringComparison.Ordinal);
        if (start < 0)
            return null;
        var head = body.AsSpan(start);
        var line = head.IndexOfAny('\r', '\n');
        var match = OnPath().Match((line < 0 ? head : head[..line]).ToString());
        if (!match.Success)
            return null;
        var rest = body.AsSpan().TrimEnd();
        var last = rest[(rest.LastIndexOf('\n') + 1)..];
        return (match.Groups["method"].Value, match.Groups["target"].Value, line < 0 ? null : ExceptionIdentity.OfLastLine(last.ToString()));
    }

    /// <summary>The line's first line without what differs from request to request: digits, hexadecimal ids, quoted values.</summary>
    public static string Template(string body)
    {
        var head = body.AsSpan(0, Math.Min(body.Length, LongestHead));
        var line = head.IndexOfAny('\r', '\n');
        var text = Changing().Replace((line < 0 ? head : head[..line]).ToString(), "#");
        return text[..Math.Min(text.Length, LongestTemplate)];
    }

    [GeneratedRegex(@"^Exception on (?<target>/.*) \[(?<method>[A-Z]+)\]\s*$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex OnPath();

    [GeneratedRegex(@"[0-9a-fA-F]{8,}(-[0-9a-fA-F]{4,})*|\d+|'[^']*'|""[^""]*""", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Changing();
}
