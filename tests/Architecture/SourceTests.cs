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
        Sources.Select(f => (File: f, Lines: File.ReadLines(Path.Combine(Repository.Root, f)).Count())).Where(f => f.Lines > 600).ShouldBeEmpty();

    [Fact]
    public void No_type_has_a_name_that_says_nothing() =>
        Sources.Where(f => f.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(f => TypeNames().Matches(File.ReadAllText(Path.Combine(Repository.Root, f))).Select(m => $"{f}: {m.Groups[1].Value}"))
            .Where(name => EmptyNames().IsMatch(name))
            .ShouldBeEmpty();

    [Fact]
    public void Nothing_is_put_off() =>
        Sources.Where(f => !f.EndsWith("SourceTests.cs", StringComparison.Ordinal))
            .Where(f => PutOff().IsMatch(File.ReadAllText(Path.Combine(Repository.Root, f))))
            .ShouldBeEmpty();

    [Theory]
    [InlineData("Otlp")]
    [InlineData("Honeycomb")]
    [InlineData("XRay")]
    [InlineData("CloudWatchLogs")]
    [InlineData("Rollbar")]
    [InlineData("Api")]
    public void A_room_has_a_front_door(string room)
    {
        var folder = Path.Combine(Repository.Root, "src", "Protocols", room);
        File.Exists(Path.Combine(folder, "README.md")).ShouldBeTrue();
        File.Exists(Path.Combine(folder, room + "Room.cs")).ShouldBeTrue();
        Directory.Exists(Path.Combine(folder, "Tests")).ShouldBeTrue();
    }

    private static string[] Tracked()
    {
        var start = new ProcessStartInfo("git", ["ls-files"]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, UseShellExecute = false };
        using var git = Process.Start(start)!;
        return [.. git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(f => File.Exists(Path.Combine(Repository.Root, f)))];
    }

    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum)\s+([A-Z]\w*)", RegexOptions.NonBacktracking)]
    private static partial Regex TypeNames();

    [GeneratedRegex(@": \w*(Manager|Helpers?|Utils?|Utility|Common|Impl)$", RegexOptions.NonBacktracking)]
    private static partial Regex EmptyNames();

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|NotImplementedException|Skip\s*=\s*""|\.skip\(", RegexOptions.NonBacktracking)]
    private static partial Regex PutOff();
}
