using System.Text.Json;
using Weir.Features.Questions;
using Weir.Features.Questions.BubbleUp;

namespace Weir.Protocols.Explore.Compare;

/// <summary>The members of a BubbleUp body beside the query. What can't be read throws <see cref="SpecException"/>.</summary>
internal static class BubbleUpRequest
{
    public static BubbleUpSelection Selection(JsonElement root)
    {
        if (!root.TryGetProperty("selection", out var selection) || selection.ValueKind != JsonValueKind.Object)
            throw new SpecException("selection", "missing", "expected {\"start\",\"end\",\"column\",\"min\",\"max\"} or {\"group\":{column: value}}");
        if (selection.TryGetProperty("group", out var group) && group.ValueKind != JsonValueKind.Null)
        {
            if (group.ValueKind != JsonValueKind.Object)
                throw new SpecException("selection.group", "invalid", "expected an object of columns and their values");
            return new GroupSelection(group.EnumerateObject().ToDictionary(c => c.Name, c => Value(c.Value, $"selection.group.{c.Name}"), StringComparer.Ordinal));
        }
        return new BoxSelection(
            Number(selection, "start") ?? throw new SpecException("selection.start", "missing", "expected seconds since 1970"),
            Number(selection, "end") ?? throw new SpecException("selection.end", "missing", "expected seconds since 1970"),
            Text(selection, "column"),
            Number(selection, "min"),
            Number(selection, "max"));
    }

    /// <summary>Null when the body names none.</summary>
    public static IReadOnlyList<string>? Columns(JsonElement root)
    {
        if (!root.TryGetProperty("columns", out var columns) || columns.ValueKind == JsonValueKind.Null)
            return null;
        return columns.ValueKind == JsonValueKind.Array && columns.EnumerateArray().All(c => c.ValueKind == JsonValueKind.String)
            ? [.. columns.EnumerateArray().Select(c => c.GetString()!)]
            : throw new SpecException("columns", "invalid", "expected an array of column names");
    }

    private static double? Number(JsonElement selection, string name)
    {
        if (!selection.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number : throw new SpecException($"selection.{name}", "invalid", "expected a number");
    }

    private static string? Text(JsonElement selection, string name)
    {
        if (!selection.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text : throw new SpecException($"selection.{name}", "invalid", "expected a column's name");
    }

    private static object? Value(JsonElement json, string field) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number when json.TryGetInt64(out var whole) => whole,
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        _ => throw new SpecException(field, "invalid", "expected a string, a number, a boolean or null"),
    };
}
