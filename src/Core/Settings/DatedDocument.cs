using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Core.Settings;

/// <summary>A kind of document: the collection it is stored in, and its form as JSON.</summary>
public interface IDocument<TSelf>
    where TSelf : class, IDocument<TSelf>
{
    static abstract string Collection { get; }

    static abstract System.Text.Json.Serialization.Metadata.JsonTypeInfo<TSelf> Json { get; }
}

/// <summary>A document that people make and change: it carries its id and when it was made and changed.</summary>
public abstract record DatedDocument
{
    [JsonPropertyOrder(-1)]
    public string? Id { get; init; }

    [JsonPropertyOrder(1)]
    [JsonConverter(typeof(WholeSecondsConverter))]
    public DateTimeOffset? CreatedAt { get; init; }

    [JsonPropertyOrder(2)]
    [JsonConverter(typeof(WholeSecondsConverter))]
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>Times in documents: RFC 3339, UTC, whole seconds.</summary>
public sealed class WholeSecondsConverter : JsonConverter<DateTimeOffset>
{
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));
}
