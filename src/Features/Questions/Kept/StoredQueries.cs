using System.Text.Json;
using Weir.Core.Settings;

namespace Weir.Features.Questions.Kept;

/// <summary>Query specifications by id.</summary>
internal sealed class StoredQueries(Documents<StoredQuery> documents)
{
    public Stored<StoredQuery>? Find(string scope, string id) => documents.Find(scope, dataset: null, id);

    public async Task<Stored<StoredQuery>> AddAsync(string scope, string dataset, string id, JsonElement spec, CancellationToken cancellationToken) =>
        await documents.PutAsync(new Stored<StoredQuery>(scope, dataset, id, new StoredQuery(id, spec)), cancellationToken);

    /// <summary>The stored query that is this one, stored now if need be.</summary>
    public async Task<Stored<StoredQuery>> TakeAsync(string scope, string dataset, JsonElement spec, CancellationToken cancellationToken) =>
        documents.List(scope, dataset).FirstOrDefault(q => JsonElement.DeepEquals(q.Value.Spec, spec))
        ?? await AddAsync(scope, dataset, DocumentIds.New(), spec, cancellationToken);
}

/// <summary>Reads a query specification in the words of the clients that keep them. Throws <see cref="SpecException"/>.</summary>
internal delegate QuerySpec ReadQuerySpec(JsonElement spec);
