using System.Text.Json.Nodes;

namespace Weir.Protocols.Explore.Manage;

/// <summary>Query specifications that are kept under an id and never change.</summary>
internal sealed class StoredQueries(ManagedStore store)
{
    public const string Kind = "queries";

    public Managed? Find(string scope, string id) => store.Find(Kind, scope, dataset: null, id);

    /// <summary>The specification alone.</summary>
    public static JsonObject SpecOf(Managed query)
    {
        var spec = (JsonObject)query.Body.DeepClone();
        spec.Remove("id");
        return spec;
    }

    /// <summary>The stored query that is this one, stored now if need be.</summary>
    public async Task<Managed> TakeAsync(string scope, string dataset, JsonObject spec, CancellationToken cancellationToken)
    {
        var same = store.List(Kind, scope, dataset).FirstOrDefault(q => JsonNode.DeepEquals(SpecOf(q), spec));
        if (same is not null)
            return same;
        var body = (JsonObject)spec.DeepClone();
        var id = ManageCall.NewId();
        body["id"] = id;
        var query = new Managed(scope, dataset, id, body, 0);
        await store.PutAsync(Kind, query, cancellationToken);
        return query;
    }
}
