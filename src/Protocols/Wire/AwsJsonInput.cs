using System.Text.Json;
using System.Text.RegularExpressions;

namespace Weir.Protocols.Wire;

/// <summary>
/// The members of an operation's input, read with their constraints. What is wrong is collected and worded as AWS words it;
/// operations read all members and then look at <see cref="Fault"/> once.
/// </summary>
internal sealed class AwsJsonInput(JsonElement root, string validationType)
{
    private readonly List<string> _violations = [];
    private AwsFault? _serialization;

    /// <summary>The first thing that keeps the request from being served, or null.</summary>
    public AwsFault? Fault => _serialization ?? (_violations.Count == 0
        ? null
        : new AwsFault(validationType,
            $"{_violations.Count} validation error{(_violations.Count == 1 ? "" : "s")} detected: {string.Join("; ", _violations)}"));

    public bool Has(string member) => Find(member) is not null;

    public string? Text(string member, TextRule? rule = null, bool required = false)
    {
        if (!Find(member, required, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.String)
        {
            Serialization(value, "a String");
            return null;
        }
        var text = GetString(value);
        rule?.Check(text, $"'{text}'", member, _violations);
        return text;
    }

    public long? Whole(string member, long min = long.MinValue, long max = long.MaxValue, bool required = false)
    {
        if (!Find(member, required, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Number || !(value.TryGetInt64(out var whole) || Fraction(value, out whole)))
        {
            Serialization(value, "a Long");
            return null;
        }
        if (whole < min)
            _violations.Add(Violation($"'{whole}'", member, $"have value greater than or equal to {min}"));
        else if (whole > max)
            _violations.Add(Violation($"'{whole}'", member, $"have value less than or equal to {max}"));
        return whole;
    }

    public bool? Flag(string member)
    {
        if (!Find(member, required: false, out var value))
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.ValueKind == JsonValueKind.True;
        Serialization(value, "a Boolean");
        return null;
    }

    /// <summary>A list of texts; <paramref name="rule"/> holds for each.</summary>
    public IReadOnlyList<string>? Texts(
        string member, TextRule? rule = null, int min = 0, int max = int.MaxValue, bool required = false)
    {
        if (!Find(member, required, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Array)
        {
            Serialization(value, "a List");
            return null;
        }
        var texts = new List<string>();
        foreach (var element in value.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.String)
            {
                Serialization(element, "a String");
                return null;
            }
            var text = GetString(element);
            texts.Add(text);
            rule?.Check(text, $"'{text}'", $"{member}.{texts.Count}.member", _violations);
        }
        CheckCount(texts.Count, member, $"'[{string.Join(", ", texts)}]'", min, max);
        return texts;
    }

    /// <summary>A map of texts, in the order given.</summary>
    public IReadOnlyDictionary<string, string>? TextMap(
        string member, TextRule? keys = null, TextRule? values = null, int min = 0, int max = int.MaxValue, bool required = false)
    {
        if (!Find(member, required, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Object)
        {
            Serialization(value, "a Map");
            return null;
        }
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String)
            {
                Serialization(property.Value, "a String");
                return null;
            }
            var (key, text) = (property.Name, GetString(property.Value));
            keys?.Check(key, $"'{key}'", $"{member}.key", _violations);
            values?.Check(text, $"'{text}'", $"{member}.{key}.member", _violations);
            map[key] = text;
        }
        CheckCount(map.Count, member, $"'{{{string.Join(", ", map.Select(static p => $"{p.Key}={p.Value}"))}}}'", min, max);
        return map;
    }

    /// <summary>Holds a text that was read without a rule against one.</summary>
    public void Check(string text, string member, TextRule rule) => rule.Check(text, $"'{text}'", member, _violations);

    /// <summary>Adds a broken constraint that has no rule of its own.</summary>
    public void Violate(string value, string member, string must) => _violations.Add(Violation(value, member, must));

    public static string Violation(string value, string member, string must) =>
        $"Value {value} at '{member}' failed to satisfy constraint: Member must {must}";

    private void CheckCount(int count, string member, string shown, int min, int max)
    {
        if (count < min)
            _violations.Add(Violation(shown, member, $"have length greater than or equal to {min}"));
        else if (count > max)
            _violations.Add(Violation(shown, member, $"have length less than or equal to {max}"));
    }

    private JsonElement? Find(string member) => Find(member, required: false, out var value) ? value : null;

    private bool Find(string member, bool required, out JsonElement value)
    {
        // A null member is an absent one.
        if (root.TryGetProperty(member, out value) && value.ValueKind != JsonValueKind.Null)
            return true;
        if (required)
            _violations.Add(Violation("null", member, "not be null"));
        return false;
    }

    private static bool Fraction(JsonElement value, out long whole)
    {
        // Some clients write whole numbers as 1.0 or 1e3.
        whole = 0;
        if (!value.TryGetDouble(out var number) || double.IsNaN(number) || Math.Abs(number) >= 9e18)
            return false;
        whole = (long)number;
        return true;
    }

    private string GetString(JsonElement value)
    {
        try
        {
            return value.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: JSON can spell it, UTF-8 can't.
            _serialization ??= AwsFault.Serialization("a String holds text that is not valid Unicode");
            return "";
        }
    }

    private void Serialization(JsonElement value, string type)
    {
        var found = value.ValueKind switch
        {
            JsonValueKind.Object => "START_OBJECT",
            JsonValueKind.Array => "START_ARRAY",
            JsonValueKind.Number => "NUMBER_VALUE",
            JsonValueKind.True => "TRUE_VALUE",
            JsonValueKind.False => "FALSE_VALUE",
            _ => "STRING_VALUE",
        };
        _serialization ??= AwsFault.Serialization($"{found} can not be converted to {type}");
    }
}

/// <summary>What a text member must be like.</summary>
/// <param name="Pattern">As the service model spells it; shown in the message.</param>
/// <param name="Regex">The same pattern, anchored.</param>
internal sealed record TextRule(int Min = 0, int Max = int.MaxValue, string? Pattern = null, Regex? Regex = null, params string[] OneOf)
{
    public void Check(string text, string shown, string member, List<string> violations)
    {
        if (text.Length < Min)
            violations.Add(AwsJsonInput.Violation(shown, member, $"have length greater than or equal to {Min}"));
        if (text.Length > Max)
            violations.Add(AwsJsonInput.Violation(shown, member, $"have length less than or equal to {Max}"));
        if (Regex is not null && !Regex.IsMatch(text))
            violations.Add(AwsJsonInput.Violation(shown, member, $"satisfy regular expression pattern: {Pattern}"));
        if (OneOf.Length > 0 && !OneOf.Contains(text, StringComparer.Ordinal))
            violations.Add(AwsJsonInput.Violation(shown, member, $"satisfy enum value set: [{string.Join(", ", OneOf)}]"));
    }
}
