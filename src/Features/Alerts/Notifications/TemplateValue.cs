using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Weir.Features.Alerts.Notifications;

/// <summary>
/// Values that templates work with: null, bool, long, double, string, a list (<see cref="IReadOnlyList{T}"/> of values) or an object
/// (<see cref="OrderedDictionary{TKey, TValue}"/> of values by name).
/// </summary>
internal static class TemplateValue
{
    public static object? Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when json.TryGetInt64(out var whole) => whole,
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.Array => json.EnumerateArray().Select(Of).ToList(),
        JsonValueKind.Object => new OrderedDictionary<string, object?>(json.EnumerateObject().Select(m => KeyValuePair.Create(m.Name, Of(m.Value))), StringComparer.Ordinal),
        _ => null,
    };

    public static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case long whole:
                json.WriteNumberValue(whole);
                break;
            case ulong whole:
                json.WriteNumberValue(whole);
                break;
            case double number when !double.IsFinite(number):
                // JSON has no such numbers.
                json.WriteNullValue();
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case OrderedDictionary<string, object?> members:
                json.WriteStartObject();
                foreach (var (name, member) in members)
                {
                    json.WritePropertyName(name);
                    Write(json, member);
                }
                json.WriteEndObject();
                break;
            case IReadOnlyList<object?> list:
                json.WriteStartArray();
                foreach (var item in list)
                    Write(json, item);
                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    public static string Json(object? value)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
            Write(json, value);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>A string as it is, null as nothing, everything else as JSON.</summary>
    public static string Text(object? value) => value as string ?? (value is null ? "" : Json(value));

    /// <summary>As templates decide: not null, false, 0, or empty.</summary>
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

    /// <summary>Numbers by their value, everything else by its text.</summary>
    public static int Compare(object? left, object? right) =>
        Number(left) is { } a && Number(right) is { } b ? a.CompareTo(b) : string.CompareOrdinal(Text(left), Text(right));

    private static double? Number(object? value) => value switch
    {
        long whole => whole,
        double number => number,
        _ => null,
    };
}
