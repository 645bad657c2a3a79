using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Core.Settings;
using Weir.Protocols.Aws;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.Groups;

/// <summary>Tags of groups and sampling rules by ARN.</summary>
internal sealed class TagStore(ISettings settings)
{
    private const string Collection = "xray-tags";

    public SortedDictionary<string, string> Find(string arn) => settings.Find(Collection, arn) is { } entry
        ? new(JsonSerializer.Deserialize(entry.Value.Span, TagJson.Default.DictionaryStringString)!, StringComparer.Ordinal)
        : new(StringComparer.Ordinal);

    public async ValueTask SetAsync(string arn, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        if (tags.Count == 0)
        {
            await DeleteAsync(arn, cancellationToken);
            return;
        }
        var bytes = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>(tags, StringComparer.Ordinal), TagJson.Default.DictionaryStringString);
        _ = await settings.PutAsync(Collection, arn, bytes, expectedRevision: null, cancellationToken);
    }

    public async ValueTask DeleteAsync(string arn, CancellationToken cancellationToken) =>
        _ = await settings.DeleteAsync(Collection, arn, expectedRevision: null, cancellationToken);

    /// <summary>The request's <c>Tags: [{Key,Value}]</c>.</summary>
    public static AwsFault? Read(AwsRequest request, int most, out Dictionary<string, string> tags)
    {
        tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in request.Items("Tags"))
        {
            var (key, value) = (tag.TextOf("Key")!, tag.TextOf("Value")!);
            if (!IsTagText(key) || !IsTagText(value))
                return XRayFaults.Invalid($"Tag '{key}' is not made of letters, digits, spaces and _ . : / = + - @");
            if (key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
                return XRayFaults.Invalid($"Tag '{key}' uses the reserved prefix aws:");
            tags[key] = value;
        }
        return tags.Count > most ? XRayFaults.TooManyTags($"A resource takes {most} tags at most", "") : null;
    }

    private static bool IsTagText(string text) => text.All(c => char.IsLetterOrDigit(c) || char.IsWhiteSpace(c) || "_.:/=+-@".Contains(c, StringComparison.Ordinal));
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class TagJson : JsonSerializerContext;
