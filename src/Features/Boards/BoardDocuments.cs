using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Core.Settings;

namespace Weir.Features.Boards;

/// <summary>A tag (key and value) of boards, triggers and SLOs.</summary>
internal sealed record Tag(string Key, string Value);

/// <summary>Queries, SLOs and texts on one page.</summary>
/// <param name="LayoutGeneration">auto: panels without a position get one; manual.</param>
internal sealed record Board(
    string Name = "",
    string Description = "",
    string Type = "flexible",
    string LayoutGeneration = "auto",
    IReadOnlyList<Panel>? Panels = null,
    IReadOnlyList<Tag>? Tags = null,
    IReadOnlyList<PresetFilter>? PresetFilters = null) : DatedDocument, IDocument<Board>
{
    private const int PanelHeight = 4;
    private const int PanelWidth = 6;

    public static string Collection => "manage-boards";

    public static JsonTypeInfo<Board> Json => BoardJson.Default.Board;

    /// <summary>Ids of queries, annotations and SLOs that the board shows.</summary>
    public IReadOnlySet<string> ShownIds() => (Panels ?? [])
        .SelectMany(p => new[] { p.QueryPanel?.QueryId, p.QueryPanel?.QueryAnnotationId, p.SloPanel?.SloId })
        .OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>Gives panels without a position one: two in a row, below those that have one.</summary>
    public static IReadOnlyList<Panel> Arrange(IReadOnlyList<Panel> panels)
    {
        var below = panels.Where(p => p.Position is not null).Select(p => p.Position!.YCoordinate + p.Position.Height).DefaultIfEmpty(0).Max();
        var placed = 0;
        return
        [
            .. panels.Select(panel =>
            {
                if (panel.Position is not null)
                    return panel;
                var i = placed++;
                return panel with { Position = new PanelPosition(PanelWidth * (i % 2), below + (PanelHeight * (i / 2)), PanelHeight, PanelWidth) };
            }),
        ];
    }
}

/// <param name="Type">query, slo or text; the panel of that name is set.</param>
internal sealed record Panel(
    string Type = "query", PanelPosition? Position = null, QueryPanel? QueryPanel = null, SloPanel? SloPanel = null, TextPanel? TextPanel = null);

/// <summary>In cells of a grid with twelve columns.</summary>
internal sealed record PanelPosition(
    [property: JsonPropertyName("x_coordinate")] long XCoordinate = 0, [property: JsonPropertyName("y_coordinate")] long YCoordinate = 0, long Height = 0, long Width = 0);

/// <param name="Dataset">The query's dataset, if the client sent it.</param>
internal sealed record QueryPanel(
    string QueryId = "", string? QueryAnnotationId = null, string QueryStyle = "graph", JsonElement? VisualizationSettings = null, string? Dataset = null)
{
    /// <summary>Members that only clients use.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

internal sealed record SloPanel(string SloId = "")
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

internal sealed record TextPanel(string Content = "")
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

internal sealed record PresetFilter(string Column, string Alias);

/// <summary>A view: filters that are applied to a board. It belongs to the board, while other objects belong to a dataset.</summary>
internal sealed record BoardView(string Name = "", IReadOnlyList<ViewFilter>? Filters = null) : DatedDocument, IDocument<BoardView>
{
    public static string Collection => "manage-board_views";

    public static JsonTypeInfo<BoardView> Json => BoardJson.Default.BoardView;
}

/// <param name="Value">Any value that the client compares with.</param>
internal sealed record ViewFilter(string Column, string Operation, JsonElement? Value = null);

/// <summary>The name of a stored query.</summary>
/// <param name="Source">query, or board: created for one board.</param>
internal sealed record QueryAnnotation(string Name = "", string Description = "", string QueryId = "", string Source = "query") : DatedDocument, IDocument<QueryAnnotation>
{
    public static string Collection => "manage-query_annotations";

    public static JsonTypeInfo<QueryAnnotation> Json => BoardJson.Default.QueryAnnotation;
}

/// <summary>A point or range in time that is shown on graphs.</summary>
/// <param name="StartTime">Seconds since 1970.</param>
/// <param name="EndTime">Seconds since 1970; null for a moment.</param>
internal sealed record Marker(long StartTime = 0, string Message = "", string Type = "", string Url = "", long? EndTime = null) : DatedDocument, IDocument<Marker>
{
    public static string Collection => "manage-markers";

    public static JsonTypeInfo<Marker> Json => BoardJson.Default.Marker;

    public static string NewId() => System.Security.Cryptography.RandomNumberGenerator.GetHexString(6, lowercase: true);
}

/// <summary>The colour of a type of markers.</summary>
/// <param name="Color">For example <c>#1A2B3C</c>.</param>
internal sealed record MarkerSetting(string Type = "", string Color = "") : DatedDocument, IDocument<MarkerSetting>
{
    public static string Collection => "manage-marker_settings";

    public static JsonTypeInfo<MarkerSetting> Json => BoardJson.Default.MarkerSetting;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Board))]
[JsonSerializable(typeof(BoardView))]
[JsonSerializable(typeof(QueryAnnotation))]
[JsonSerializable(typeof(Marker))]
[JsonSerializable(typeof(MarkerSetting))]
internal sealed partial class BoardJson : JsonSerializerContext;
