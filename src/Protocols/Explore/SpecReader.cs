using System.Text.Json;
using Weir.Core.Model;
using Weir.Features.Questions;

namespace Weir.Protocols.Explore;

/// <summary>
/// Reads Honeycomb's query specification, such as
/// <c>{"calculations":[{"op":"P99","column":"duration_ms"}],"filters":[{"column":"error","op":"=","value":true}],"breakdowns":["name"],"time_range":3600}</c>.
/// All that is wrong is told at once; unknown members are ignored, as clients of a newer API send them.
/// </summary>
internal sealed class SpecReader
{
    private readonly List<SpecError> _errors = [];

    /// <summary>Throws <see cref="SpecException"/>.</summary>
    public static QuerySpec Read(JsonElement json)
    {
        var reader = new SpecReader();
        var spec = reader.Spec(json);
        return reader._errors.Count == 0 ? spec : throw new SpecException(reader._errors);
    }

    private QuerySpec Spec(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            Wrong("query", "expected an object");
            return new QuerySpec();
        }
        return new QuerySpec
        {
            Calculations = List(json, "calculations", "calculations", Calculation),
            Filters = List(json, "filters", "filters", Filter),
            Combination = Combination(json, "filter_combination"),
            Breakdowns = List(json, "breakdowns", "breakdowns", (item, at) => item.ValueKind == JsonValueKind.String ? TextOf(item, at) : Wrong(at, "expected a column's name")),
            Orders = List(json, "orders", "orders", Order),
            Havings = List(json, "havings", "havings", Having),
            Limit = Whole(json, "limit"),
            TimeRange = Number(json, "time_range"),
            StartTime = Number(json, "start_time"),
            EndTime = Number(json, "end_time"),
            Granularity = Number(json, "granularity"),
            CompareOffset = Number(json, "compare_time_offset_seconds") is { } offset and not 0 ? offset : null,
            CalculatedFields = List(json, "calculated_fields", "calculated_fields", Definition),
            Formulas = List(json, "formulas", "formulas", Definition),
            Signals = Has(json, "signals", out _) ? Signals(json) : null,
        };
    }

    private List<Signal> Signals(JsonElement json)
    {
        var signals = new List<Signal>();
        foreach (var word in List(json, "signals", "signals", (item, at) => item.ValueKind == JsonValueKind.String ? TextOf(item, at) : Wrong(at, "expected a word")))
        {
            if (SignalWords.TryParse(word, out var signal))
                signals.Add(signal);
            else
                _errors.Add(new SpecError("signals", "unknown", $"expected any of {string.Join(", ", SignalTable.All.Select(SignalWords.Of))}"));
        }
        return signals;
    }

    private Calculation? Calculation(JsonElement json, string at)
    {
        if (Word(json, at, "op") is not { } word)
            return null;
        if (!CalculationOps.TryParse(word, out var op))
        {
            _errors.Add(new SpecError($"{at}.op", "unknown", $"{Short(word)} is not one of {string.Join(", ", CalculationOps.Names)}"));
            return null;
        }
        return new Calculation(
            op, Text(json, at, "column"), Text(json, at, "name"), Has(json, "filters", out _) ? List(json, "filters", $"{at}.filters", Filter) : null,
            Combination(json, "filter_combination"));
    }

    private Filter? Filter(JsonElement json, string at)
    {
        var column = Word(json, at, "column");
        if (Word(json, at, "op") is not { } word || column is null)
            return null;
        if (!FilterOps.TryParse(word, out var op))
        {
            _errors.Add(new SpecError($"{at}.op", "unknown", $"{Short(word)} is not one of {string.Join(", ", FilterOps.Names)}"));
            return null;
        }
        return new Filter(column, op, Has(json, "value", out var value) ? Value(value, $"{at}.value", nested: false) : null);
    }

    private object? Value(JsonElement json, string at, bool nested) => json.ValueKind switch
    {
        JsonValueKind.String => TextOf(json, at),
        JsonValueKind.Number when json.TryGetInt64(out var whole) => whole,
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        JsonValueKind.Array when !nested => json.EnumerateArray().Select((item, i) => Value(item, $"{at}[{i}]", nested: true)).ToList(),
        _ => Wrong(at, "expected text, a number, true or false"),
    };

    private Order? Order(JsonElement json, string at)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return Wrong<Order>(at, "expected an object");
        CalculationOp? op = null;
        if (Text(json, at, "op") is { Length: > 0 } word)
        {
            if (!CalculationOps.TryParse(word, out var found))
            {
                _errors.Add(new SpecError($"{at}.op", "unknown", $"{Short(word)} is not one of {string.Join(", ", CalculationOps.Names)}"));
                return null;
            }
            op = found;
        }
        var direction = Text(json, at, "order");
        if (direction is not (null or "" or "ascending" or "descending"))
            return Wrong<Order>($"{at}.order", "expected ascending or descending");
        return new Order(op, Text(json, at, "column") is { Length: > 0 } column ? column : null, direction == "descending");
    }

    private Having? Having(JsonElement json, string at)
    {
        var word = Word(json, at, "calculate_op");
        if (word is null || Word(json, at, "op") is not { } comparison)
            return null;
        if (!CalculationOps.TryParse(word, out var op))
        {
            _errors.Add(new SpecError($"{at}.calculate_op", "unknown", $"{Short(word)} is not one of {string.Join(", ", CalculationOps.Names)}"));
            return null;
        }
        if (!FilterOps.TryParse(comparison, out var found))
            return Wrong<Having>($"{at}.op", "expected one of = != > >= < <=");
        if (!Has(json, "value", out var value) || value.ValueKind != JsonValueKind.Number)
            return Wrong<Having>($"{at}.value", "expected a number");
        return new Having(op, Text(json, at, "column") is { Length: > 0 } column ? column : null, found, value.TryGetInt64(out var whole) ? (object)whole : value.GetDouble());
    }

    private CalculatedFieldDefinition? Definition(JsonElement json, string at) =>
        Word(json, at, "name") is { } name && Word(json, at, "expression") is { } expression ? new CalculatedFieldDefinition(name, expression) : null;

    private FilterCombination Combination(JsonElement json, string member)
    {
        switch (Text(json, "", member))
        {
            case null or "" or "AND":
                return FilterCombination.And;
            case "OR":
                return FilterCombination.Or;
            default:
                Wrong(member, "expected AND or OR");
                return FilterCombination.And;
        }
    }

    private List<T> List<T>(JsonElement json, string member, string at, Func<JsonElement, string, T?> read)
        where T : class
    {
        var list = new List<T>();
        if (!Has(json, member, out var array))
            return list;
        if (array.ValueKind != JsonValueKind.Array)
        {
            Wrong(at, "expected a list");
            return list;
        }
        if (array.GetArrayLength() > SpecCheck.MostItems)
        {
            _errors.Add(new SpecError(at, "out-of-range", $"at most {SpecCheck.MostItems} items"));
            return list;
        }
        foreach (var (i, item) in array.EnumerateArray().Index())
        {
            if (read(item, $"{at}[{i}]") is { } value)
                list.Add(value);
        }
        return list;
    }

    private double? Number(JsonElement json, string member)
    {
        if (!Has(json, member, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number)
            return value.GetDouble();
        Wrong(member, "expected a number");
        return null;
    }

    private int? Whole(JsonElement json, string member)
    {
        if (!Has(json, member, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var whole))
            return whole;
        Wrong(member, "expected a whole number");
        return null;
    }

    private string? Word(JsonElement json, string at, string member)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return Wrong(at, "expected an object");
        if (Has(json, member, out _))
            return Text(json, at, member);
        _errors.Add(new SpecError($"{at}.{member}", "missing", $"{member} is missing"));
        return null;
    }

    private string? Text(JsonElement json, string at, string member)
    {
        if (!Has(json, member, out var value))
            return null;
        var place = at.Length == 0 ? member : $"{at}.{member}";
        return value.ValueKind == JsonValueKind.String ? TextOf(value, place) : Wrong(place, "expected text");
    }

    // Text of half a surrogate pair is JSON, and no text.
    private string? TextOf(JsonElement value, string at)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return Wrong(at, "the text is not Unicode");
        }
    }

    private static bool Has(JsonElement json, string member, out JsonElement value)
    {
        value = default;
        return json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out value) && value.ValueKind != JsonValueKind.Null;
    }

    private string? Wrong(string at, string expected)
    {
        _errors.Add(new SpecError(at, "invalid", expected));
        return null;
    }

    private T? Wrong<T>(string at, string expected)
        where T : class
    {
        Wrong(at, expected);
        return null;
    }

    private static string Short(string word) => word.Length <= 40 ? word : word[..40] + "…";
}
