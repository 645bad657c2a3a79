using System.Text.Json.Nodes;
using Weir.Core.Settings;
using Weir.Features.Alerts;
using Weir.Features.Boards;
using Weir.Features.Questions.Kept;

namespace Weir.Protocols.Explore.Manage;

/// <summary><c>/boards</c>: queries, SLOs and texts on one page.</summary>
internal sealed class Boards(
    Documents<Board> boards, Documents<BoardView> views, Documents<QueryAnnotation> annotations, Documents<Slo> slos, StoredQueries queries) : ManagedKind<Board>(boards)
{
    public override string Name => "boards";

    public override bool HasDataset => false;

    public override Task<Board> Shape(ManageCall call, ManageInput input, Stored<Board>? before)
    {
        // What the board showed already may have been deleted since, which must not keep people from changing the board.
        var shown = before?.Value.ShownIds() ?? new HashSet<string>(StringComparer.Ordinal);
        IReadOnlyList<Panel> panels = [.. input.Objects("panels", 100).Select(panel => ShapePanel(call, panel, shown))];
        var isAuto = input.Text("layout_generation", 16, "auto") == "auto";
        var filters = input.Objects("preset_filters", 5).Select(f => new PresetFilter(f.Required("column", 255), f.Required("alias", 50))).ToList();
        return Task.FromResult(new Board(
            input.Required("name", 255),
            input.Text("description", 1024),
            input.OneOf("type", "flexible", "flexible"),
            input.OneOf("layout_generation", "auto", "auto", "manual"),
            isAuto ? Board.Arrange(panels) : panels,
            input.Tags(),
            filters));
    }

    public override Task<JsonObject> Show(ManageCall call, Stored<Board> stored)
    {
        var board = Members(stored, new BoardAddress(new BoardLinks($"{call.Host}/boards/{stored.Id}")), AddedJson.Default.BoardAddress);
        foreach (var panel in (board["panels"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (panel["query_panel"] is JsonObject shown && shown["dataset"] is null && queries.Find(call.Scope, (string?)shown["query_id"] ?? "") is { } query)
                shown["dataset"] = query.Dataset;
        }
        return Task.FromResult(board);
    }

    /// <summary>A board's views go with it.</summary>
    public override async Task BeforeDelete(ManageCall call, Stored<Board> stored)
    {
        foreach (var view in views.List("", stored.Id))
            await views.DeleteAsync(view, call.Stop);
    }

    private static void Check(ManageInput panel, string member, IReadOnlySet<string> shown, Func<string, bool> isThere, string what)
    {
        if (panel.Text(member, 64) is { Length: > 0 } id && !shown.Contains(id) && !isThere(id))
            panel.Fault(member, "invalid", $"there is no such {what}");
    }

    private Panel ShapePanel(ManageCall call, ManageInput input, IReadOnlySet<string> shown)
    {
        var type = input.OneOf("type", "query", "query", "slo", "text");
        var panel = new Panel(type, input.Object("position") is not { } position ? null : new PanelPosition(
            position.Whole("x_coordinate", 0, 10_000) ?? 0, position.Whole("y_coordinate", 0, 10_000) ?? 0, position.Whole("height", 0, 1000) ?? 0, position.Whole("width", 0, 12) ?? 0));
        if (input.Object(type + "_panel") is not { } inner)
        {
            input.Fault(type + "_panel", "missing", $"is required for a panel of type {type}");
            return panel;
        }
        switch (type)
        {
            case "query":
                inner.Object("visualization_settings");
                var query = new QueryPanel(
                    inner.Required("query_id", 64),
                    inner.Has("query_annotation_id") ? inner.Text("query_annotation_id", 64) : null,
                    inner.OneOf("query_style", "graph", "graph", "table", "combo"),
                    inner.Element("visualization_settings"),
                    inner.Has("dataset") ? inner.Text("dataset", 255) : null)
                {
                    Others = inner.Others("query_id", "query_annotation_id", "query_style", "dataset", "visualization_settings"),
                };
                Check(inner, "query_id", shown, id => queries.Find(call.Scope, id) is not null, "query");
                Check(inner, "query_annotation_id", shown, id => annotations.Find(call.Scope, dataset: null, id) is not null, "query annotation");
                return panel with { QueryPanel = query };
            case "slo":
                var slo = new SloPanel(inner.Required("slo_id", 64)) { Others = inner.Others("slo_id") };
                Check(inner, "slo_id", shown, id => slos.Find(call.Scope, dataset: null, id) is not null, "SLO");
                return panel with { SloPanel = slo };
            default:
                return panel with { TextPanel = new TextPanel(inner.Required("content", 10_000)) { Others = inner.Others("content") } };
        }
    }
}

/// <summary><c>/boards/{board}/views</c>: filters to look at a board with.</summary>
internal sealed class BoardViews(Documents<BoardView> views, Documents<Board> boards) : ManagedKind<BoardView>(views)
{
    public override string Name => "board_views";

    public override bool HasDataset => false;

    public override Task<BoardView> Shape(ManageCall call, ManageInput input, Stored<BoardView>? before)
    {
        var filters = input.Objects("filters", 100)
            .Select(filter => new ViewFilter(filter.Required("column", 255), filter.Required("operation", 32), filter.Element("value"))).ToList();
        return Task.FromResult(new BoardView(input.Required("name", 255), filters));
    }

    /// <summary>Puts the path's board where others have their dataset; throws 404 when there is none.</summary>
    public ManageCall Enter(ManageCall call)
    {
        call.Dataset = boards.Find(call.Scope, dataset: null, call.Route("board"))?.Id ?? throw new ManageException(ManageFault.NotFound);
        return call;
    }

    public override bool Matches(ManageCall call, Stored<BoardView> stored) => stored.Dataset == call.Dataset;
}
