using System.Text.Json.Serialization;

namespace Weir.Protocols.Explore.Columns;

/// <param name="Total">How many there are, with those before <c>offset</c> and past <c>limit</c>.</param>
internal sealed record ColumnsAnswer(IReadOnlyList<ColumnAnswer> Columns, long Total);

/// <param name="Type">string, integer, float or boolean; of an attribute with several types the one that holds all of them.</param>
/// <param name="Signals">spans, logs, errors, metrics, events.</param>
/// <param name="Usage">Not measured.</param>
internal sealed record ColumnAnswer(string Name, string Type, IReadOnlyList<string> Signals, bool Calculated, string Description, double? Usage);

/// <param name="More">There are others, which were not written to for longer.</param>
internal sealed record DatasetsAnswer(IReadOnlyList<DatasetAnswer> Datasets, bool More);

internal sealed record DatasetAnswer(string Name, string Slug, IReadOnlyList<string> Signals, DateTimeOffset LastWrittenAt);

internal sealed record ValuesAnswer(IReadOnlyList<ValueAnswer> Values, bool Sampled);

/// <param name="Value">A string, number or boolean.</param>
internal sealed record ValueAnswer(object Value, long Count);

internal sealed record CheckBody(string? Expression);

/// <param name="Type">float, string or boolean; null when it differs from row to row.</param>
internal sealed record CheckedAnswer(bool Ok, string? Type, IReadOnlyList<string> Columns);

internal sealed record RefusedAnswer(bool Ok, string Message, int Position);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ColumnsAnswer))]
[JsonSerializable(typeof(DatasetsAnswer))]
[JsonSerializable(typeof(ValuesAnswer))]
[JsonSerializable(typeof(CheckBody))]
[JsonSerializable(typeof(CheckedAnswer))]
[JsonSerializable(typeof(RefusedAnswer))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(bool))]
internal sealed partial class ColumnJson : JsonSerializerContext;
