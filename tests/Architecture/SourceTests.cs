using System.Diagnostics;
using System.Text.RegularExpressions;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Architecture;

/// <summary>Rules about the sources as text: lengths, names, what a room's folder holds.</summary>
public sealed partial class SourceTests
{
    private static readonly string[] Sources = [.. Tracked().Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".ts", StringComparison.Ordinal) || f.EndsWith(".tsx", StringComparison.Ordinal))];

    [Fact]
    public void No_file_is_longer_than_600_lines() =>
        Sources.Where(f => !f.EndsWith(".generated.ts", StringComparison.Ordinal)).Where(f => IsTooLong(File.ReadLines(Path.Combine(Repository.Root, f)))).ShouldBeEmpty();

    [Theory]
    [InlineData(600, false)]
    [InlineData(601, true)]
    public void A_file_that_is_too_long_is_found(int lines, bool found) => IsTooLong(Enumerable.Repeat("x", lines)).ShouldBe(found);

    [Fact]
    public void No_type_has_a_meaningless_name() =>
        Sources.Where(f => f.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(f => MeaninglessNames(File.ReadAllText(Path.Combine(Repository.Root, f))).Select(name => $"{f}: {name}"))
            .ShouldBeEmpty();

    [Theory]
    [InlineData("internal sealed class Order" + "Manager", "OrderManager")]
    [InlineData("record struct Text" + "Helpers(int A)", "TextHelpers")]
    [InlineData("interface IStore" + "Impl", "IStoreImpl")]
    [InlineData("static class " + "Utils", "Utils")]
    [InlineData("class CommonPrefix", null)]
    public void A_meaningless_name_is_found(string text, string? name) =>
        MeaninglessNames(text).ShouldBe(name is null ? [] : [name]);

    [Fact]
    public void Nothing_is_put_off() =>
        Sources.Where(f => !f.EndsWith("SourceTests.cs", StringComparison.Ordinal))
            .Where(f => PutOff().IsMatch(File.ReadAllText(Path.Combine(Repository.Root, f))))
            .ShouldBeEmpty();

    [Theory]
    [InlineData("// TODO: count them", true)]
    [InlineData("throw new NotImplementedException();", true)]
    [InlineData("[Fact(Skip = \"slow\")]", true)]
    [InlineData("test.skip('shows it', run)", true)]
    [InlineData("rows.Skip(1)", false)]
    public void What_is_put_off_is_found(string text, bool found) => PutOff().IsMatch(text).ShouldBe(found);

    [Theory]
    [InlineData("        await reader.ScanAsync(query, row => {}, cancellationToken);", true)]
    [InlineData("        var end = await reader.ScanAsync(query, row => {}, cancellationToken);", false)]
    [InlineData("        return await reader.ScanAsync(query, row => {}, cancellationToken);", false)]
    public void A_scan_whose_end_nobody_looks_at_is_found(string text, bool found) => UnaskedScan().IsMatch(text).ShouldBe(found);

    [Theory]
    [InlineData("var rows = table.Page(out _);", true)]
    [InlineData("var rows = table.Page(out var isCut);", false)]
    public void Rows_left_out_in_silence_are_found(string text, bool found) => LeavesOut(text).ShouldBe(found);

    /// <summary>Files that may read a page of rows without checking for more, and how their callers are informed.</summary>
    private static readonly Dictionary<string, string> RowsWithoutTheRest = new(StringComparer.Ordinal)
    {
        ["Features/Questions/RowLister.cs"] = "asks for a row more than the page, which makes the cursor",
        ["Features/Logs/LogLists.cs"] = "asks for a row more than the page, which makes the cursor",
        ["Features/Traces/Lists/TraceLists.cs"] = "asks for a trace more than the page, which makes the cursor",
        ["Features/Traces/Search/TraceSearch.cs"] = "asks for a candidate more than the page, which makes the token",
        ["Protocols/Api/Out/SearchReader.cs"] = "the notice says that there may be more of a kind",
        ["Features/Sampling/ServiceStrategies.cs"] = "operations by their number of spans; others have the service's default rate",
        ["Features/Traces/Analytics/SpanValues.cs"] = "suggestions for what is typed",
    };

    [Fact]
    public void Rows_past_a_limit_are_left_out_in_silence_nowhere()
    {
        var sources = Sources.Where(f => f.StartsWith("src/", StringComparison.Ordinal) && !f.Contains("/Tests/", StringComparison.Ordinal))
            .Select(f => (File: f["src/".Length..], Text: File.ReadAllText(Path.Combine(Repository.Root, f)))).ToList();
        sources.Where(s => LeavesOut(s.Text)).Select(s => s.File).ShouldBe(RowsWithoutTheRest.Keys, ignoreOrder: true);
        // How a scan ended is a value that says the same.
        sources.Where(s => UnaskedScan().IsMatch(s.Text)).Select(s => s.File).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Otlp")]
    [InlineData("Honeycomb")]
    [InlineData("XRay")]
    [InlineData("CloudWatchLogs")]
    [InlineData("Rollbar")]
    [InlineData("Api")]
    public void A_room_has_a_room_class(string room)
    {
        var folder = Path.Combine(Repository.Root, "src", "Protocols", room);
        File.Exists(Path.Combine(folder, "README.md")).ShouldBeTrue();
        File.Exists(Path.Combine(folder, room + "Room.cs")).ShouldBeTrue();
        Directory.Exists(Path.Combine(folder, "Tests")).ShouldBeTrue();
    }

    private static bool IsTooLong(IEnumerable<string> lines) => lines.Skip(600).Any();

    private static bool LeavesOut(string text) => text.Contains(".Page(out _)", StringComparison.Ordinal);

    private static IEnumerable<string> MeaninglessNames(string text) =>
        TypeNames().Matches(text).Select(m => m.Groups[1].Value).Where(name => EmptyNames().IsMatch(name));

    private static string[] Tracked()
    {
        var start = new ProcessStartInfo("git", ["ls-files"]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, UseShellExecute = false };
        using var git = Process.Start(start)!;
        return [.. git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(f => File.Exists(Path.Combine(Repository.Root, f)))];
    }

    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum)\s+([A-Z]\w*)", RegexOptions.NonBacktracking)]
    private static partial Regex TypeNames();

    [GeneratedRegex(@"^\w*(Manager|Helpers?|Utils?|Utility|Common|Impl)$", RegexOptions.NonBacktracking)]
    private static partial Regex EmptyNames();

    [GeneratedRegex(@"^\s*await [\w.]+\.ScanAsync\(", RegexOptions.NonBacktracking | RegexOptions.Multiline)]
    private static partial Regex UnaskedScan();

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|NotImplementedException|Skip\s*=\s*""|\.skip\(", RegexOptions.NonBacktracking)]
    private static partial Regex PutOff();
}
