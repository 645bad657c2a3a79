using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Features.Requests;

/// <summary>
/// Attributes as the engine returns them (JSON text, dots of a key as nested objects), written to the answer as one flat object:
/// <c>{"http":{"request":{"method":"GET"}}}</c> becomes <c>{"http.request.method":"GET"}</c>. Arrays become their JSON text.
/// </summary>
[JsonConverter(typeof(FlatAttributesConverter))]
internal readonly record struct FlatAttributes(string? Json)
{
    /// <summary>The value of one key as text, or null.</summary>
    public string? Find(string key)
    {
        string? found = null;
        Visit((name, value) =>
        {
            if (found is null && name == key)
                found = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
        });
        return found;
    }

    internal void Visit(Action<string, JsonElement> value)
    {
        if (string.IsNullOrEmpty(Json))
            return;
        using var document = Parse(Json);
        if (document?.RootElement is { ValueKind: JsonValueKind.Object } root)
            Visit(root, "", value);
    }

    private static void Visit(JsonElement element, string prefix, Action<string, JsonElement> value)
    {
        foreach (var property in element.EnumerateObject())
        {
            var name = prefix.Length == 0 ? property.Name : $"{prefix}.{property.Name}";
            if (property.Value.ValueKind == JsonValueKind.Object)
                Visit(property.Value, name, value);
            else
                value(name, property.Value);
        }
    }

    private static JsonDocument? Parse(string json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed class FlatAttributesConverter : JsonConverter<FlatAttributes>
{
    public override FlatAttributes Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return new FlatAttributes(document.RootElement.GetRawText());
    }

    public override void Write(Utf8JsonWriter writer, FlatAttributes value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        value.Visit((name, element) =>
        {
            if (!seen.Add(name))
                return;
            writer.WritePropertyName(name);
            if (element.ValueKind == JsonValueKind.Array)
                writer.WriteStringValue(element.GetRawText());
            else
                element.WriteTo(writer);
        });
        writer.WriteEndObject();
    }
}
