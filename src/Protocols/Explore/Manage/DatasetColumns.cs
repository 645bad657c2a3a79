using System.Text.Json.Nodes;

namespace Weir.Protocols.Explore.Manage;

/// <summary><c>/columns/{dataset}</c>: what people said of columns; <c>?key_name=</c> asks for one.</summary>
internal sealed class DatasetColumns(ManagedStore store) : ManagedKind
{
    public override string Name => "columns";

    public override Task<JsonObject> Shape(ManageCall call, ManageInput input, Managed? before)
    {
        var key = before is null ? input.Required("key_name", 255) : (string)before.Body["key_name"]!;
        var column = new JsonObject
        {
            ["key_name"] = key,
            ["type"] = input.OneOf("type", "string", "string", "float", "integer", "boolean", "histogram"),
            ["description"] = input.Text("description", 1023),
            ["hidden"] = input.Bool("hidden", otherwise: false),
        };
        input.Check();
        if (before is null && store.List(Name, call.Scope, call.Dataset).Any(c => (string?)c.Body["key_name"] == key))
            throw new ManageException(ManageFault.Conflict($"a column named {key} already exists"));
        return Task.FromResult(column);
    }

    public override (string Member, string Value)? Single(ManageCall call) => call.Query("key_name") is { } key ? ("key_name", key) : null;
}
