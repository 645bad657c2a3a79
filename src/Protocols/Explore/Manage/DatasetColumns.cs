using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Features.Questions.Kept;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// <c>/columns/{dataset}</c>: the columns that the data has, and what people said of them; <c>?key_name=</c> asks for one. A column that nobody made has
/// an id that is made of its name, and is kept when it is changed.
/// </summary>
internal sealed class DatasetColumns(Documents<ColumnDescription> columns, IColumnDirectory? directory = null) : ManagedKind<ColumnDescription>(columns)
{
    private const int MostFound = 10_000;

    public override string Name => "columns";

    public override async Task<ColumnDescription> Shape(ManageCall call, ManageInput input, Stored<ColumnDescription>? before)
    {
        var column = new ColumnDescription(
            before?.Value.KeyName ?? input.Required("key_name", 255),
            input.OneOf("type", "string", "string", "float", "integer", "boolean", "histogram"),
            input.Text("description", 1023),
            input.Bool("hidden", otherwise: false));
        input.Check();
        if (before is null && Documents.List(call.Scope, call.Dataset).Concat(await Found(call)).Any(c => c.Value.KeyName == column.KeyName))
            throw new ManageException(ManageFault.Conflict($"a column named {column.KeyName} already exists"));
        return column;
    }

    /// <summary>With when its data was last written, if the data has it.</summary>
    public override async Task<JsonObject> Show(ManageCall call, Stored<ColumnDescription> stored)
    {
        var column = Members(stored);
        if ((await SeenAsync(call)).GetValueOrDefault(stored.Value.KeyName) is { } seen)
            column["last_written"] = WholeSecondsConverter.Text(seen.LastSeen);
        return column;
    }

    public override async Task<IReadOnlyList<Stored<ColumnDescription>>> Found(ManageCall call)
    {
        var made = Documents.List(call.Scope, call.Dataset).Select(c => c.Value.KeyName).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. (await SeenAsync(call)).Values.Where(c => !made.Contains(c.Key)).Select(c => (Id: IdOf(call.Dataset, c.Key), Column: c)).Select(c => new Stored<ColumnDescription>(
                call.Scope, call.Dataset, c.Id, new ColumnDescription(c.Column.Key, TypeOf(c.Column.Types)) { Id = c.Id, CreatedAt = c.Column.FirstSeen, UpdatedAt = c.Column.FirstSeen })),
        ];
    }

    public override Func<ColumnDescription, bool>? Single(ManageCall call) => call.Query("key_name") is { } key ? column => column.KeyName == key : null;

    /// <summary>Looked up once a request.</summary>
    private async Task<IReadOnlyDictionary<string, SeenColumn>> SeenAsync(ManageCall call)
    {
        if (directory is null)
            return new Dictionary<string, SeenColumn>(StringComparer.Ordinal);
        if (call.Http.Items[typeof(DatasetColumns)] is IReadOnlyDictionary<string, SeenColumn> known)
            return known;
        var environment = call.Scope.Length == 0 ? null : call.Scope;
        IReadOnlyList<string>? names = call.Dataset == DocumentIds.AllDatasets
            ? null
            : [.. (await directory.DatasetsAsync(environment, call.Stop)).Select(d => d.Name).Where(name => Datasets.SlugOf(name) == call.Dataset)];
        var seen = await directory.ColumnsAsync(new ColumnQuestion(names, SignalTable.All, "", null, MostFound)
        {
            Environment = environment,
            Among = call.Query("key_name") is { } key ? [key] : null,
        }, call.Stop);
        if (seen.Count >= MostFound)
            call.Http.Response.Headers["x-weir-notice"] = $"the dataset has more than {MostFound} columns, those that most days and datasets have are listed; any other is found by ?key_name=";
        var byKey = seen.ToDictionary(c => c.Key, StringComparer.Ordinal);
        call.Http.Items[typeof(DatasetColumns)] = byKey;
        return byKey;
    }

    private static string TypeOf(IReadOnlyList<SeenType> types) => types switch
    {
        [var only] => only.ToString().ToLowerInvariant(),
        _ when types.All(t => t is SeenType.Integer or SeenType.Float) => "float",
        _ => "string",
    };

    private static string IdOf(string dataset, string key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{dataset}\n{key}")))[..11];
}
