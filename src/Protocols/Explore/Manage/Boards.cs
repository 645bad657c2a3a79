using System.Text.Json.Nodes;

namespace Weir.Protocols.Explore.Manage;

/// <summary><c>/boards</c>: queries, SLOs and texts on one page.</summary>
internal sealed class Boards(ManagedStore store, StoredQueries queries) : ManagedKind
{
    public override string Name => "boards";

    public override bool HasDataset => false;

    public override Task<JsonObject> Shape(ManageCall call, ManageInput input, Managed? before)
    {
        var panels = new JsonArray();
        foreach (var panel in input.Objects("panels", 100))
            panels.Add(Panel(call, panel, IdsOf(before)));
        if (input.Text("layout_generation", 16, "auto") == "auto")
            Lay(panels);
        var filters = new JsonArray();
        foreach (var filter in input.Objects("preset_filters", 5))
            filters.Add(new JsonObject { ["column"] = filter.Required("column", 255), ["alias"] = filter.Required("alias", 50) });
        return Task.FromResult(new JsonObject
        {
            ["name"] = input.Required("name", 255),
            ["description"] = input.Text("description", 1024),
            ["type"] = input.OneOf("type", "flexible", "flexible"),
            ["layout_generation"] = input.OneOf("layout_generation", "auto", "auto", "manual"),
            ["panels"] = panels,
            ["tags"] = input.Tags(),
            ["preset_filters"] = filters,
        });
    }

    public override Task<JsonObject> Show(ManageCall call, Managed managed)
    {
        var board = (JsonObject)managed.Body.DeepClone();
        foreach (var panel in (board["panels"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (panel["query_panel"] is JsonObject shown && shown["dataset"] is null && queries.Find(call.Scope, (string?)shown["query_id"] ?? "") is { } query)
                shown["dataset"] = query.Dataset;
        }
        board["links"] = new JsonObject { ["board_url"] = $"{call.Host}/boards/{managed.Id}" };
        return Task.FromResult(board);
    }

    /// <summary>Panels without a place get one: two beside each other, below those that have one.</summary>
    private static void Lay(JsonArray panels)
    {
        var placed = panels.Select(p => p!["position"]).OfType<JsonObject>().ToList();
        var below = placed.Count == 0 ? 0 : placed.Max(p => (long)p["y_coordinate"]! + (long)p["height"]!);
        foreach (var (i, panel) in panels.Where(p => p!["position"] is null).ToList().Index())
            panel!["position"] = new JsonObject { ["x_coordinate"] = 6 * (i % 2), ["y_coordinate"] = below + (4 * (i / 2)), ["height"] = 4L, ["width"] = 6L };
    }

    /// <summary>A board's views go with it.</summary>
    public override async Task BeforeDelete(ManageCall call, Managed managed)
    {
        foreach (var view in store.List(BoardViews.Kind, "", managed.Id))
            await store.DeleteAsync(BoardViews.Kind, view, call.Stop);
    }

    /// <summary>What the board showed already may have been deleted since, which must not keep people from changing the board.</summary>
    private static HashSet<string> IdsOf(Managed? board) =>
        [.. (board?.Body["panels"] as JsonArray ?? []).SelectMany(p => new[] { p?["query_panel"]?["query_id"], p?["query_panel"]?["query_annotation_id"], p?["slo_panel"]?["slo_id"] })
            .Select(id => (string?)id).OfType<string>()];

    private static void Check(ManageInput panel, string member, HashSet<string> before, Func<string, Managed?> find, string what)
    {
        if (panel.Text(member, 64) is { Length: > 0 } id && !before.Contains(id) && find(id) is null)
            panel.Fault(member, "invalid", $"there is no such {what}");
    }

    private JsonObject Panel(ManageCall call, ManageInput input, HashSet<string> before)
    {
        var type = input.OneOf("type", "query", "query", "slo", "text");
        var panel = new JsonObject { ["type"] = type };
        if (input.Object("position") is { } position)
        {
            panel["position"] = new JsonObject
            {
                ["x_coordinate"] = position.Whole("x_coordinate", 0, 10_000) ?? 0,
                ["y_coordinate"] = position.Whole("y_coordinate", 0, 10_000) ?? 0,
                ["height"] = position.Whole("height", 0, 1000) ?? 0,
                ["width"] = position.Whole("width", 0, 12) ?? 0,
            };
        }
        var member = type + "_panel";
        if (input.Object(member) is not { } inner)
        {
            input.Fault(member, "missing", $"is required for a panel of type {type}");
            return panel;
        }
        switch (type)
        {
            case "query":
                inner.Required("query_id", 64);
                inner.Text("query_annotation_id", 64);
                inner.OneOf("query_style", "graph", "graph", "table", "combo");
                inner.Object("visualization_settings");
                Check(inner, "query_id", before, id => queries.Find(call.Scope, id), "query");
                Check(inner, "query_annotation_id", before, id => store.Find("query_annotations", call.Scope, dataset: null, id), "query annotation");
                break;
            case "slo":
                inner.Required("slo_id", 64);
                Check(inner, "slo_id", before, id => store.Find(Slos.Kind, call.Scope, dataset: null, id), "SLO");
                break;
            default:
                inner.Required("content", 10_000);
                break;
        }
        panel[member] = inner.ToJson();
        if (type == "query" && !inner.Has("query_style"))
            panel[member]!["query_style"] = "graph";
        return panel;
    }
}

/// <summary><c>/boards/{board}/views</c>: filters to look at a board with.</summary>
internal sealed class BoardViews(ManagedStore store) : ManagedKind
{
    public const string Kind = "board_views";

    public override string Name => Kind;

    public override bool HasDataset => false;

    public override Task<JsonObject> Shape(ManageCall call, ManageInput input, Managed? before)
    {
        var filters = new JsonArray();
        foreach (var filter in input.Objects("filters", 100))
        {
            var shaped = new JsonObject { ["column"] = filter.Required("column", 255), ["operation"] = filter.Required("operation", 32) };
            if (filter["value"] is { } value)
                shaped["value"] = value;
            filters.Add(shaped);
        }
        return Task.FromResult(new JsonObject { ["name"] = input.Required("name", 255), ["filters"] = filters });
    }

    /// <summary>Puts the path's board where others have their dataset; throws 404 when there is none.</summary>
    public ManageCall Enter(ManageCall call)
    {
        call.Dataset = store.Find("boards", call.Scope, dataset: null, call.Route("board"))?.Id ?? throw new ManageException(ManageFault.NotFound);
        return call;
    }

    public override bool Matches(ManageCall call, Managed managed) => managed.Dataset == call.Dataset;
}
