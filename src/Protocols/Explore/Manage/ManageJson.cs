using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Weir.Protocols.Explore.Manage;

[JsonSerializable(typeof(JsonNode))]
internal sealed partial class ManageJson : JsonSerializerContext;
