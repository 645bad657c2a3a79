using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Weir.Features.Alerts.Notifications;

/// <summary>
/// The template of a webhook's body, in the part of Go's template language that such templates use:
/// <code>{"text":"{{ .Alert.Summary }}","level":"{{ if eq .Alert.Status "TRIGGERED" }}{{ .Vars.severity }}{{ else }}info{{ end }}","groups":{{ toJson .Result.Groups }}}</code>
/// Variables, <c>if</c>, <c>else if</c>, <c>else</c>, <c>range</c>, <c>end</c>, comments, <c>{{-</c> and <c>-}}</c>, literals, parentheses, pipes and
/// <see cref="TemplateExpression.Functions"/>. Texts are escaped so that they fit between quotes.
/// </summary>
internal sealed class PayloadTemplate
{
    public const int MostCharacters = 16_384;
    private const int MostRendered = 1 << 20;
    private const int Deepest = 20;

    private readonly List<Part> _parts;

    private PayloadTemplate(List<Part> parts) => _parts = parts;

    /// <summary>A piece of text, a value (no <paramref name="Inner"/>), a condition or a loop.</summary>
    private sealed record Part(string Text, TemplateExpression? Value = null, bool IsRange = false, List<Part>? Inner = null, List<Part>? Else = null);

    /// <param name="known">First names of variables; others are rejected, except inside <c>range</c>.</param>
    public static bool TryParse(
        string text, IReadOnlySet<string> known, [NotNullWhen(true)] out PayloadTemplate? template, [NotNullWhen(false)] out string? error)
    {
        template = null;
        error = null;
        try
        {
            var reader = new TemplateReader(text, known);
            template = new PayloadTemplate(Block(reader, 0, isRange: false, out var end));
            if (end.Length > 0)
                throw new FormatException($"'{end}' has no matching if or range");
            return true;
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException)
        {
            (template, error) = (null, wrong.Message);
            return false;
        }
    }

    /// <summary>The body; null when it would be larger than 1 MiB.</summary>
    public string? Render(OrderedDictionary<string, object?> variables)
    {
        var output = new StringBuilder();
        return Render(_parts, variables, variables, output) ? output.ToString() : null;
    }

    /// <summary>Reads parts up to the action that ends them; <paramref name="end"/> is the text of that action, or empty at the end of the template.</summary>
    private static List<Part> Block(TemplateReader reader, int depth, bool isRange, out string end)
    {
        if (depth > Deepest)
            throw new FormatException($"if and range are nested more than {Deepest} levels");
        var parts = new List<Part>();
        while (reader.Next(out var text, out var action))
        {
            parts.Add(new Part(text));
            var word = action.Split(' ', 2, StringSplitOptions.TrimEntries);
            switch (word[0])
            {
                case "":
                    break;
                case "end" or "else":
                    end = action;
                    return parts;
                case "if" or "range" when word.Length == 2:
                    parts.Add(Choice(reader, word[0] == "range", word[1], depth, isRange));
                    break;
                case "if" or "range" or "with" or "define" or "template" or "block" or "break" or "continue":
                    throw new FormatException($"'{action}' is not supported; supported actions are if, else, range and end");
                default:
                    parts.Add(new Part("", TemplateExpression.Parse(action, isRange ? null : reader.Known)));
                    break;
            }
        }
        end = "";
        return parts;
    }

    private static Part Choice(TemplateReader reader, bool repeats, string condition, int depth, bool isRange)
    {
        var value = TemplateExpression.Parse(condition, isRange ? null : reader.Known);
        var inner = Block(reader, depth + 1, isRange || repeats, out var end);
        List<Part>? otherwise = null;
        if (end.StartsWith("else if ", StringComparison.Ordinal) && !repeats)
        {
            // A chain of else if has one end.
            otherwise = [Choice(reader, false, end[8..].Trim(), depth + 1, isRange)];
            return new Part("", value, repeats, inner, otherwise);
        }
        if (end == "else")
            otherwise = Block(reader, depth + 1, isRange, out end);
        if (end != "end")
            throw new FormatException(end.Length == 0 ? "an if or range has no matching end" : $"'{end}' is not allowed here");
        return new Part("", value, repeats, inner, otherwise);
    }

    private static bool Render(List<Part> parts, object? at, OrderedDictionary<string, object?> all, StringBuilder output)
    {
        foreach (var part in parts)
        {
            output.Append(part.Text);
            if (output.Length > MostRendered)
                return false;
            if (part.Value is null)
                continue;
            var value = part.Value.Evaluate(at, all);
            if (part.Inner is null)
                output.Append(Written(value, part.Value.GivesJson));
            else if (part.IsRange && value is IReadOnlyList<object?> { Count: > 0 } list)
            {
                foreach (var item in list)
                {
                    if (!Render(part.Inner, item, all, output))
                        return false;
                }
            }
            else if (!Render(!part.IsRange && TemplateValue.IsTrue(value) ? part.Inner : part.Else ?? [], at, all, output))
                return false;
        }
        return output.Length <= MostRendered;
    }

    private static string Written(object? value, bool asJson) => value switch
    {
        null => asJson ? "null" : "",
        string text when !asJson => JsonEncodedText.Encode(text).ToString(),
        _ => TemplateValue.Json(value),
    };
}
