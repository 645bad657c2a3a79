using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Features.Boards;
using Weir.Features.Questions;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// A body's members, read with what is wrong with each collected: <see cref="Check"/> throws them all at once. What is read is a
/// copy.
/// </summary>
internal sealed class ManageInput
{
    private readonly JsonObject _body;
    private readonly string _prefix;
    private readonly List<SpecError> _faults;

    public ManageInput(JsonObject body)
        : this(body, "", [])
    {
    }

    private ManageInput(JsonObject body, string prefix, List<SpecError> faults) => (_body, _prefix, _faults) = (body, prefix, faults);

    public bool Has(string name) => _body[name] is not null;

    /// <summary>A member as it is, whatever it is; null when it is not there.</summary>
    public JsonElement? Element(string name) => _body[name] is { } node ? ElementOf(node) : null;

    /// <summary>The whole object as it is.</summary>
    public JsonElement ToElement() => ElementOf(_body);

    /// <summary>Members but these, as they are: what only their client knows. Null when there are none.</summary>
    public Dictionary<string, JsonElement>? Others(params ReadOnlySpan<string> known)
    {
        var others = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, value) in _body)
        {
            if (!known.Contains(name))
                others[name] = value is null ? JsonSerializer.Deserialize("null", ManageJson.Default.JsonElement) : ElementOf(value);
        }
        return others.Count == 0 ? null : others;
    }

    public void Fault(string name, string code, string description) => _faults.Add(new SpecError(_prefix + name, code, description));

    public void Check()
    {
        if (_faults.Count > 0)
            throw new ManageException(ManageFault.Invalid(_faults));
    }

    public string Required(string name, int longest)
    {
        if (_body[name] is null || (IsText(name, out var text) && string.IsNullOrWhiteSpace(text)))
        {
            Fault(name, "missing", "cannot be blank");
            return "";
        }
        return Text(name, longest);
    }

    public string Text(string name, int longest, string otherwise = "")
    {
        if (_body[name] is null)
            return otherwise;
        if (!IsText(name, out var text))
        {
            Fault(name, "incorrect_type", "must be a string");
            return otherwise;
        }
        if (text.Length <= longest)
            return text;
        Fault(name, "invalid", string.Create(CultureInfo.InvariantCulture, $"must have at most {longest} characters"));
        return otherwise;
    }

    public string OneOf(string name, string otherwise, params ReadOnlySpan<string> values)
    {
        var text = Text(name, 255, otherwise);
        if (values.Contains(text))
            return text;
        Fault(name, "invalid", "must be one of " + string.Join(", ", values.ToArray()));
        return otherwise;
    }

    public bool Bool(string name, bool otherwise)
    {
        if (_body[name] is null)
            return otherwise;
        if (_body[name]!.GetValueKind() is JsonValueKind.True or JsonValueKind.False)
            return (bool)_body[name]!;
        Fault(name, "incorrect_type", "must be true or false");
        return otherwise;
    }

    public double? Number(string name, double least, double most)
    {
        if (_body[name] is not { } node)
            return null;
        if (node.GetValueKind() != JsonValueKind.Number)
        {
            Fault(name, "incorrect_type", "must be a number");
            return null;
        }
        var number = (double)node;
        if (number >= least && number <= most)
            return number;
        Fault(name, "invalid", string.Create(CultureInfo.InvariantCulture, $"must be between {least} and {most}"));
        return null;
    }

    public long? Whole(string name, long least, long most)
    {
        var number = Number(name, least, most);
        if (number is null || double.IsInteger(number.Value))
            return (long?)number;
        Fault(name, "incorrect_type", "must be a whole number");
        return null;
    }

    public long RequiredWhole(string name, long least, long most)
    {
        if (_body[name] is null)
            Fault(name, "missing", "is required");
        return Whole(name, least, most) ?? least;
    }

    /// <summary>Null when it is not there.</summary>
    public ManageInput? Object(string name)
    {
        if (_body[name] is null)
            return null;
        if (_body[name] is JsonObject inner)
            return new ManageInput(inner, $"{_prefix}{name}.", _faults);
        Fault(name, "incorrect_type", "must be an object");
        return null;
    }

    /// <summary>The objects of a list; none when it is not there.</summary>
    public List<ManageInput> Objects(string name, int most)
    {
        var objects = new List<ManageInput>();
        var list = List(name, most);
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is JsonObject inner)
                objects.Add(new ManageInput(inner, string.Create(CultureInfo.InvariantCulture, $"{_prefix}{name}[{i}]."), _faults));
            else
                Fault(string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]"), "incorrect_type", "must be an object");
        }
        return objects;
    }

    public List<string> Texts(string name, int most)
    {
        var texts = new List<string>();
        foreach (var node in List(name, most))
        {
            if (node is not null && node.GetValueKind() == JsonValueKind.String)
                texts.Add((string)node!);
            else
                Fault(name, "incorrect_type", "must be a list of strings");
        }
        return texts;
    }

    /// <summary>A name tag in text: <c>[{"key":"team","value":"shop"}]</c>; keys are lower-case letters, values begin with one.</summary>
    public IReadOnlyList<Tag> Tags()
    {
        var tags = new List<Tag>();
        foreach (var tag in Objects("tags", 10))
        {
            var key = tag.Required("key", 32);
            var value = tag.Required("value", 128);
            if (key.Length > 0 && !key.All(char.IsAsciiLetterLower))
                tag.Fault("key", "invalid", "must be 1 to 32 lower-case letters");
            if (value.Length > 0 && (!char.IsAsciiLetterLower(value[0]) || !value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '/' or '-')))
                tag.Fault("value", "invalid", "must begin with a lower-case letter and hold lower-case letters, digits, / and -");
            tags.Add(new Tag(key, value));
        }
        return tags;
    }

    private static JsonElement ElementOf(JsonNode node) => JsonSerializer.SerializeToElement(node, ManageJson.Default.JsonNode);

    private JsonArray List(string name, int most)
    {
        switch (_body[name])
        {
            case null:
                return [];
            case JsonArray list when list.Count <= most:
                return list;
            case JsonArray:
                Fault(name, "invalid", string.Create(CultureInfo.InvariantCulture, $"must have at most {most} elements"));
                return [];
            default:
                Fault(name, "incorrect_type", "must be a list");
                return [];
        }
    }

    private bool IsText(string name, out string text)
    {
        var isText = _body[name] is { } node && node.GetValueKind() == JsonValueKind.String;
        text = isText ? (string)_body[name]! : "";
        return isText;
    }
}
