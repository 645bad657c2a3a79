using System.Text.Json;

namespace Weir.Features.Errors;

/// <summary>
/// What an occurrence's page shows from the payload as it was received: Rollbar's <c>data.request</c> and <c>data.person</c>. Other
/// payloads have none of it.
/// </summary>
internal sealed record OccurrencePayload(
    IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<string, string> Query, string? Body, string? Username, string? Email)
{
    private const int MostEntries = 200;
    private const int MostBody = 64 * 1024;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 512 };
    private static readonly OccurrencePayload None = new(Empty, Empty, null, null, null);

    private static Dictionary<string, string> Empty => [];

    /// <summary>Never throws.</summary>
    public static OccurrencePayload Read(string payload)
    {
        if (!payload.Contains("\"data\"", StringComparison.Ordinal))
            return None;
        try
        {
            using var document = JsonDocument.Parse(payload, Options);
            var data = Field(document.RootElement, "data");
            var request = Field(data, "request");
            var person = Field(data, "person");
            var query = Map(Field(request, "GET"));
            if (query.Count == 0)
                query = Map(Field(request, "query"));
            if (query.Count == 0 && Text(Field(request, "query_string")) is { } text)
                query = Parse(text);
            return new OccurrencePayload(
                Map(Field(request, "headers")), query, BodyOf(request), Text(Field(person, "username")), Text(Field(person, "email")));
        }
        catch (JsonException)
        {
            return None;
        }
    }

    private static string? BodyOf(JsonElement request)
    {
        foreach (var name in (ReadOnlySpan<string>)["body", "json", "POST"])
        {
            var value = Field(request, name);
            var text = value.ValueKind switch
            {
                JsonValueKind.Object => value.EnumerateObject().Any() ? value.GetRawText() : null,
                JsonValueKind.Array => value.GetRawText(),
                _ => Text(value),
            };
            if (text is not null)
                return text.Length <= MostBody ? text : text[..MostBody];
        }
        return null;
    }

    private static Dictionary<string, string> Map(JsonElement element)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (element.ValueKind != JsonValueKind.Object)
            return map;
        foreach (var property in element.EnumerateObject())
        {
            if (map.Count == MostEntries)
                break;
            var value = property.Value;
            map[property.Name] = value.ValueKind switch
            {
                JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(v => Text(v) ?? v.GetRawText())),
                JsonValueKind.Null => "",
                _ => Text(value) ?? value.GetRawText(),
            };
        }
        return map;
    }

    private static Dictionary<string, string> Parse(string query)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.TrimStart('?').Split('&', MostEntries))
        {
            var parts = pair.Split('=', 2);
            if (parts[0].Length > 0)
                map[Uri.UnescapeDataString(parts[0])] = parts.Length > 1 ? Uri.UnescapeDataString(parts[1].Replace('+', ' ')) : "";
        }
        return map;
    }

    private static JsonElement Field(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString() is { Length: > 0 } text ? text : null,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
        _ => null,
    };
}
