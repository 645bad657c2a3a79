using System.Globalization;
using System.Text.Json;

namespace Weir.Features;

/// <summary>
/// Values whose type only their sender knows: null, bool, long, double, string, a list of values or an object
/// (<see cref="OrderedDictionary{TKey, TValue}"/> of values by name), read from JSON and written to it.
/// </summary>
internal static class UntypedJson
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
            case IEnumerable<object?> list:
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
}
