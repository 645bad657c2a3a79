using System.Text;
using System.Text.Json;
using Weir.Core.Columns;
using Weir.Features.Errors;

namespace Weir.Protocols.Rollbar.In;

/// <summary>
/// The custom fields of an item as attributes: nested objects by dotted keys, numbers and bools with their type, arrays as JSON text.
/// Bounded in count, depth and size; what is over stays in the payload.
/// </summary>
internal static class CustomAttributes
{
    private const int MaxKeys = 256;
    private const int MaxDepth = 8;
    private const int MaxKey = 256;
    private const int MaxValue = 4096;

    public static void Write(JsonElement data, JsonColumn attributes)
    {
        var left = MaxKeys;
        Flatten(data.Field("custom"), "", 0, attributes, ref left);
        Flatten(data.Field("body").Field("message", "extra"), "", 0, attributes, ref left);
        Text(attributes, "rollbar.context"u8, data.Scalar("context"));
        Text(attributes, "rollbar.platform"u8, data.Scalar("platform"));
        Text(attributes, "person.username"u8, data.Scalar("person", "username"));
        Text(attributes, "person.email"u8, data.Scalar("person", "email"));
        Text(attributes, "server.root"u8, data.Scalar("server", "root"));
        Text(attributes, "server.branch"u8, data.Scalar("server", "branch"));
        Text(attributes, "user_agent.original"u8, data.Field("client", "javascript").Scalar("browser"));
        if (data.Field("attributes") is { ValueKind: JsonValueKind.Array } pairs)
        {
            foreach (var pair in pairs.EnumerateArray())
            {
                if (pair.Scalar("key") is { Length: <= 64 } key && left-- > 0)
                    Text(attributes, Encoding.UTF8.GetBytes("rollbar." + key), pair.Scalar("value"));
            }
        }
    }

    private static void Flatten(JsonElement element, string key, int depth, JsonColumn attributes, ref int left)
    {
        if (left <= 0)
            return;
        if (element.ValueKind == JsonValueKind.Object && depth < MaxDepth)
        {
            foreach (var property in element.EnumerateObject())
                Flatten(property.Value, key.Length == 0 ? property.Name : $"{key}.{property.Name}", depth + 1, attributes, ref left);
            return;
        }
        if (key.Length is 0 or > MaxKey)
            return;
        var name = Encoding.UTF8.GetBytes(key);
        left--;
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                attributes.Add(name, StackTraces.CutAt(element.GetString()!, MaxValue));
                break;
            case JsonValueKind.Number when element.TryGetInt64(out var whole):
                attributes.Add(name, whole);
                break;
            case JsonValueKind.Number when element.TryGetDouble(out var number) && double.IsFinite(number):
                attributes.Add(name, number);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                attributes.Add(name, element.GetBoolean());
                break;
            case JsonValueKind.Number or JsonValueKind.Array or JsonValueKind.Object:
                attributes.Add(name, StackTraces.CutAt(element.GetRawText(), MaxValue));
                break;
            default:
                left++;
                break;
        }
    }

    private static void Text(JsonColumn attributes, ReadOnlySpan<byte> key, string? value)
    {
        if (value is not null)
            attributes.Add(key, StackTraces.CutAt(value, MaxValue));
    }
}
