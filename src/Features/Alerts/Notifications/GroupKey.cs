using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Features.Alerts.Notifications;

/// <summary>
/// The key of a group in a result: <c>{"name":"GET /","status":500}</c>. Equal when the JSON is equal. A value is a string, a long, a
/// finite double, a bool or null.
/// </summary>
[JsonConverter(typeof(GroupKeyConverter))]
internal sealed class GroupKey : IEquatable<GroupKey>
{
    private readonly string _text;

    private GroupKey(IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        Values = values;
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
            Write(json);
        _text = Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>For queries without breakdowns.</summary>
    public static GroupKey None { get; } = new([]);

    public IReadOnlyList<KeyValuePair<string, object?>> Values { get; }

    public bool IsNone => Values.Count == 0;

    public static GroupKey Of(params IReadOnlyList<KeyValuePair<string, object?>> values) => values.Count == 0 ? None : new GroupKey(values);

    /// <summary>Reads the text of <see cref="ToString"/>. Throws <see cref="JsonException"/>.</summary>
    public static GroupKey Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return Of(document.RootElement);
    }

    public static GroupKey Of(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
            ? Of([.. json.EnumerateObject().Select(m => KeyValuePair.Create(m.Name, UntypedJson.Of(m.Value)))])
            : throw new JsonException("a group must be an object");

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var (column, value) in Values)
        {
            json.WritePropertyName(column);
            UntypedJson.Write(json, value);
        }
        json.WriteEndObject();
    }

    /// <summary>JSON.</summary>
    public override string ToString() => _text;

    public bool Equals(GroupKey? other) => other?._text == _text;

    public override bool Equals(object? obj) => Equals(obj as GroupKey);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);
}

internal sealed class GroupKeyConverter : JsonConverter<GroupKey>
{
    public override GroupKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return GroupKey.Of(document.RootElement);
    }

    public override void Write(Utf8JsonWriter writer, GroupKey value, JsonSerializerOptions options) => value.Write(writer);
}
