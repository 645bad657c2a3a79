using System.Text.Json.Serialization;
using Weir.Features.Errors;

namespace Weir.Protocols.Api.Routes;

/// <summary>The shapes of /api/errors. Property names become camelCase.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ItemList))]
[JsonSerializable(typeof(ItemSummary))]
[JsonSerializable(typeof(ItemDetail))]
[JsonSerializable(typeof(OccurrenceDetail))]
internal sealed partial class ErrorsJson : JsonSerializerContext;
