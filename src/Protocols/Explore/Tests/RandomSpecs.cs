using System.Text.Json.Nodes;
using Weir.Features.Questions;
using Weir.Tests.Support;

namespace Weir.Tests.Explore;

/// <summary>Specifications of all members and all their words, most of which can be asked.</summary>
internal sealed class RandomSpecs(Random random)
{
    private static readonly string[] Columns =
    [
        "v", "v", "t", "n", "flag", "mixed", "neither", "duration_ms", "name", "error", "status_code", "is_root", "service.name", "pod", "value", "body", "severity_code", "dataset",
        "trace.trace_id", "trace.span_id", "trace.parent_id", "meta.signal_type", "metric.value", "metric.name", "type", "span.num_events", "item_id", "exception.type", "library.name",
        "telemetry.instrumentation_library", "meta.annotation_type", "a.b.c", "it's `a\" \\column", "\u00e4\ud83d\ude00",
    ];

    private static readonly string[] Relations = ["root.", "parent.", "child.", "any.", "any2.", "any3.", "none."];
    private static readonly string[] Patterns = ["a", "^x.?$", "[0-9]+", "(a|b)*", "", "\\\\d"];

    /// <summary>Name and how many arguments; of the others the arguments are written below.</summary>
    private static readonly (string Name, int Least, int Most)[] Functions =
    [
        ("IF", 2, 5), ("COALESCE", 1, 4), ("LT", 2, 2), ("LTE", 2, 2), ("GT", 2, 2), ("GTE", 2, 2), ("EQUALS", 2, 2), ("IN", 2, 4), ("EXISTS", 1, 1), ("NOT", 1, 1), ("AND", 1, 3), ("OR", 1, 3),
        ("MIN", 1, 3), ("MAX", 1, 3), ("SUM", 1, 4), ("SUB", 2, 2), ("MUL", 1, 3), ("DIV", 2, 2), ("MOD", 2, 2), ("LOG10", 1, 1), ("INT", 1, 1), ("FLOAT", 1, 1), ("BOOL", 1, 1), ("STRING", 1, 1),
        ("CONCAT", 1, 3), ("TO_LOWER", 1, 1), ("STARTS_WITH", 2, 2), ("ENDS_WITH", 2, 2), ("CONTAINS", 2, 2), ("LENGTH", 1, 1), ("UNIX_TIMESTAMP", 1, 1), ("EVENT_TIMESTAMP", 0, 0), ("INGEST_TIMESTAMP", 0, 0),
    ];

    private static readonly string[] OverTime = ["LAST", "SUMMARIZE", "INCREASE", "RATE", "RAW_METRIC"];

    private List<string> _fields = [];

    public JsonObject Next()
    {
        _fields = [];
        var calculated = Some(3, Field);
        var calculations = Some(4, Calculation);
        foreach (var (i, calculation) in calculations.Index())
            calculation["name"] = $"c{i}";
        var breakdowns = Some(3, Breakdown);
        var spec = new JsonObject
        {
            ["calculations"] = List(calculations),
            ["filters"] = List(Some(3, () => Filter(relations: true))),
            ["filter_combination"] = Pick("AND", "OR"),
            ["breakdowns"] = new JsonArray([.. breakdowns.Select(b => (JsonNode?)b)]),
            ["calculated_fields"] = List(calculated),
            ["havings"] = List(calculations.Count == 0 ? [] : Some(2, () => Having(calculations))),
            ["orders"] = List(calculations.Count + breakdowns.Count == 0 ? [] : Some(2, () => Order(calculations, breakdowns))),
            ["signals"] = new JsonArray([.. Signals().Select(s => (JsonNode?)s)]),
            ["start_time"] = ExploreRows.StartSeconds,
            ["end_time"] = ExploreRows.StartSeconds + random.Next(1, 1200),
        };
        var summable = calculations.Where(c => !c.Text("op").StartsWith("RATE", StringComparison.Ordinal) && c.Text("op") != "HEATMAP").Select(c => c.Text("name")).ToList();
        if (summable.Count > 0 && One(4))
            spec["formulas"] = new JsonArray(new JsonObject { ["name"] = "formula", ["expression"] = Expression(3, () => $"${Pick(summable)}", overTime: false) });
        if (One(4))
            spec["compare_time_offset_seconds"] = Pick(1200, 3600, 86400);
        if (One(3))
            spec["limit"] = random.Next(1, 20);
        if (One(3))
            spec["granularity"] = Pick(0, 1, 7, 60);
        if (One(20))
            spec[Pick([.. spec.Select(m => m.Key)])] = Value(nested: true);
        return spec;
    }

    private JsonObject Calculation()
    {
        var op = Pick([.. CalculationOps.Names]);
        var calculation = new JsonObject { ["op"] = op };
        if (op is not ("CONCURRENCY" or "COUNT_DATAPOINTS") && (op != "COUNT" || One(2)))
            calculation["column"] = Column();
        if (One(5))
            calculation["filters"] = List([Filter(relations: false)]);
        return calculation;
    }

