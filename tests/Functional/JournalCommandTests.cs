using System.Net;
using System.Text;
using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Rows that the engine refuses are set aside, can be managed with <c>weir journal</c>, and do not block others; files are private.</summary>
public sealed class JournalCommandTests
{
    [Fact]
    public async Task Set_aside_segments_are_listed_retried_and_dropped_running_and_stopped()
    {
        var folder = Directory.CreateTempSubdirectory("weir-aside-").FullName;
        var journal = Directory.CreateDirectory(Path.Combine(folder, "journal")).FullName;
        const string Name = "00000000000000000003-0123456789abcdef.seg";
        await File.WriteAllBytesAsync(Path.Combine(journal, Name), Segment());
        await File.WriteAllTextAsync(Path.Combine(journal, "zz-1.seg"), "WEIRJNL2");
        await using (var weir = await WeirProcess.StartAsync(folder))
        {
            weir.DeleteFolder = false;
            var status = await weir.JsonAsync("/api/journal", s => s["setAside"]!.AsArray().Count == 1);
            var rows = status["setAside"]![0]!["rows"]!.AsArray();
            rows.Select(r => $"{r!["signal"]} {r["reason"]} {r["rows"]}").ShouldBe(["spans unreadable 7"]);
            status["unknownFiles"]!.AsArray().Select(f => (string)f!).ShouldBe(["zz-1.seg"]);
            weir.Output.ShouldContain("zz-1.seg is not the name of a journal file");
            var health = await weir.JsonAsync("/healthz", static _ => true);
            ((string)health["status"]!).ShouldBe("ok");
            health["warnings"]!.AsArray().ShouldHaveSingleItem()!.ToString().ShouldContain("7 of spans (unreadable)");
            (await weir.Client.GetStringAsync("/metrics")).ShouldContain("reason=\"unreadable\"");

            (await weir.PostTracesAsync(OtlpRequests.Traces(1))).StatusCode.ShouldBe(HttpStatusCode.OK);
            await weir.StoryAsync(OtlpRequests.TraceId(1), spans: 1);

            // Through the API, since the folder is in use.
            var (code, output) = await RunAsync("list", weir);
            code.ShouldBe(0, output);
            output.ShouldContain(Name);
            output.ShouldContain("7 rows of spans  unreadable");
            (code, output) = await RunAsync("retry", weir, "no-such.seg");
            code.ShouldBe(1, output);
            output.ShouldContain("There is no set-aside segment no-such.seg");
            (code, output) = await RunAsync("retry", weir, Name);
            code.ShouldBe(0, output);
            await weir.JsonAsync("/api/journal", s => s["setAside"]!.AsArray().Count == 1);
            using var form = new StringContent("""{"names":["x"]}""", Encoding.UTF8, "text/plain");
            (await weir.Client.PostAsync("/api/journal/drop", form)).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
            (await weir.StopAsync()).ShouldBe(0);
        }
        var (stopped, text) = await WeirProcess.RunToEndAsync("journal", "list", "--data", folder);
        stopped.ShouldBe(0, text);
        text.ShouldContain("7 rows of spans  unreadable");
        (stopped, text) = await WeirProcess.RunToEndAsync("journal", "retry", "all", "--data", folder);
        stopped.ShouldBe(0, text);
        File.Exists(Path.Combine(journal, Name)).ShouldBeTrue();
        await using (var weir = await WeirProcess.StartAsync(folder))
        {
            weir.DeleteFolder = false;
            await weir.JsonAsync("/api/journal", s => s["setAside"]!.AsArray().Count == 1);
            var (code, output) = await RunAsync("drop", weir, "all");
            code.ShouldBe(0, output);
            output.ShouldContain("1 segments are deleted");
            (await RunAsync("list", weir)).Output.ShouldContain("no segments are set aside");
            (await weir.JsonAsync("/healthz", static _ => true))["warnings"]!.AsArray().ShouldBeEmpty();
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Stored_files_are_private_and_the_permissions_of_existing_folders_are_restricted()
    {
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode Others = (UnixFileMode)0b000_111_111;
        var folder = Directory.CreateTempSubdirectory("weir-modes-").FullName;
        var old = Directory.CreateDirectory(Path.Combine(folder, "journal")).FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(old, (UnixFileMode)0b111_101_101);
        await using var weir = await WeirProcess.StartAsync(folder);
        weir.Output.ShouldContain("could be read by other users");
        (await weir.PostTracesAsync(OtlpRequests.Traces(1))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await weir.StoryAsync(OtlpRequests.TraceId(1), spans: 1);
        foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Prepend(folder))
        {
            try
            {
                if (new FileInfo(path).LinkTarget is null)
                    (File.GetUnixFileMode(path) & Others).ShouldBe(default, path);
            }
            catch (IOException)
            {
                // The engine merged it away.
            }
        }
    }

    private static Task<(int Code, string Output)> RunAsync(string what, WeirProcess weir, params string[] segment) =>
        WeirProcess.RunToEndAsync(["journal", what, .. segment, "--data", weir.DataFolder, "--port", $"{weir.Port}"]);

    /// <summary>A whole segment whose block is none.</summary>
    private static byte[] Segment()
    {
        byte[] frame = [.. new byte[JournalFormat.FrameHeaderSize], .. "no block"u8];
        JournalFormat.WriteFrameHeader(frame, (FrameKind)Signal.Spans, 7, frame.AsSpan(JournalFormat.FrameHeaderSize));
        return [.. JournalFormat.FileHeader(), .. frame];
    }
}
