using Weir.Core.Settings;
using Weir.Features.Boards;
using Weir.Features.Questions.Kept;

namespace Weir.Protocols.Explore.Manage;

/// <summary><c>/query_annotations/{dataset}</c>: names for stored queries.</summary>
internal sealed class QueryAnnotations(Documents<QueryAnnotation> annotations, StoredQueries queries) : ManagedKind<QueryAnnotation>(annotations)
{
    public override string Name => "query_annotations";

    public override Task<QueryAnnotation> Shape(ManageCall call, ManageInput input, Stored<QueryAnnotation>? before)
    {
        var queryId = input.Required("query_id", 64);
        if (before is null && queryId.Length > 0 && queries.Find(call.Scope, queryId) is null)
            input.Fault("query_id", "invalid", "there is no such query");
        if (before is not null && queryId != before.Value.QueryId)
            input.Fault("query_id", "invalid", "cannot be changed");
        return Task.FromResult(new QueryAnnotation(
            input.Required("name", 320),
            input.Text("description", 1023),
            queryId,
            input.OneOf("source", before?.Value.Source ?? "query", "query", "board")));
    }

    /// <summary>Those of boards only when asked for, as the API does.</summary>
    public override bool Matches(ManageCall call, Stored<QueryAnnotation> stored) =>
        stored.Value.Source != "board" || call.Query("include_board_annotations") == "true";
}