    private JsonObject Filter(bool relations)
    {
        var known = Pick(Enum.GetValues<FilterOp>());
        var op = FilterOps.Name(known);
        var filter = new JsonObject { ["column"] = relations && One(4) ? Pick(Relations) + Column() : Column(), ["op"] = op };
        if (FilterOps.TakesList(known))
            filter["value"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Value(nested: false))]);
        else if (op.Contains("match", StringComparison.Ordinal))
            filter["value"] = Pick(Patterns);
        else if (FilterOps.TakesValue(known))
            filter["value"] = Value(nested: false) ?? "x";
        return filter;
    }

    private JsonObject Having(List<JsonObject> calculations)
    {
        var calculation = Pick(calculations);
        return new JsonObject
        {
            ["calculate_op"] = calculation.Text("op"),
            ["column"] = calculation["column"]?.DeepClone(),
            ["op"] = Pick("=", "!=", ">", ">=", "<", "<="),
            ["value"] = Pick(0, 1, -2.5, 1e300),
        };
    }

    private JsonObject Order(List<JsonObject> calculations, IReadOnlyList<string> breakdowns)
    {
        var order = new JsonObject { ["order"] = Pick("ascending", "descending") };
        if (calculations.Count > 0 && (breakdowns.Count == 0 || One(2)))
            (order["op"], order["column"]) = (Pick(calculations).Text("op"), Pick(calculations)["column"]?.DeepClone());
        else
            order["column"] = Pick(breakdowns);
        return order;
    }

    private JsonObject Field()
    {
        var name = One(6) ? Pick(Columns) : $"f{_fields.Count}";
        var field = new JsonObject { ["name"] = name, ["expression"] = Expression(random.Next(1, 5), Quoted, overTime: One(8)) };
        _fields.Add(name);
        return field;
    }

    /// <param name="leaf">A column, written as one.</param>
    public string Expression(int depth, Func<string> leaf, bool overTime)
    {
        if (depth == 0)
            return One(4) ? Pick("1", "2.5", "-3", "\"x\"", "\"\"", "true", "null", "9223372036854775807", "1e300", "0", "\"2026-01-01T00:00:00Z\"") : leaf();
        string Inner() => Expression(random.Next(depth), leaf, overTime);
        switch (random.Next(overTime ? 12 : 9))
        {
            case 0:
                return $"SWITCH({Inner()}, \"x\", {Inner()}, \"y\", {Inner()})";
            case 1:
                return $"{Pick("REG_MATCH", "REG_VALUE", "REG_COUNT")}({Inner()}, `{Pick("^x", "[0-9]+", "(a)(b)?")}`)";
            case 2:
                return $"FORMAT_TIME(\"{Pick("%Y-%m-%d", "%H:%M:%S", "%s", "%j %%")}\", {Inner()})";
            case 3:
                return $"BUCKET({Inner()}, {Pick("10", "0.1", "3, 0", "5, -10, 90")})";
            case 4:
                return $"({Inner()} {Pick("+", "-", "*", "/", "%", "=", "!=", "<", ">=", "AND", "OR")} {Inner()})";
            case 9 or 10 or 11:
                return $"{Pick(OverTime)}({Inner()})";
            default:
                var (name, least, most) = Pick(Functions);
                return $"{name}({string.Join(", ", Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => Inner()))})";
        }
    }

    private string Column() => _fields.Count > 0 && One(3) ? Pick(_fields) : Pick(Columns);

    private string Quoted() => $"$\"{Column().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private string Breakdown() => One(6) ? Pick(Relations) + Column() : Column();

    private IReadOnlyList<string> Signals() => random.Next(5) switch
    {
        0 => ["spans"],
        1 => ["metrics"],
        2 => ["logs", "errors"],
        3 => ["spans", "events", "logs", "errors", "metrics"],
        _ => [Pick("logs", "errors", "events"), "spans"],
    };

    private bool One(int of) => random.Next(of) == 0;

    private T Pick<T>(params IReadOnlyList<T> of) => of[random.Next(of.Count)];

    private List<T> Some<T>(int most, Func<T> make) => [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => make())];

    private static JsonArray List(IEnumerable<JsonObject> items) => new([.. items.Select(i => (JsonNode?)i)]);

    private JsonNode? Value(bool nested) => random.Next(nested ? 14 : 12) switch
    {
        0 => "x",
        1 => "2",
        2 => "",
        3 => "it's \\ {p0:String} `",
        4 => 1,
        5 => 2.5,
        6 => -9e18,
        7 => long.MaxValue,
        8 => true,
        9 => false,
        10 => null,
        11 => "true",
        12 => new JsonArray(1, "x", null),
        _ => new JsonObject { ["a"] = 1 },
    };
}
