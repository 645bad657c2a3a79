using System.Globalization;
using System.Text.Json;

namespace Weir.Features.Alerts.Notifications;

/// <summary>The expression of an action: <c>.Alert.Status</c>, <c>eq .A "x"</c>, <c>.Datasets | toJson</c>, with parentheses.</summary>
internal sealed class TemplateExpression
{
    private readonly string _name;
    private readonly object? _literal;
    private readonly IReadOnlyList<TemplateExpression> _arguments;

    private TemplateExpression(string name, object? literal, IReadOnlyList<TemplateExpression> arguments) =>
        (_name, _literal, _arguments) = (name, literal, arguments);

    /// <summary>Minimum and maximum number of arguments.</summary>
    public static IReadOnlyDictionary<string, (int Least, int Most)> Functions { get; } = new Dictionary<string, (int, int)>(StringComparer.Ordinal)
    {
        ["toJson"] = (1, 1),
        ["len"] = (1, 1),
        ["not"] = (1, 1),
        ["and"] = (1, 10),
        ["or"] = (1, 10),
        ["eq"] = (2, 10),
        ["ne"] = (2, 2),
        ["lt"] = (2, 2),
        ["le"] = (2, 2),
        ["gt"] = (2, 2),
        ["ge"] = (2, 2),
    };

    /// <summary>Throws <see cref="FormatException"/>.</summary>
    /// <param name="known">First names of variables; null allows any.</param>
    public static TemplateExpression Parse(string text, IReadOnlySet<string>? known)
    {
        var words = Words(text);
        var at = 0;
        var expression = Pipeline(words, ref at, known);
        return at == words.Count ? expression : throw new FormatException($"'{words[at]}' is not valid in '{text}'");
    }

    /// <summary>True when the result is JSON, where a text has its quotes.</summary>
    public bool GivesJson => _name == "toJson";

    /// <param name="at">The current value of the dot.</param>
    public object? Evaluate(object? at, OrderedDictionary<string, object?> all)
    {
        if (_name.Length == 0)
            return _literal;
        if (_name[0] is '.' or '$')
            return Path(_name[0] == '$' ? all : at);
        var values = _arguments.Select(a => a.Evaluate(at, all)).ToList();
        return _name switch
        {
            "toJson" => values[0],
            "len" => (long)(TemplateValue.Length(values[0]) ?? TemplateValue.Text(values[0]).Length),
            "not" => !TemplateValue.IsTrue(values[0]),
            "and" => values.Find(v => !TemplateValue.IsTrue(v)) ?? (values.TrueForAll(TemplateValue.IsTrue) ? values[^1] : null),
            "or" => values.FirstOrDefault(TemplateValue.IsTrue) ?? values[^1],
            "eq" => values.Skip(1).Any(v => TemplateValue.Compare(values[0], v) == 0),
            "ne" => TemplateValue.Compare(values[0], values[1]) != 0,
            "lt" => TemplateValue.Compare(values[0], values[1]) < 0,
            "le" => TemplateValue.Compare(values[0], values[1]) <= 0,
            "gt" => TemplateValue.Compare(values[0], values[1]) > 0,
            _ => TemplateValue.Compare(values[0], values[1]) >= 0,
        };
    }

    private static TemplateExpression Pipeline(List<string> words, ref int at, IReadOnlySet<string>? known)
    {
        var value = Command(words, ref at, known, null);
        while (at < words.Count && words[at] == "|")
        {
            at++;
            value = Command(words, ref at, known, value);
        }
        return value;
    }

    /// <param name="piped">The last argument, from a pipe.</param>
    private static TemplateExpression Command(List<string> words, ref int at, IReadOnlySet<string>? known, TemplateExpression? piped)
    {
        if (at >= words.Count)
            throw new FormatException("an action ends too early");
        var name = words[at];
        if (!char.IsAsciiLetter(name[0]) || name is "true" or "false")
            return piped is null ? Operand(words, ref at, known) : throw new FormatException($"'{name}' is not a function");
        if (!Functions.TryGetValue(name, out var arity))
            throw new FormatException($"there is no function {name}; the functions are {string.Join(", ", Functions.Keys)}");
        at++;
        var arguments = new List<TemplateExpression>();
        while (at < words.Count && words[at] is not ("|" or ")"))
            arguments.Add(Operand(words, ref at, known));
        if (piped is not null)
            arguments.Add(piped);
        if (arguments.Count < arity.Least || arguments.Count > arity.Most)
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{name} has {arguments.Count} arguments"));
        return new TemplateExpression(name, null, arguments);
    }

    private static TemplateExpression Operand(List<string> words, ref int at, IReadOnlySet<string>? known)
    {
        var word = words[at++];
        switch (word[0])
        {
            case '(':
                var inner = Pipeline(words, ref at, known);
                if (at >= words.Count || words[at] != ")")
                    throw new FormatException("a parenthesis is not closed");
                at++;
                return inner;
            case '"':
                return Literal(StringOf(word));
            case '`':
                return Literal(word[1..^1]);
            case '.' or '$':
                var first = word.TrimStart('$').Split('.', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
                if (first is not null && known is not null && !known.Contains(first))
                    throw new FormatException($"there is no variable .{first}; the variables are {string.Join(", ", known.Order(StringComparer.Ordinal).Select(k => "." + k))}");
                return new TemplateExpression(word, null, []);
        }
        if (word is "true" or "false")
            return Literal(word == "true");
        return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? Literal(number)
            : throw new FormatException($"'{word}' is not valid");
    }

    private static TemplateExpression Literal(object? value) => new("", value, []);

    private object? Path(object? from)
    {
        foreach (var name in _name.TrimStart('$').Split('.', StringSplitOptions.RemoveEmptyEntries))
            from = (from as OrderedDictionary<string, object?>)?.GetValueOrDefault(name);
        return from;
    }

    /// <summary>A text between quotes has JSON's escapes.</summary>
    private static object? StringOf(string word)
    {
        using var json = JsonDocument.Parse(word);
        return UntypedJson.Of(json.RootElement);
    }

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        for (var i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }
            var end = text[i] switch { '(' or ')' or '|' => i + 1, '"' or '`' => Quoted(text, i), _ => Plain(text, i) };
            words.Add(text[i..end]);
            i = end;
        }
        return words;
    }

    private static int Plain(string text, int from)
    {
        var end = from;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('(' or ')' or '|' or '"' or '`'))
            end++;
        return end;
    }

    private static int Quoted(string text, int from)
    {
        for (var i = from + 1; i < text.Length; i++)
        {
            if (text[i] == '\\' && text[from] == '"')
                i++;
            else if (text[i] == text[from])
                return i + 1;
        }
        throw new FormatException("a string is not closed");
    }
}
