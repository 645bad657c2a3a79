using System.Text.Json.Serialization;

namespace Weir.Features.Logs;

/// <summary>A log group as stored in the settings.</summary>
/// <param name="CreationTime">Milliseconds since 1970.</param>
/// <param name="FirstSequence">Lines of an earlier group of this name have lower sequence numbers.</param>
internal sealed record LogGroup(
    string Name,
    long CreationTime,
    ulong FirstSequence,
    string LogGroupClass = "STANDARD",
    string? KmsKeyId = null,
    int? RetentionInDays = null,
    bool DeletionProtectionEnabled = false)
{
    /// <summary>In order of the keys.</summary>
    public SortedDictionary<string, string> Tags { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The default service of its lines: the last level of the name, as in <c>/ecs/prod/checkout</c>.</summary>
    [JsonIgnore]
    public string Service => Name.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed[(trimmed.LastIndexOf('/') + 1)..] : Name;
}

/// <summary>A log stream as stored in the settings.</summary>
/// <param name="CreationTime">Milliseconds since 1970.</param>
/// <param name="FirstSequence">Lines of an earlier stream of this name have lower sequence numbers.</param>
internal sealed record LogStream(string LogGroup, string Name, long CreationTime, ulong FirstSequence);

/// <summary>Records that a stream was deleted: its lines stay on disk until they expire, but are not shown any more.</summary>
/// <param name="EndSequence">Lines of the deleted stream have lower sequence numbers.</param>
internal sealed record DeletedStream(string LogGroup, string Name, ulong EndSequence);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogGroup))]
[JsonSerializable(typeof(LogStream))]
[JsonSerializable(typeof(DeletedStream))]
internal sealed partial class LogCatalogJson : JsonSerializerContext;
