using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Core.Query;

/// <summary>
/// Attributes as the API returns them: flat, keys with dots, values string, number, boolean or null. The engine returns nested objects
/// (<c>{"http":{"method":"GET"}}</c>), resources are flat or nested; lists become JSON text.
/// </summary>
public static class AttributeMap
{
    private const int DeepestNesting = 64;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = DeepestNesting };

    /// <summary>Never throws: text that is not a JSON object gives an empty map.</summary>
    public static SortedDictionary<string, JsonElement> Read(string json)
    {
        var map = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        if (json.Length < 3)
            return map;
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                Flatten("", document.RootElement, map);
        }
        catch (JsonException)
        {
            // Stored JSON was validated at ingest; a truncated text is shown as no attributes instead of failing the page.
            map.Clear();
        }
        return map;
    }

    private static void Flatten(string prefix, JsonElement element, SortedDictionary<string, JsonElement> map)
    {
        foreach (var property in element.EnumerateObject())
        {
            var key = prefix.Length == 0 ? property.Name : prefix + "." + property.Name;
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    Flatten(key, property.Value, map);
                    break;
                case JsonValueKind.Array:
                    map[key] = JsonSerializer.SerializeToElement(property.Value.GetRawText(), AttributeJson.Default.String);
                    break;
                case JsonValueKind.Undefined:
                    break;
                case JsonValueKind.String:
                case JsonValueKind.Number:
                case JsonValueKind.True:
                case JsonValueKind.False:
                case JsonValueKind.Null:
                default:
                    map[key] = property.Value.Clone();
                    break;
            }
        }
    }
}

[JsonSerializable(typeof(string))]
internal sealed partial class AttributeJson : JsonSerializerContext;
