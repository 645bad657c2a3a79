using System.Text.Json.Nodes;
using Weir.Core.Settings;
using Weir.Features.Questions.Kept;

namespace Weir.Protocols.Explore.Manage;

/// <summary>The usual calls on any <see cref="ManagedKind{T}"/>.</summary>
internal sealed class ObjectApi(DatasetDirectory datasets, TimeProvider time)
{
    /// <summary>A change that meets another change at the same moment is made again over that one, so often.</summary>
    private const int MostConflicts = 5;

    public async Task ListAsync<T>(ManageCall call, ManagedKind<T> kind)
        where T : DatedDocument, IDocument<T>
    {
        await EnterAsync(call, kind);
        if (kind.Single(call) is { } isWanted)
        {
            var single = (await ListedAsync(call, kind)).FirstOrDefault(m => isWanted(m.Value)) ?? throw new ManageException(ManageFault.NotFound);
            await call.AnswerAsync(200, await ShowAsync(call, kind, single));
            return;
        }
        var list = new JsonArray();
        foreach (var stored in (await ListedAsync(call, kind)).Where(m => kind.Matches(call, m)).OrderBy(m => m.Value.CreatedAt?.ToUnixTimeSeconds()).ThenBy(m => m.Id, StringComparer.Ordinal))
            list.Add(await ShowAsync(call, kind, stored));
        await call.AnswerAsync(200, list);
    }

    public async Task CreateAsync<T>(ManageCall call, ManagedKind<T> kind)
        where T : DatedDocument, IDocument<T>
    {
        var input = new ManageInput(await call.BodyAsync());
        await EnterAsync(call, kind);
        if (kind.Documents.Count >= kind.Most)
            throw new ManageException(ManageFault.Conflict($"there are {kind.Most} {kind.Name} already, which is the most Weir keeps"));
        var value = await kind.Shape(call, input, null);
        input.Check();
        var id = kind.NewId();
        var made = new Stored<T>(call.Scope, call.Dataset, id, Dated(value, id, time.GetUtcNow()));
        await call.AnswerAsync(201, await ShowAsync(call, kind, await kind.Documents.PutAsync(made, call.Stop)));
    }

    public async Task ReadAsync<T>(ManageCall call, ManagedKind<T> kind)
        where T : DatedDocument, IDocument<T>
    {
        await EnterAsync(call, kind);
        await call.AnswerAsync(200, await ShowAsync(call, kind, await FindAsync(call, kind)));
    }

    /// <summary>PUT: what the body leaves out is reset to its default.</summary>
    public async Task ReplaceAsync<T>(ManageCall call, ManagedKind<T> kind)
        where T : DatedDocument, IDocument<T>
    {
        var input = new ManageInput(await call.BodyAsync());
        await EnterAsync(call, kind);
        for (var conflicts = 1; ; conflicts++)
        {
            var before = await FindAsync(call, kind);
            var value = await kind.Shape(call, input, before);
            input.Check();
            var changed = before with { Value = Dated(value, before.Id, before.Value.CreatedAt ?? time.GetUtcNow()) };
            var stored = conflicts < MostConflicts ? await kind.Documents.TryPutAsync(changed, call.Stop) : await kind.Documents.PutAsync(changed, call.Stop);
            if (stored is null)
                continue;
            await call.AnswerAsync(200, await ShowAsync(call, kind, stored));
            return;
        }
    }

    public async Task DeleteAsync<T>(ManageCall call, ManagedKind<T> kind)
        where T : DatedDocument, IDocument<T>
    {
        await EnterAsync(call, kind);
        var stored = await FindAsync(call, kind);
        await kind.BeforeDelete(call, stored);
        var answer = kind.DeleteAnswersObject ? await ShowAsync(call, kind, stored) : null;
        // Of one that somebody changed meanwhile the newest is deleted.
        for (var conflicts = 0; !await kind.Documents.DeleteAsync(stored, call.Stop) && conflicts < MostConflicts; conflicts++)
        {
            if (kind.Documents.At(stored.Environment, stored.Dataset, stored.Id) is not { } changed)
                break;
            stored = changed;
        }
        await call.AnswerAsync(kind.DeletedStatus, answer);
    }

    public Stored<T> Find<T>(ManageCall call, ManagedKind<T> kind)
        where T : DatedDocument, IDocument<T>
        => Known(call, kind) ?? throw new ManageException(ManageFault.NotFound);

    /// <summary>Makes sure of the path's dataset.</summary>
    public async Task EnterAsync<T>(ManageCall call, ManagedKind<T> kind)
        where T : DatedDocument, IDocument<T>
    {
        if (kind.HasDataset)
            await call.EnterDatasetAsync(datasets);
    }

    private static Stored<T>? Known<T>(ManageCall call, ManagedKind<T> kind)
        where T : DatedDocument, IDocument<T>
        => kind.Documents.Find(call.Scope, kind.HasDataset ? call.Dataset : null, call.Route("id"));

    private static async Task<Stored<T>> FindAsync<T>(ManageCall call, ManagedKind<T> kind)
        where T : DatedDocument, IDocument<T>
        => Known(call, kind) ?? (await kind.Found(call)).FirstOrDefault(f => f.Id == call.Route("id")) ?? throw new ManageException(ManageFault.NotFound);

    private static async Task<IReadOnlyList<Stored<T>>> ListedAsync<T>(ManageCall call, ManagedKind<T> kind)
        where T : DatedDocument, IDocument<T>
    {
        var made = kind.Documents.List(
            call.Scope, !kind.HasDataset || (call.Dataset == DocumentIds.AllDatasets && kind.AllListsEveryDataset) ? null : call.Dataset);
        return [.. made, .. await kind.Found(call)];
    }

    /// <summary>The service leaves out tags where there are none, and its Go clients tell an empty list from none.</summary>
    private static async Task<JsonObject> ShowAsync<T>(ManageCall call, ManagedKind<T> kind, Stored<T> stored)
        where T : DatedDocument, IDocument<T>
    {
        var shown = await kind.Show(call, stored);
        if (call.Dialect == ManageDialect.Keys && shown["tags"] is JsonArray { Count: 0 })
            shown.Remove("tags");
        return shown;
    }

    private T Dated<T>(T value, string id, DateTimeOffset createdAt)
        where T : DatedDocument
    {
        DatedDocument document = value;
        return (T)(document with { Id = id, CreatedAt = createdAt, UpdatedAt = time.GetUtcNow() });
    }
}
