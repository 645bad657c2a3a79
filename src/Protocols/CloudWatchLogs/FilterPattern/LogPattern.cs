using System.Text.Json;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Logs;

namespace Weir.Protocols.CloudWatchLogs.FilterPattern;

/// <summary>
/// A CloudWatch Logs filter pattern. Its kind shows in its first character: terms (<c>ERROR -healthcheck ?a ?b "a phrase" %re%</c>),
/// a JSON expression (<c>{ $.status = 500 &amp;&amp; $.path = "/api*" }</c>) or fields separated by blanks
/// (<c>[ip, user, ..., status=5*, size]</c>). Everything is case-sensitive.
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
/// </summary>
internal abstract class LogPattern : ILinePattern
{
    /// <summary>A condition that every matching line meets, which lets the engine exclude lines early; null when there is none.</summary>
    public abstract Expr? Prefilter { get; }

    public bool Matches(string message) => Matches(message, null);

    /// <summary>
    /// True when the line matches. The values that the pattern names are then put into <paramref name="extracted"/>: <c>$.selector</c>
    /// or <c>$field</c>, and <c>$1</c>, <c>$2</c> … for fields without a name.
    /// </summary>
    public abstract bool Matches(string message, IDictionary<string, string>? extracted);

    /// <summary>Null for a pattern that every line matches. A fault (Invalid, with position) when the text is no pattern.</summary>
    public static LogPattern? Parse(string text, out Fault? fault)
    {
        fault = null;
        var trimmed = text.Trim();
        if (trimmed.Length == 0 || (trimmed.Length > 1 && trimmed[0] == '"' && trimmed[^1] == '"' && trimmed[1..^1].Trim().Length == 0))
            return null;
        try
        {
            return trimmed[0] switch
            {
                '{' => new JsonPatternParser(text).Parse(),
                '[' => new FieldsPatternParser(text).Parse(),
                _ => new TermsPatternParser(text).Parse(),
            };
        }
        catch (PatternException e)
        {
            fault = new Fault(FaultKind.Invalid, e.Message, Position: e.Position);
            return null;
        }
    }

    private protected static Expr Contains(string part) => new CompareExpr(CompareOp.Contains, LogScope.Body, new ConstExpr(part));

    private protected static Expr Finds(string re2) => new CompareExpr(CompareOp.Matches, LogScope.Body, new ConstExpr(re2));

    /// <summary>The text of a JSON scalar as filters see it; null for objects, arrays and nothing.</summary>
    private protected static string? ScalarText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => JsonPattern.SafeString(value),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };
}

/// <summary>Leaves a parser at the first error; never leaves <see cref="LogPattern.Parse"/>.</summary>
internal sealed class PatternException(string message, int position) : Exception(message)
{
    public int Position { get; } = position;
}
