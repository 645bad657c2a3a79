using System.Text.Json.Serialization;
using Weir.Features.Requests;

namespace Weir.Protocols.Api.Routes;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoryAnswer))]
[JsonSerializable(typeof(StorySpanAnswer))]
[JsonSerializable(typeof(StoryValues))]
[JsonSerializable(typeof(StoryFound))]
[JsonSerializable(typeof(DurationAnswer))]
internal sealed partial class StoryJson : JsonSerializerContext;
