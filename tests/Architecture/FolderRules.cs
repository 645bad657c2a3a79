using System.Text.RegularExpressions;

namespace Weir.Tests.Architecture;

/// <summary>Folders and all below them may use, of the folders of their own assembly, only those named here and what is below these.</summary>
/// <param name="Folder">As the path below <c>src</c>.</param>
/// <param name="MayUse">With a slash at its end a folder alone is meant, without those below it.</param>
public sealed record FolderRule(string Folder, params IReadOnlyList<string> MayUse);

/// <summary>
/// What may know what. One table: a new feature, room or layer of a folder gets a line here. A folder without a line is held by the line of
/// the folder above it, and otherwise may use nothing outside of itself.
/// </summary>
public static partial class FolderRules
{
    /// <summary>The product's assemblies, by the names of their files.</summary>
    public static IReadOnlyList<string> Assemblies { get; } = ["Weir.Core", "Weir.Features", "Weir.Store", "Weir.Protocols", "weir"];

    public static IReadOnlyList<FolderRule> Table { get; } =
    [
        // The spine: the model knows nothing, columns and questions know it, the pipeline knows all three.
        new("Core/Access", "Core/Model"),
        new("Core/Columns", "Core/Model"),
        new("Core/Ingest", "Core/Columns", "Core/Model", "Core/Query", "Core/Settings"),
        new("Core/Model"),
        new("Core/Query", "Core/Columns", "Core/Model"),
        new("Core/Settings", "Core/Model"),

        // Features: which one asks which. In their root is what those with work of their own use: the loop.
        new("Features/Alerts", "Features/", "Features/Boards", "Features/Questions"),
        new("Features/Boards", "Features/"),
        new("Features/Errors", "Features/Questions"),
        new("Features/Logs", "Features/Questions"),
        new("Features/Questions"),
        new("Features/Requests", "Features/Questions"),
        new("Features/Requests/Facts"),
        new("Features/Requests/Stitching", "Features/Requests/Facts"),
        new("Features/Sampling"),
        new("Features/Traces", "Features/", "Features/Questions"),

        // Rooms: each speaks one wire with what Wire has for all of them, and Aws for those of AWS; Explore answers questions for the rooms that ask with JSON.
        new("Protocols/Api", "Protocols/Explore", "Protocols/Wire"),
        new("Protocols/Aws", "Protocols/Wire"),
        new("Protocols/CloudWatchLogs", "Protocols/Aws", "Protocols/Wire"),
        new("Protocols/Explore", "Protocols/Wire"),
        new("Protocols/Honeycomb", "Protocols/Explore", "Protocols/Wire"),
        new("Protocols/Otlp", "Protocols/Wire"),
        new("Protocols/Rollbar", "Protocols/Wire"),
        new("Protocols/Wire"),
        new("Protocols/XRay", "Protocols/Aws", "Protocols/Explore/Manage", "Protocols/Wire"),

        // The store: reading and writing meet in the engine and nowhere else.
        new("Store"),
        new("Store/Engine", "Store/"),
        new("Store/Read", "Store/", "Store/Engine", "Store/Write"),
        new("Store/Schema", "Store/Engine", "Store/Read"),
        new("Store/Settings", "Store/Engine", "Store/Read"),
        new("Store/Write", "Store/Engine"),

        new("Server"),
    ];

    /// <summary>Types that compose an assembly or a room, by their full names: room classes and their tables of operations, the store, the server.</summary>
    public static bool Composes(string type) => Front().IsMatch(type);

    /// <summary>Uses that the table does not allow, one line each.</summary>
    public static IReadOnlyList<string> Broken(FolderGraph graph) =>
        [.. graph.Uses.Where(use => !IsAllowed(use)).Select(use => $"{use.From} -> {use.To}: {use.Example}")];

    /// <summary>Folders of one assembly that use each other, one line a circle: there may be none.</summary>
    public static IReadOnlyList<string> Circles(FolderGraph graph) => [.. graph.Circles().Select(circle => string.Join(" <-> ", circle))];

    /// <summary>Statements of the engine in a source file that is not the store's, with the number of their line.</summary>
    public static IReadOnlyList<string> SqlOutsideTheStore(string file, string text) =>
        file.StartsWith("src/Store/", StringComparison.Ordinal) ? [] : Lines(file, text, Statement());

    /// <summary>JSON documents that can be changed are for those who read and write a wire.</summary>
    public static IReadOnlyList<string> JsonNodesOutsideTheRooms(string file, string text) =>
        file.StartsWith("src/Protocols/", StringComparison.Ordinal) ? [] : Lines(file, text, JsonNode());

    private static bool IsAllowed(FolderUse use)
    {
        var rule = Table.Where(r => Below(use.From, r.Folder)).MaxBy(r => r.Folder.Length);
        return Below(use.To, rule?.Folder ?? use.From)
            || (rule?.MayUse.Any(folder => folder.EndsWith('/') ? use.To == folder[..^1] : Below(use.To, folder)) ?? false);
    }

    private static bool Below(string folder, string other) =>
        folder == other || (folder.StartsWith(other, StringComparison.Ordinal) && folder[other.Length] == '/');

    private static IReadOnlyList<string> Lines(string file, string text, Regex wrong) =>
    [
        .. text.Split('\n').Select((line, i) => (Line: line, Number: i + 1))
            .Where(l => !l.Line.TrimStart().StartsWith("//", StringComparison.Ordinal) && wrong.IsMatch(l.Line))
            .Select(l => $"{file}:{l.Number}: {l.Line.Trim()}"),
    ];

    [GeneratedRegex(@"^Weir\.(Protocols\.\w+\.\w+(Room|Service)|Store\.ClickHouseStore|Server\.(Hosting|Commands)\.\w+|Server\.Program)$", RegexOptions.NonBacktracking)]
    private static partial Regex Front();

    [GeneratedRegex("\"[^\"]*\\b(SELECT\\s.+\\sFROM\\s|INSERT INTO |CREATE TABLE |ALTER TABLE |DROP TABLE |OPTIMIZE TABLE )", RegexOptions.NonBacktracking)]
    private static partial Regex Statement();

    [GeneratedRegex(@"\bJson(Node|Object|Array|Value)\b|System\.Text\.Json\.Nodes", RegexOptions.NonBacktracking)]
    private static partial Regex JsonNode();
}
