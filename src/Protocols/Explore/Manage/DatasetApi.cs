using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Weir.Core.Query;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// <c>/datasets</c>. Deleting one forgets its settings and name; its events go when their retention ends, and if there still are some,
/// or new ones arrive, the dataset is there again.
/// </summary>
internal sealed class DatasetApi(ManagedStore store, Datasets datasets, DatasetDirectory directory, IColumnDirectory? columns = null)
{
    public async Task ListAsync(ManageCall call)
    {
        var list = new JsonArray();
        var seen = await SeenAsync(call);
        if (seen.Count >= IColumnDirectory.MostDatasets)
            call.Http.Response.Headers["x-weir-notice"] = $"there are more than {IColumnDirectory.MostDatasets} datasets; those that were written to last are listed with their figures";
        foreach (var dataset in await directory.ListAsync(call.Scope, call.Stop))
            list.Add(Shown(dataset, seen));
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
            await call.AnswerAsync(StatusCodes.Status200OK, Shown(there, await SeenAsync(call)));
            return;
        }
        var made = datasets.Make(call.Scope, name);
        made.Body["description"] = description;
        made.Body["expand_json_depth"] = depth;
        // As at the service: what was made by hand is protected unless it says otherwise.
        made.Body["settings"]!["delete_protected"] = input.Object("settings")?.Bool("delete_protected", otherwise: true) ?? true;
        input.Check();
        await PutAsync(call, made);
        await call.AnswerAsync(StatusCodes.Status201Created, made.Body);
    }

    public async Task ReadAsync(ManageCall call) => await call.AnswerAsync(StatusCodes.Status200OK, Shown(await FindAsync(call), await SeenAsync(call)));

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
        await call.AnswerAsync(StatusCodes.Status200OK, Shown(dataset, await SeenAsync(call)));
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

    private async Task<ILookup<string, SeenDataset>> SeenAsync(ManageCall call) =>
        (columns is null ? [] : await columns.DatasetsAsync(call.Scope.Length == 0 ? null : call.Scope, call.Stop)).ToLookup(d => Datasets.SlugOf(d.Name), StringComparer.Ordinal);

    /// <summary>With what the data tells: when it was written to last, and how many columns it has beside those that every row has.</summary>
    private static JsonObject Shown(Managed dataset, ILookup<string, SeenDataset> seen)
    {
        var shown = (JsonObject)dataset.Body.DeepClone();
        if (seen.Contains(dataset.Id))
        {
            shown["last_written_at"] = ManagedTime.Text(seen[dataset.Id].Max(d => d.LastWritten));
            shown["regular_columns_count"] = seen[dataset.Id].Max(d => d.Attributes);
        }
        return shown;
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
