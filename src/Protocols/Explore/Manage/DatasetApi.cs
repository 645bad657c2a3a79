using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Features.Questions.Kept;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// <c>/datasets</c>. Deleting one forgets its settings and name; its events go when their retention ends, and if there still are some,
/// or new ones arrive, the dataset is there again.
/// </summary>
internal sealed class DatasetApi(Datasets datasets, DatasetDirectory directory, IColumnDirectory? columns = null)
{
    public async Task ListAsync(ManageCall call)
    {
        var list = new JsonArray();
        var seen = await SeenAsync(call);
        var (listed, more) = await directory.ListAsync(call.Scope, call.Stop);
        if (more)
            call.Http.Response.Headers["x-weir-notice"] = "there are more datasets than these; the others are found by their names";
        else if (seen.Count >= IColumnDirectory.MostDatasets)
            call.Http.Response.Headers["x-weir-notice"] = $"there are more than {IColumnDirectory.MostDatasets} datasets; those that were written to last are listed with their figures";
        foreach (var dataset in listed)
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
        // As at the service: what was made by hand is protected unless it says otherwise.
        var isProtected = input.Object("settings")?.Bool("delete_protected", otherwise: true) ?? true;
        input.Check();
        var made = datasets.Make(call.Scope, name);
        made = made with { Value = made.Value with { Description = description, ExpandJsonDepth = depth, Settings = new DatasetSettings(isProtected) } };
        await datasets.PutAsync(made, call.Stop);
        await call.AnswerAsync(StatusCodes.Status201Created, Members(made));
    }

    public async Task ReadAsync(ManageCall call) => await call.AnswerAsync(StatusCodes.Status200OK, Shown(await FindAsync(call), await SeenAsync(call)));

    public async Task ReplaceAsync(ManageCall call)
    {
        var input = new ManageInput(await call.BodyAsync());
        var dataset = await FindAsync(call);
        var (description, depth) = Read(input);
        var isProtected = input.Object("settings")?.Bool("delete_protected", otherwise: false);
        input.Check();
        dataset = dataset with
        {
            Value = dataset.Value with
            {
                Description = description,
                ExpandJsonDepth = depth,
                Settings = isProtected is { } value ? new DatasetSettings(value) : dataset.Value.Settings,
            },
        };
        await datasets.PutAsync(dataset, call.Stop);
        await call.AnswerAsync(StatusCodes.Status200OK, Shown(dataset, await SeenAsync(call)));
    }

    public async Task DeleteAsync(ManageCall call)
    {
        var dataset = await FindAsync(call);
        if (dataset.Value.Settings?.DeleteProtected == true)
            throw new ManageException(ManageFault.Conflict("the dataset is protected; set settings.delete_protected to false first"));
        await datasets.DeleteAsync(dataset, call.Stop);
        await call.AnswerAsync(StatusCodes.Status202Accepted, null);
    }

    private async Task<ILookup<string, SeenDataset>> SeenAsync(ManageCall call) =>
        (columns is null ? [] : await columns.DatasetsAsync(call.Scope.Length == 0 ? null : call.Scope, call.Stop)).ToLookup(d => Datasets.SlugOf(d.Name), StringComparer.Ordinal);

    /// <summary>With what the data tells: when it was written to last, and how many columns it has beside those that every row has.</summary>
    private static JsonObject Shown(Stored<DatasetDocument> dataset, ILookup<string, SeenDataset> seen)
    {
        var shown = Members(dataset);
        if (seen.Contains(dataset.Id))
        {
            shown["last_written_at"] = WholeSecondsConverter.Text(seen[dataset.Id].Max(d => d.LastWritten));
            shown["regular_columns_count"] = seen[dataset.Id].Max(d => d.Attributes);
        }
        return shown;
    }

    private static JsonObject Members(Stored<DatasetDocument> dataset) => (JsonObject)JsonSerializer.SerializeToNode(dataset.Value, DatasetDocument.Json)!;

    private async Task<Stored<DatasetDocument>> FindAsync(ManageCall call)
    {
        await call.EnterDatasetAsync(directory);
        return datasets.Find(call.Scope, call.Dataset) ?? throw new ManageException(ManageFault.DatasetNotFound);
    }

    private static (string Description, int Depth) Read(ManageInput input) =>
        (input.Text("description", 1023), (int)(input.Whole("expand_json_depth", 0, 10) ?? 0));
}
