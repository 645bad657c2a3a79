using System.Globalization;
using Weir.Core.Query;

namespace Weir.Protocols.CloudWatchLogs.FilterPattern;

/// <summary>
/// A pattern over the fields of a line, which blanks separate; what stands in quotes or brackets is one field. At most one
/// <c>...</c> takes any number of fields.
/// </summary>
internal sealed class FieldsPattern(IReadOnlyList<PatternField> fields) : LogPattern
{
    private readonly int _ellipsis = fields.Select(static (f, i) => (f, i)).Where(static p => p.f.IsEllipsis).Select(static p => p.i).FirstOrDefault(-1);

    public override Expr? Prefilter => null;

    public override bool Matches(string message, IDictionary<string, string>? extracted)
    {
        var found = Split(message);
        if (fields.Count == 0)
        {
            for (var i = 0; i < found.Count && extracted is not null; i++)
                extracted[Numbered(i)] = found[i].Text;
            return true;
        }
        return _ellipsis < 0 ? MatchesAll(message, found, extracted) : MatchesAround(found, extracted);
    }

    private bool MatchesAll(string message, List<(string Text, int Start)> found, IDictionary<string, string>? extracted)
    {
        if (found.Count < fields.Count || (found.Count > fields.Count && fields[^1].Condition is not null))
            return false;
        for (var i = 0; i < fields.Count; i++)
        {
            // The last field takes the rest of a longer line.
            var text = i == fields.Count - 1 && found.Count > fields.Count ? message[found[i].Start..].TrimEnd() : found[i].Text;
            if (!Matches(fields[i], i, text, extracted))
                return false;
        }
        return true;
    }

    private bool MatchesAround(List<(string Text, int Start)> found, IDictionary<string, string>? extracted)
    {
        var after = fields.Count - _ellipsis - 1;
        if (found.Count < _ellipsis + after)
            return false;
        for (var i = 0; i < found.Count; i++)
        {
            var field = i < _ellipsis ? fields[i]
                : i >= found.Count - after ? fields[fields.Count - (found.Count - i)]
                : null;
            if (field is not null && !Matches(field, i, found[i].Text, extracted))
                return false;
            if (field is null && extracted is not null)
                extracted[Numbered(i)] = found[i].Text;
        }
        return true;
    }

    private static bool Matches(PatternField field, int index, string text, IDictionary<string, string>? extracted)
    {
        if (field.Condition is not null && !field.Condition.Holds(text))
            return false;
        if (extracted is not null)
            extracted[field.Name is { Length: > 0 } name ? "$" + name : Numbered(index)] = text;
        return true;
    }

    private static string Numbered(int index) => string.Create(CultureInfo.InvariantCulture, $"${index + 1}");

    private static List<(string Text, int Start)> Split(string message)
    {
        var found = new List<(string, int)>();
        for (var at = 0; at < message.Length;)
        {
            if (char.IsWhiteSpace(message[at]))
            {
                at++;
                continue;
            }
            var start = at;
            var close = message[at] switch { '"' => '"', '[' => ']', _ => '\0' };
            var end = close == '\0' ? -1 : message.IndexOf(close, at + 1);
            var from = at;
            if (end > 0)
                at = end + 1;
            while (at < message.Length && !char.IsWhiteSpace(message[at]))
                at++;
            found.Add((end > 0 ? string.Concat(message.AsSpan(from + 1, end - from - 1), message.AsSpan(end + 1, at - end - 1)) : message[from..at], start));
        }
        return found;
    }
}

/// <summary>A field of the pattern; name and condition may be missing.</summary>
internal sealed record PatternField(string? Name, FieldCondition? Condition, bool IsEllipsis = false);

/// <summary>A condition on one field's text.</summary>
internal abstract record FieldCondition
{
    public abstract bool Holds(string text);
}

internal sealed record FieldCompare(PatternValue Value) : FieldCondition
{
    public override bool Holds(string text) => Value.Holds(text, PatternValue.TryNumber(text, out var number) ? number : null);
}

internal sealed record FieldAnd(FieldCondition Left, FieldCondition Right) : FieldCondition
{
    public override bool Holds(string text) => Left.Holds(text) && Right.Holds(text);
}

internal sealed record FieldOr(FieldCondition Left, FieldCondition Right) : FieldCondition
{
    public override bool Holds(string text) => Left.Holds(text) || Right.Holds(text);
}
