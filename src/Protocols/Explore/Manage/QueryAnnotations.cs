using System.Text.Json.Nodes;

namespace Weir.Protocols.Explore.Manage;

/// <summary><c>/query_annotations/{dataset}</c>: names for stored queries.</summary>
internal sealed class QueryAnnotations(StoredQueries queries) : ManagedKind
{
    public override string Name => "query_annotations";

    public override Task<JsonObject> Shape(ManageCall call, ManageInput input, Managed? before)
    {
        var queryId = input.Required("query_id", 64);
        if (before is null && queryId.Length > 0 && queries.Find(call.Scope, queryId) is null)
            input.Fault("query_id", "invalid", "there is no such query");
        if (before is not null && queryId != (string?)before.Body["query_id"])
            input.Fault("query_id", "invalid", "cannot be changed");
        return Task.FromResult(new JsonObject
        {
            ["name"] = input.Required("name", 320),
            ["description"] = input.Text("description", 1023),
            ["query_id"] = queryId,
            ["source"] = input.OneOf("source", (string?)before?.Body["source"] ?? "query", "query", "board"),
        });
    }

    /// <summary>Those of boards only when asked for, as the API does.</summary>
    public override bool Matches(ManageCall call, Managed managed) =>
        (string?)managed.Body["source"] != "board" || call.Query("include_board_annotations") == "true";
}
