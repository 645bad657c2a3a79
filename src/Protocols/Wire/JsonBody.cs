using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Weir.Protocols.Wire;

/// <summary>
/// Parses the bodies of queries and of management calls as JSON. The library accepts text that it can't decode without an error
/// and throws <see cref="InvalidOperationException"/> where the text is used; here such a body is a <see cref="JsonException"/> at once,
/// like every other unreadable body, and so is a body with more values than any call needs. Endpoints that take telemetry repair such text instead
/// (<see cref="JsonRepair"/>).
/// </summary>
internal static class JsonBody
{
    /// <summary>Objects, lists, names and values that a body may have together: a parsed one takes up to a hundred times its text.</summary>
    public const int MostTokens = 200_000;

    public const int DeepestJson = 64;

    private static readonly JsonDocumentOptions Document = new() { MaxDepth = DeepestJson };
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = DeepestJson, AllowDuplicateProperties = false };

    /// <summary>The memory must live as long as the document; <see cref="JsonException"/> when it can't be read.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json) => JsonDocument.Parse(Check(json), Document);

    /// <summary>Refuses names that come twice; <see cref="JsonException"/> when it can't be read.</summary>
    public static JsonNode? ParseNode(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonNode.Parse(Check(json).Span, nodeOptions: null, Strict);
        }
        catch (ArgumentException error)
        {
            throw new JsonException(error.Message, error);
        }
    }

    /// <summary>Null when the text is <c>null</c>; <see cref="JsonException"/> when it can't be read or does not fit the type.</summary>
    public static T? Read<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Check(json).Span, type);

    /// <summary>The text without a byte order mark; <see cref="JsonException"/> says why it can't be read.</summary>
    public static ReadOnlyMemory<byte> Check(ReadOnlyMemory<byte> json)
    {
        if (json.Span.StartsWith("\uFEFF"u8))
            json = json["\uFEFF"u8.Length..];
        if (!Utf8.IsValid(json.Span))
            throw new JsonException("the text is not UTF-8");
        if (JsonRepair.NextHalf(json.Span, 0) is >= 0 and var at)
            throw new JsonException($"the text has half of a surrogate pair at byte {at}");
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = DeepestJson });
        var tokens = 0;
        while (reader.Read())
        {
            if (++tokens > MostTokens)
                throw new JsonException($"the text has more than {MostTokens} names and values");
        }
        return json;
    }
}
