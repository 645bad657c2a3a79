using System.Text.Json;

namespace Weir.Protocols.Wire;

/// <summary>Tolerant reads of optional members.</summary>
internal static class JsonElements
{
    extension(JsonElement element)
    {
        /// <summary>The member as text; null when it is missing or no string.</summary>
        public string? TextOf(string name) => element.MemberOf(name)?.AsText();

        public double? NumberOf(string name) =>
            element.MemberOf(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && double.IsFinite(number)
                ? number
                : null;

        public bool FlagOf(string name) => element.MemberOf(name) is { ValueKind: JsonValueKind.True };

        /// <summary>A string's text; null for other kinds. Half surrogates become U+FFFD, where GetString would throw.</summary>
        public string? AsText()
        {
            if (element.ValueKind != JsonValueKind.String)
                return null;
            var token = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(element);
            return System.Text.Encoding.UTF8.GetString(JsonTokens.Unquote(token, new byte[token.Length]));
        }

        /// <summary>The member when it is an object.</summary>
        public JsonElement? ObjectOf(string name) => element.MemberOf(name) is { ValueKind: JsonValueKind.Object } value ? value : null;

        /// <summary>The elements of the member when it is an array.</summary>
        public IEnumerable<JsonElement> ItemsOf(string name) =>
            element.MemberOf(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

        /// <summary>The member when the element is an object that has it, and it is not null.</summary>
        public JsonElement? MemberOf(string name)
        {
            if (element.ValueKind != JsonValueKind.Object)
                return null;
            try
            {
                return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
            }
            catch (InvalidOperationException)
            {
                // Another name of the object has half a surrogate pair, which the library refuses to compare.
                return null;
            }
        }
    }
}
