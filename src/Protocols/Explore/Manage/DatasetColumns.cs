using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// <c>/columns/{dataset}</c>: the columns that the data has, and what people said of them; <c>?key_name=</c> asks for one. A column that nobody made has
/// an id that is made of its name, and is kept when it is changed.
/// </summary>
internal sealed class DatasetColumns(ManagedStore store, IColumnDirectory? directory = null) : ManagedKind
{
    private const int MostFound = 10_000;

    public override string Name => "columns";

    public override async Task<JsonObject> Shape(ManageCall call, ManageInput input, Managed? before)
    {
        var key = before is null ? input.Required("key_name", 255) : (string)before.Body["key_name"]!;
        var column = new JsonObject
        {
            ["key_name"] = key,
            ["type"] = input.OneOf("type", "string", "string", "float", "integer", "boolean", "histogram"),
            ["description"] = input.Text("description", 1023),
            ["hidden"] = input.Bool("hidden", otherwise: false),
        };
        input.Check();
        if (before is null && (store.List(Name, call.Scope, call.Dataset).Any(c => (string?)c.Body["key_name"] == key) || (await Found(call)).Any(c => (string?)c.Body["key_name"] == key)))
            throw new ManageException(ManageFault.Conflict($"a column named {key} already exists"));
        return column;
    }

    /// <summary>With when its data was last written, if the data has it.</summary>
    public override async Task<JsonObject> Show(ManageCall call, Managed managed)
    {
        var column = (JsonObject)managed.Body.DeepClone();
        if ((await SeenAsync(call)).GetValueOrDefault((string)column["key_name"]!) is { } seen)
            column["last_written"] = ManagedTime.Text(seen.LastSeen);
        return column;
    }

    public override async Task<IReadOnlyList<Managed>> Found(ManageCall call)
    {
        var made = store.List(Name, call.Scope, call.Dataset).Select(c => (string?)c.Body["key_name"]).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. (await SeenAsync(call)).Values.Where(c => !made.Contains(c.Key)).Select(c => new Managed(call.Scope, call.Dataset, IdOf(call.Dataset, c.Key), new JsonObject
            {
                ["id"] = IdOf(call.Dataset, c.Key),
                ["key_name"] = c.Key,
                ["type"] = TypeOf(c.Types),
                ["description"] = "",
                ["hidden"] = false,
                ["created_at"] = ManagedTime.Text(c.FirstSeen),
                ["updated_at"] = ManagedTime.Text(c.FirstSeen),
            }, 0)),
        ];
    }

    public override (string Member, string Value)? Single(ManageCall call) => call.Query("key_name") is { } key ? ("key_name", key) : null;

    /// <summary>Looked up once a request.</summary>
    private async Task<IReadOnlyDictionary<string, SeenColumn>> SeenAsync(ManageCall call)
    {
        if (directory is null)
            return new Dictionary<string, SeenColumn>(StringComparer.Ordinal);
        if (call.Http.Items[typeof(DatasetColumns)] is IReadOnlyDictionary<string, SeenColumn> known)
            return known;
        var environment = call.Scope.Length == 0 ? null : call.Scope;
        IReadOnlyList<string>? names = call.Dataset == ManagedStore.AllDatasets
            ? null
            : [.. (await directory.DatasetsAsync(environment, call.Stop)).Select(d => d.Name).Where(name => Datasets.SlugOf(name) == call.Dataset)];
        var seen = await directory.ColumnsAsync(new ColumnQuestion(names, SignalTable.All, "", null, MostFound)
        {
            Environment = environment,
            Among = call.Query("key_name") is { } key ? [key] : null,
        }, call.Stop);
        if (seen.Count >= MostFound)
            call.Http.Response.Headers["x-weir-notice"] = $"the dataset has more than {MostFound} columns, those that most days and datasets have are listed; any other is found by ?key_name=";
        var columns = seen.ToDictionary(c => c.Key, StringComparer.Ordinal);
        call.Http.Items[typeof(DatasetColumns)] = columns;
        return columns;
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
