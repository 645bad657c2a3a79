using System.Globalization;
using Shouldly;
using Weir.Tests.Architecture.Planted.Outer;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Architecture;

/// <summary>The rules of <see cref="FolderRules"/> over the product, and each of them over something that breaks it.</summary>
public sealed class FolderTests
{
    private static readonly Lazy<FolderGraph> Product = new(() => FolderGraph.Of(
        FolderRules.Assemblies.Select(assembly => Path.Combine(AppContext.BaseDirectory, assembly + ".dll")), FolderRules.Composes));

    private static readonly Lazy<IReadOnlyList<(string File, string Text)>> Sources = new(() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/Tests/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal))
            .Select(file => (file, File.ReadAllText(Path.Combine(Repository.Root, file)))),
    ]);

    [Fact]
    public void A_folder_uses_only_the_folders_that_the_table_allows() => FolderRules.Broken(Product.Value).ShouldBeEmpty();

    [Fact]
    public void No_folders_use_each_other_in_a_circle() => FolderRules.Circles(Product.Value).ShouldBeEmpty();

    [Fact]
    public void No_SQL_is_outside_the_store() =>
        Sources.Value.SelectMany(s => FolderRules.SqlOutsideTheStore(s.File, s.Text)).ShouldBeEmpty();

    [Fact]
    public void No_mutable_json_document_is_outside_the_rooms() =>
        Sources.Value.SelectMany(s => FolderRules.JsonNodesOutsideTheRooms(s.File, s.Text)).ShouldBeEmpty();

    [Fact]
    public void Every_folder_of_the_product_has_a_line()
    {
        var layers = new[] { "Core", "Features", "Protocols" };
        var folders = layers.SelectMany(layer => Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src", layer))
            .Select(Path.GetFileName).Where(name => name is not ("obj" or "bin")).Select(name => $"{layer}/{name}"));
        folders.Except(FolderRules.Table.Select(rule => rule.Folder), StringComparer.Ordinal).ShouldBeEmpty();
        FolderRules.Table.Select(rule => rule.Folder).Where(folder => !Directory.Exists(Path.Combine(Repository.Root, "src", folder))).ShouldBeEmpty();
    }

    [Fact]
    public void The_graph_is_read_from_the_compiled_assemblies()
    {
        Product.Value.Uses.ShouldContain(use => use.From == "Features/Traces/Graph" && use.To == "Features/Traces/Model");
        Product.Value.Uses.Select(use => use.From.Split('/')[0]).Distinct(StringComparer.Ordinal).Intersect(["Core", "Features", "Protocols", "Store"]).Count().ShouldBe(4);
        // A room class uses everything in its room and does not count as a user.
        Product.Value.Uses.ShouldNotContain(use => use.Example.StartsWith("XRayService ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Features/Errors", "Features/Traces", false)]
    [InlineData("Features/Errors", "Features/Questions/Fields", true)]
    [InlineData("Features/Traces/Model", "Features/Traces/Graph", true)]
    [InlineData("Features/Sampling", "Features/Logs", false)]
    [InlineData("Features/New", "Features/Logs", false)]
    [InlineData("Protocols/XRay/Out", "Protocols/CloudWatchLogs/In", false)]
    [InlineData("Protocols/XRay", "Protocols/Wire", true)]
    [InlineData("Protocols/XRay", "Protocols/Aws", true)]
    [InlineData("Protocols/Aws", "Protocols/XRay", false)]
    [InlineData("Protocols/Wire", "Protocols/Aws", false)]
    [InlineData("Protocols/Rollbar", "Protocols/Aws", false)]
    [InlineData("Protocols/Wire", "Protocols/Otlp", false)]
    [InlineData("Protocols/Explore/Manage", "Protocols/Api", false)]
    [InlineData("Core/Model", "Core/Ingest", false)]
    [InlineData("Core/Columns", "Core/Query", false)]
    [InlineData("Core/Query/Text", "Core/Model", true)]
    [InlineData("Store/Engine", "Store/Read", false)]
    [InlineData("Store/Engine", "Store", true)]
    [InlineData("Store/Write", "Store/Read", false)]
    public void A_use_that_the_table_does_not_name_is_found(string from, string to, bool allowed) =>
        (FolderRules.Broken(Planted((from, to))).Count == 0).ShouldBe(allowed);

    [Fact]
    public void A_circle_is_found_however_long_it_is()
    {
        FolderRules.Circles(Planted(("A", "B"), ("B", "C"), ("A", "C"))).ShouldBeEmpty();
        FolderRules.Circles(Planted(("A", "B"), ("B", "A"))).ShouldBe(["A <-> B"]);
        FolderRules.Circles(Planted(("A", "B"), ("B", "C"), ("C", "A"), ("C", "D"))).ShouldBe(["A <-> B <-> C"]);
        FolderRules.Circles(Planted(("A", "A/In"), ("A/In", "A"))).ShouldBe(["A <-> A/In"]);
    }

    /// <summary>From what the compiler made of two folders that use each other only inside a method and a type argument.</summary>
    [Fact]
    public void A_circle_that_is_compiled_into_an_assembly_is_found()
    {
        var graph = FolderGraph.Of([typeof(FolderTests).Assembly.Location], static _ => false);
        FolderRules.Circles(graph).ShouldContain("Tests/Architecture/Planted/Inner <-> Tests/Architecture/Planted/Outer");
        FolderRules.Circles(FolderGraph.Of([typeof(FolderTests).Assembly.Location], static type => type == typeof(UsesInner).FullName))
            .ShouldNotContain(circle => circle.Contains("Planted", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("src/Features/Traces/A.cs", "var sql = \"SELECT name FROM spans WHERE x\";", 1)]
    [InlineData("src/Protocols/Api/A.cs", "Run($\"INSERT INTO {table} VALUES\");", 1)]
    [InlineData("src/Server/A.cs", "a\nvar sql = \"ALTER TABLE logs DELETE WHERE 1\";", 1)]
    [InlineData("src/Store/Read/A.cs", "var sql = \"SELECT name FROM spans\";", 0)]
    [InlineData("src/Features/A.cs", "// \"SELECT name FROM spans\"", 0)]
    [InlineData("src/Server/A.cs", "\"One SELECT over the tables spans, logs.\"", 0)]
    public void A_statement_outside_the_store_is_found(string file, string text, int expected) =>
        FolderRules.SqlOutsideTheStore(file, text).Count.ShouldBe(expected);

    [Theory]
    [InlineData("src/Features/Alerts/A.cs", "private readonly JsonObject _body;", 1)]
    [InlineData("src/Core/A.cs", "using System.Text.Json.Nodes;", 1)]
    [InlineData("src/Server/A.cs", "JsonNode.Parse(text)", 1)]
    [InlineData("src/Protocols/Explore/A.cs", "private readonly JsonObject _body;", 0)]
    [InlineData("src/Features/A.cs", "JsonElement value", 0)]
    public void A_changeable_json_document_outside_the_rooms_is_found(string file, string text, int expected) =>
        FolderRules.JsonNodesOutsideTheRooms(file, text).Count.ShouldBe(expected);

    private static FolderGraph Planted(params (string From, string To)[] uses) =>
        new([.. uses.Select((use, i) => new FolderUse(use.From, use.To, 1, i.ToString(CultureInfo.InvariantCulture)))]);
}
