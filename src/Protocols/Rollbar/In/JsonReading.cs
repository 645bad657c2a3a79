using System.Globalization;
using System.Text.Json;

namespace Weir.Protocols.Rollbar.In;

/// <summary>Reads fields that may be missing or of another type than documented.</summary>
internal static class JsonReading
{
    extension(JsonElement element)
    {
        /// <summary>The field, or Undefined when this is not an object or has no such field.</summary>
        public JsonElement Field(string name) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

        public JsonElement Field(string name, string inner) => element.Field(name).Field(inner);

        public bool IsObject => element.ValueKind == JsonValueKind.Object;

        public bool IsPresent => element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

        /// <summary>A string's text, a number or bool as written; null for everything else and for the empty string.</summary>
        public string? Scalar() => element.ValueKind switch
        {
            JsonValueKind.String => element.GetString() is { Length: > 0 } text ? text : null,
            JsonValueKind.Number => element.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => null,
        };

        public string? Scalar(string name) => element.Field(name).Scalar();

        public string? Scalar(string name, string inner) => element.Field(name).Field(inner).Scalar();

        /// <summary>An integer, also from a string; null when it is not one or does not fit.</summary>
        public int? Whole(string name)
        {
            var value = element.Field(name);
            if (value.ValueKind == JsonValueKind.Number)
                return value.TryGetInt32(out var number) ? number : null;
            return value.ValueKind == JsonValueKind.String
                && int.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : null;
        }
    }
}
