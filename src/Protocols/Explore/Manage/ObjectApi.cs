using System.Text.Json.Nodes;

namespace Weir.Protocols.Explore.Manage;

/// <summary>The usual calls on any <see cref="ManagedKind"/>.</summary>
internal sealed class ObjectApi(ManagedStore store, DatasetDirectory datasets, TimeProvider time)
{
    public async Task ListAsync(ManageCall call, ManagedKind kind)
    {
        await EnterAsync(call, kind);
        if (kind.Single(call) is var (member, value))
        {
            var single = (await ListedAsync(call, kind)).FirstOrDefault(m => (string?)m.Body[member] == value) ?? throw new ManageException(ManageFault.NotFound);
            await call.AnswerAsync(200, await ShowAsync(call, kind, single));
            return;
        }
        var list = new JsonArray();
        foreach (var managed in (await ListedAsync(call, kind)).Where(m => kind.Matches(call, m)).OrderBy(m => (string?)m.Body["created_at"], StringComparer.Ordinal).ThenBy(m => m.Id, StringComparer.Ordinal))
            list.Add(await ShowAsync(call, kind, managed));
        await call.AnswerAsync(200, list);
    }

    public async Task CreateAsync(ManageCall call, ManagedKind kind)
    {
        var input = new ManageInput(await call.BodyAsync());
        await EnterAsync(call, kind);
        if (store.List(kind.Name, "").Count >= kind.Most)
            throw new ManageException(ManageFault.Conflict($"there are {kind.Most} {kind.Name} already, which is the most Weir keeps"));
        var body = await kind.Shape(call, input, null);
        input.Check();
        var managed = await PutAsync(call, kind, new Managed(call.Scope, call.Dataset, kind.NewId(), body, 0), ManagedTime.Text(time.GetUtcNow()));
        await call.AnswerAsync(201, await ShowAsync(call, kind, managed));
    }

    public async Task ReadAsync(ManageCall call, ManagedKind kind)
    {
        await EnterAsync(call, kind);
        await call.AnswerAsync(200, await ShowAsync(call, kind, await FindAsync(call, kind)));
    }

    /// <summary>PUT: what the body leaves out is reset to its default.</summary>
    public async Task ReplaceAsync(ManageCall call, ManagedKind kind)
    {
        var input = new ManageInput(await call.BodyAsync());
        await EnterAsync(call, kind);
        var before = await FindAsync(call, kind);
        var body = await kind.Shape(call, input, before);
        input.Check();
        var managed = await PutAsync(call, kind, before with { Body = body }, (string?)before.Body["created_at"] ?? ManagedTime.Text(time.GetUtcNow()));
        await call.AnswerAsync(200, await ShowAsync(call, kind, managed));
    }

    public async Task DeleteAsync(ManageCall call, ManagedKind kind)
    {
        await EnterAsync(call, kind);
        var managed = await FindAsync(call, kind);
        await kind.BeforeDelete(call, managed);
        var answer = kind.DeleteAnswersObject ? await ShowAsync(call, kind, managed) : null;
        await store.DeleteAsync(kind.Name, managed, call.Stop);
        await call.AnswerAsync(kind.DeletedStatus, answer);
    }

    public Managed Find(ManageCall call, ManagedKind kind) =>
        store.Find(kind.Name, call.Scope, kind.HasDataset ? call.Dataset : null, call.Route("id")) ?? throw new ManageException(ManageFault.NotFound);

    /// <summary>Makes sure of the path's dataset.</summary>
    public async Task EnterAsync(ManageCall call, ManagedKind kind)
    {
        if (kind.HasDataset)
            call.Dataset = await datasets.SlugAsync(call);
    }

    private async Task<Managed> FindAsync(ManageCall call, ManagedKind kind) =>
        store.Find(kind.Name, call.Scope, kind.HasDataset ? call.Dataset : null, call.Route("id"))
        ?? (await kind.Found(call)).FirstOrDefault(f => f.Id == call.Route("id"))
        ?? throw new ManageException(ManageFault.NotFound);

    private async Task<IReadOnlyList<Managed>> ListedAsync(ManageCall call, ManagedKind kind)
    {
        var made = store.List(kind.Name, call.Scope, !kind.HasDataset || (call.Dataset == ManagedStore.AllDatasets && kind.AllListsEveryDataset) ? null : call.Dataset);
        return [.. made, .. await kind.Found(call)];
    }

    /// <summary>The service leaves out tags where there are none, and its Go clients tell an empty list from none.</summary>
    private static async Task<JsonObject> ShowAsync(ManageCall call, ManagedKind kind, Managed managed)
    {
        var shown = await kind.Show(call, managed);
        if (call.Dialect == ManageDialect.Keys && shown["tags"] is JsonArray { Count: 0 })
            shown.Remove("tags");
        return shown;
    }

    private async Task<Managed> PutAsync(ManageCall call, ManagedKind kind, Managed managed, string createdAt)
    {
        managed.Body.Remove("id");
        var body = new JsonObject { ["id"] = managed.Id };
        foreach (var (name, value) in managed.Body.ToList())
        {
            managed.Body.Remove(name);
            body[name] = value;
        }
        body["created_at"] = createdAt;
        body["updated_at"] = ManagedTime.Text(time.GetUtcNow());
        managed = managed with { Body = ManagedStore.Reread(body) };
        await store.PutAsync(kind.Name, managed, call.Stop);
        return managed;
    }
}
