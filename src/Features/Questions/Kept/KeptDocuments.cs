using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Core.Settings;

namespace Weir.Features.Questions.Kept;

/// <summary>A calculated field that is kept: it may be named by every question about its dataset.</summary>
internal sealed record DerivedColumn(string Alias = "", string Expression = "", string Description = "") : DatedDocument, IDocument<DerivedColumn>
{
    public static string Collection => "manage-derived_columns";

    public static JsonTypeInfo<DerivedColumn> Json => KeptJson.Default.DerivedColumn;
}

/// <summary>What people said of a column.</summary>
/// <param name="Type">string, float, integer, boolean or histogram.</param>
internal sealed record ColumnDescription(string KeyName = "", string Type = "string", string Description = "", bool Hidden = false)
    : DatedDocument, IDocument<ColumnDescription>
{
    public static string Collection => "manage-columns";

    public static JsonTypeInfo<ColumnDescription> Json => KeptJson.Default.ColumnDescription;
}

/// <summary>A dataset's own settings. Its id is its slug.</summary>
/// <param name="Name">As it was first written.</param>
/// <param name="ExpandJsonDepth">Levels of nested objects that become columns; 0 to 10.</param>
internal sealed record DatasetDocument(
    string Name = "",
    string Slug = "",
    string Description = "",
    int ExpandJsonDepth = 0,
    int RegularColumnsCount = 0,
    [property: JsonConverter(typeof(WholeSecondsConverter))] DateTimeOffset? CreatedAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never), JsonConverter(typeof(WholeSecondsConverter))] DateTimeOffset? LastWrittenAt = null,
    DatasetSettings? Settings = null) : IDocument<DatasetDocument>
{
    public static string Collection => "manage-datasets";

    public static JsonTypeInfo<DatasetDocument> Json => KeptJson.Default.DatasetDocument;
}

internal sealed record DatasetSettings(bool DeleteProtected = false);

/// <summary>Which columns of a dataset have the special meanings, by the meaning's name.</summary>
internal sealed class DatasetDefinition : Dictionary<string, DefinedColumn>, IDocument<DatasetDefinition>
{
    public DatasetDefinition()
        : base(StringComparer.Ordinal)
    {
    }

    public static string Collection => "manage-dataset_definitions";

    public static JsonTypeInfo<DatasetDefinition> Json => KeptJson.Default.DatasetDefinition;
}

/// <param name="ColumnType">column or derived_column.</param>
internal sealed record DefinedColumn(string Name, string ColumnType);

/// <summary>A query specification that is kept under an id and never changes, as its sender wrote it.</summary>
/// <param name="Spec">A JSON object without the id.</param>
[JsonConverter(typeof(StoredQueryConverter))]
internal sealed record StoredQuery(string Id, JsonElement Spec) : IDocument<StoredQuery>
{
    public static string Collection => "manage-queries";

    public static JsonTypeInfo<StoredQuery> Json => KeptJson.Default.StoredQuery;

    /// <summary>The specification with its id at the end, as clients get it.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var member in Spec.EnumerateObject())
            member.WriteTo(json);
        json.WriteString("id", Id);
        json.WriteEndObject();
    }
}

internal sealed class StoredQueryConverter : JsonConverter<StoredQuery>
{
    public override StoredQuery Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new JsonException("a query is an object");
        var id = document.RootElement.TryGetProperty("id", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        var spec = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(spec))
        {
            json.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject().Where(m => m.Name != "id"))
                member.WriteTo(json);
            json.WriteEndObject();
        }
        using var without = JsonDocument.Parse(spec.WrittenMemory);
        return new StoredQuery(id, without.RootElement.Clone());
    }

    public override void Write(Utf8JsonWriter writer, StoredQuery value, JsonSerializerOptions options) => value.Write(writer);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DerivedColumn))]
[JsonSerializable(typeof(ColumnDescription))]
[JsonSerializable(typeof(DatasetDocument))]
[JsonSerializable(typeof(DatasetDefinition))]
[JsonSerializable(typeof(StoredQuery))]
internal sealed partial class KeptJson : JsonSerializerContext;
