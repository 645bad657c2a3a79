using System.Text.Json;
using Weir.Core.Query;

namespace Weir.Protocols.CloudWatchLogs.FilterPattern;

/// <summary>A pattern over lines that are JSON objects; other lines never match.</summary>
internal sealed class JsonPattern(JsonCondition root, IReadOnlyList<JsonSelector> selectors) : LogPattern
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    public override Expr? Prefilter
    {
        get
        {
            // A text that a line must hold. JSON may spell any of its characters as \uXXXX, so lines with such escapes stay in.
            var terms = Required(root).Distinct().Select(static c => c | Contains(@"\u")).ToList();
            return terms.Count == 0 ? null : new AndExpr(terms);
        }
    }

    public override bool Matches(string message, IDictionary<string, string>? extracted)
    {
        var start = message.AsSpan().TrimStart();
        if (start.IsEmpty || start[0] is not ('{' or '['))
            return false;
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(message, Options);
        }
        catch (JsonException)
        {
            return false;
        }
        using (document)
        {
            if (!root.Holds(document.RootElement))
                return false;
            foreach (var selector in extracted is null ? [] : selectors)
            {
                foreach (var found in selector.Select(document.RootElement))
                {
                    if (ScalarText(found) is { } text)
                    {
                        extracted![selector.Text] = text;
                        break;
                    }
                }
            }
            return true;
        }
    }

    /// <summary>Half a surrogate pair in an escape becomes empty text rather than an exception.</summary>
    public static string SafeString(JsonElement value)
    {
        try
        {
            return value.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private static IEnumerable<Expr> Required(JsonCondition condition) => condition switch
    {
        JsonAnd and => and.Operands.SelectMany(Required),
        JsonCompare compare => [.. Names(compare.Selector), .. Required(compare.Value)],
        JsonIs has => Names(has.Selector),
        _ => [],
    };

    private static IEnumerable<Expr> Required(PatternValue value)
    {
        if (value.ExactText is { Length: > 0 } text && IsPlain(text))
            yield return Contains(text);
        // The same number may be written with an exponent.
        if (value.ExactNumber is { } number)
            yield return Contains(number) | Finds(@"[:\[,]\s*-?[0-9.]+[eE]");
    }

    private static IEnumerable<Expr> Names(JsonSelector selector) =>
        selector.Steps.Where(static s => s.Name is { Length: > 0 } name && IsPlain(name)).Select(static s => Contains($"\"{s.Name}\""));

    /// <summary>Characters that JSON writes as they are or as \u escapes, never as a short escape.</summary>
    private static bool IsPlain(string text) => text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or ' ' or '.' or '-');
}

/// <summary>A node of a JSON pattern.</summary>
internal abstract record JsonCondition
{
    public abstract bool Holds(JsonElement root);
}

internal sealed record JsonAnd(IReadOnlyList<JsonCondition> Operands) : JsonCondition
{
    public override bool Holds(JsonElement root) => Operands.All(o => o.Holds(root));
}

internal sealed record JsonOr(IReadOnlyList<JsonCondition> Operands) : JsonCondition
{
    public override bool Holds(JsonElement root) => Operands.Any(o => o.Holds(root));
}

/// <summary>True when a scalar that the selector finds meets the condition; a missing one never does, not even <c>!=</c>.</summary>
internal sealed record JsonCompare(JsonSelector Selector, PatternValue Value) : JsonCondition
{
    public override bool Holds(JsonElement root)
    {
        foreach (var found in Selector.Select(root))
        {
            var text = found.ValueKind switch
            {
                JsonValueKind.String => JsonPattern.SafeString(found),
                JsonValueKind.Number => found.GetRawText(),
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                _ => null,
            };
            double? number = found.ValueKind == JsonValueKind.Number && found.TryGetDouble(out var value) ? value : null;
            if (text is not null && Value.Holds(text, number))
                return true;
        }
        return false;
    }
}

/// <summary><c>IS NULL</c>, <c>IS TRUE</c>, <c>IS FALSE</c>.</summary>
internal sealed record JsonIs(JsonSelector Selector, JsonValueKind Kind) : JsonCondition
{
    public override bool Holds(JsonElement root) => Selector.Select(root).Any(found => found.ValueKind == Kind);
}

internal sealed record JsonNotExists(JsonSelector Selector) : JsonCondition
{
    public override bool Holds(JsonElement root) => !Selector.Select(root).Any();
}

/// <summary>A path such as <c>$.a.b[0]['key.with.dots'][*]</c>.</summary>
internal sealed record JsonSelector(string Text, IReadOnlyList<JsonStep> Steps)
{
    public IEnumerable<JsonElement> Select(JsonElement root) => Select(root, 0);

    private IEnumerable<JsonElement> Select(JsonElement value, int step)
    {
        if (step == Steps.Count)
            return [value];
        var next = Steps[step];
        if (next.Wildcard)
        {
            return value.ValueKind switch
            {
                JsonValueKind.Array => value.EnumerateArray().SelectMany(e => Select(e, step + 1)),
                JsonValueKind.Object => value.EnumerateObject().SelectMany(p => Select(p.Value, step + 1)),
                _ => [],
            };
        }
        if (next.Name is not null)
            return value.ValueKind == JsonValueKind.Object && value.TryGetProperty(next.Name, out var member) ? Select(member, step + 1) : [];
        return value.ValueKind == JsonValueKind.Array && next.Index < value.GetArrayLength() ? Select(value[next.Index], step + 1) : [];
    }
}

/// <summary>One level of a selector: a name, an index, or any.</summary>
internal readonly record struct JsonStep(string? Name, int Index, bool Wildcard);
