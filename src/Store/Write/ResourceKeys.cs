using System.Text;
using System.Text.Json;
using Weir.Core.Explore;

namespace Weir.Store.Write;

/// <summary>The keys of a resource's JSON text: one flat object.</summary>
internal static class ResourceKeys
{
    private const string QuotedDataset = $"\"{DatasetNames.HeaderKey}\"";

    /// <summary>Nothing for a text that is no JSON object.</summary>
    public static List<(string Key, ColumnKind Kind)> Of(string resource)
    {
        var keys = new List<(string, ColumnKind)>();
        if (resource.Length == 0)
            return keys;
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(resource));
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return keys;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = reader.GetString() ?? "";
                reader.Read();
                if (key.Length > 0 && KindOf(reader) is { } kind)
                    keys.Add((key, kind));
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // What was read so far is there all the same.
        }
        return keys;
    }

    /// <summary>The dataset that the sender named; null when it named none.</summary>
    public static string? Dataset(string resource)
    {
        if (!resource.Contains(QuotedDataset, StringComparison.Ordinal))
            return null;
        try
        {
            using var document = JsonDocument.Parse(resource);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(DatasetNames.HeaderKey, out var name)
                && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ColumnKind? KindOf(Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.TryGetInt64(out _) ? ColumnKind.Integer : ColumnKind.Float,
        JsonTokenType.True or JsonTokenType.False => ColumnKind.Boolean,
        JsonTokenType.Null => null,
        _ => ColumnKind.String,
    };
}
