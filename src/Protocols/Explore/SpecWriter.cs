using System.Text.Json;
using Weir.Features;
using Weir.Features.Questions;

namespace Weir.Protocols.Explore;

/// <summary>Writes specifications and single values.</summary>
internal static class SpecWriter
{
    public static void Write(Utf8JsonWriter json, QuerySpec spec)
    {
        json.WriteStartObject();
        WriteList(json, "calculations", spec.Calculations, WriteCalculation);
        WriteFilters(json, spec.Filters, spec.Combination);
        WriteList(json, "breakdowns", spec.Breakdowns, static (json, column) => json.WriteStringValue(column));
        WriteList(json, "orders", spec.Orders, WriteOrder);
        WriteList(json, "havings", spec.Havings, WriteHaving);
        WriteNumber(json, "limit", spec.Limit);
        WriteNumber(json, "time_range", spec.TimeRange);
        WriteNumber(json, "start_time", spec.StartTime);
        WriteNumber(json, "end_time", spec.EndTime);
        WriteNumber(json, "granularity", spec.Granularity);
        WriteList(json, "calculated_fields", spec.CalculatedFields, WriteDefinition);
        WriteList(json, "formulas", spec.Formulas, WriteDefinition);
        WriteNumber(json, "compare_time_offset_seconds", spec.CompareOffset);
        if (spec.Signals is { } signals)
            WriteList(json, "signals", signals, static (json, signal) => json.WriteStringValue(SignalWords.Of(signal)));
        json.WriteEndObject();
    }

    private static void WriteList<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (items.Count == 0)
            return;
        json.WriteStartArray(name);
        foreach (var item in items)
            write(json, item);
        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
    }

    private static void WriteCalculation(Utf8JsonWriter json, Calculation calculation)
    {
        json.WriteStartObject();
        json.WriteString("op", CalculationOps.Name(calculation.Op));
        if (calculation.Column is { } column)
            json.WriteString("column", column);
        if (calculation.Name is { } name)
            json.WriteString("name", name);
        WriteFilters(json, calculation.Filters ?? [], calculation.Combination);
        json.WriteEndObject();
    }

    // AND is what a missing combination means, and clients compare what they get with what they sent.
    private static void WriteFilters(Utf8JsonWriter json, IReadOnlyList<Filter> filters, FilterCombination combination)
    {
        WriteList(json, "filters", filters, WriteFilter);
        if (combination == FilterCombination.Or)
            json.WriteString("filter_combination", "OR");
    }

    private static void WriteFilter(Utf8JsonWriter json, Filter filter)
    {
        json.WriteStartObject();
        json.WriteString("column", filter.Column);
        json.WriteString("op", FilterOps.Name(filter.Op));
        if (filter.Value is not null)
        {
            json.WritePropertyName("value");
            UntypedJson.Write(json, filter.Value);
        }
        json.WriteEndObject();
    }

    private static void WriteOrder(Utf8JsonWriter json, Order order)
    {
        json.WriteStartObject();
        if (order.Op is { } op)
            json.WriteString("op", CalculationOps.Name(op));
        if (order.Column is { } column)
            json.WriteString("column", column);
        json.WriteString("order", order.Descending ? "descending" : "ascending");
        json.WriteEndObject();
    }

    private static void WriteHaving(Utf8JsonWriter json, Having having)
    {
        json.WriteStartObject();
        json.WriteString("calculate_op", CalculationOps.Name(having.Op));
        if (having.Column is { } column)
            json.WriteString("column", column);
        json.WriteString("op", FilterOps.Name(having.Comparison));
        if (having.Value is long whole)
            json.WriteNumber("value", whole);
        else
            json.WriteNumber("value", (double)having.Value);
        json.WriteEndObject();
    }

    private static void WriteDefinition(Utf8JsonWriter json, CalculatedFieldDefinition definition)
    {
        json.WriteStartObject();
        json.WriteString("name", definition.Name);
        json.WriteString("expression", definition.Expression);
        json.WriteEndObject();
    }
}
