using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Weir.Features.Alerts.Notifications;

/// <summary>
/// Values in templates: null, bool, long, double, string, a list (<see cref="IReadOnlyList{T}"/> of values) or an object
/// (<see cref="OrderedDictionary{TKey, TValue}"/> of values by name).
/// </summary>
internal static class TemplateValue
{
    public static string Json(object? value)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
            UntypedJson.Write(json, value);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>A string unchanged, null as an empty text, everything else as JSON.</summary>
    public static string Text(object? value) => value as string ?? (value is null ? "" : Json(value));

    /// <summary>The truth of a value in templates: not null, false, 0, or empty.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null or false => false,
        string text => text.Length > 0,
        long whole => whole != 0,
        double number => number != 0,
        _ => Length(value) != 0,
    };

    /// <summary>Of a list or an object; null for others.</summary>
    public static int? Length(object? value) => value switch
    {
        OrderedDictionary<string, object?> members => members.Count,
        IReadOnlyList<object?> list => list.Count,
        _ => null,
    };

    /// <summary>Compares numbers by value, everything else by text.</summary>
    public static int Compare(object? left, object? right) =>
        Number(left) is { } a && Number(right) is { } b ? a.CompareTo(b) : string.CompareOrdinal(Text(left), Text(right));

    private static double? Number(object? value) => value switch
    {
        long whole => whole,
        double number => number,
        _ => null,
    };
}
