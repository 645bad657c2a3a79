using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// <c>/datasets</c>. Deleting one forgets its settings and name; its events go when their retention ends, and if there still are some,
/// or new ones arrive, the dataset is there again.
/// </summary>
internal sealed class DatasetApi(ManagedStore store, Datasets datasets, DatasetDirectory directory)
{
    public async Task ListAsync(ManageCall call)
    {
        var list = new JsonArray();
        foreach (var dataset in await directory.ListAsync(call.Scope, call.Stop))
            list.Add(dataset.Body.DeepClone());
        await call.AnswerAsync(StatusCodes.Status200OK, list);
    }

    /// <summary>201 when it is new, 200 when it is there already.</summary>
    public async Task CreateAsync(ManageCall call)
    {
        var input = new ManageInput(await call.BodyAsync());
        var name = input.Required("name", 255);
        var (description, depth) = Read(input);
        input.Check();
        if (datasets.Find(call.Scope, name) is { } there)
        {
            await call.AnswerAsync(StatusCodes.Status200OK, there.Body);
            return;
        }
        var made = datasets.Make(call.Scope, name);
        made.Body["description"] = description;
        made.Body["expand_json_depth"] = depth;
        if (input.Object("settings") is { } settings)
            made.Body["settings"]!["delete_protected"] = settings.Bool("delete_protected", otherwise: false);
        input.Check();
        await PutAsync(call, made);
        await call.AnswerAsync(StatusCodes.Status201Created, made.Body);
    }

    public async Task ReadAsync(ManageCall call) => await call.AnswerAsync(StatusCodes.Status200OK, (await FindAsync(call)).Body);

    public async Task ReplaceAsync(ManageCall call)
    {
        var input = new ManageInput(await call.BodyAsync());
        var dataset = await FindAsync(call);
        var (description, depth) = Read(input);
        var isProtected = input.Object("settings")?.Bool("delete_protected", otherwise: false);
        input.Check();
        dataset.Body["description"] = description;
        dataset.Body["expand_json_depth"] = depth;
        if (isProtected is { } value)
            dataset.Body["settings"]!["delete_protected"] = value;
        await PutAsync(call, dataset);
        await call.AnswerAsync(StatusCodes.Status200OK, dataset.Body);
    }

    public async Task DeleteAsync(ManageCall call)
    {
        var dataset = await FindAsync(call);
        if ((bool?)dataset.Body["settings"]?["delete_protected"] == true)
            throw new ManageException(ManageFault.Conflict("the dataset is protected; set settings.delete_protected to false first"));
        await store.DeleteAsync(Datasets.Kind, dataset, call.Stop);
        datasets.Forget();
        await call.AnswerAsync(StatusCodes.Status202Accepted, null);
    }

    private async Task<Managed> FindAsync(ManageCall call)
    {
        var slug = await directory.SlugAsync(call);
        return datasets.Find(call.Scope, slug) ?? throw new ManageException(ManageFault.DatasetNotFound);
    }

    private async Task PutAsync(ManageCall call, Managed dataset)
    {
        await store.PutAsync(Datasets.Kind, dataset, call.Stop);
        datasets.Forget();
    }

    private static (string Description, long Depth) Read(ManageInput input) =>
        (input.Text("description", 1023), input.Whole("expand_json_depth", 0, 10) ?? 0);
}
