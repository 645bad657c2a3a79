using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Features.Questions;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Disks: a journal that is damaged, a folder that can't be written, no space left.</summary>
public sealed class TroubleTests
{
    private const int Requests = 8;

    [Fact]
    public async Task A_torn_tail_was_never_acknowledged_and_is_skipped()
    {
        var output = await ReplayAsync(
            (file, frames) => file.SetLength(frames[^1].End - 5),
            missing: Requests);
        output.ShouldContain("bytes that were never acknowledged; they are skipped");
    }

    [Fact]
    public async Task Damage_in_the_middle_costs_the_damaged_record_alone()
    {
        var output = await ReplayAsync(
            (file, frames) => Flip(file, (frames[2].Start + frames[2].End) / 2),
            missing: 3);
        output.ShouldContain("is damaged");
        output.ShouldContain("1 acknowledged rows are lost");
    }

    [Fact]
    public async Task A_file_of_zeros_is_reported_as_a_loss()
    {
        var output = await ReplayAsync(
            static (file, _) =>
            {
                var length = (int)file.Length;
                file.Position = 0;
                file.Write(new byte[length]);
            },
            missing: 0);
        output.ShouldContain("is damaged");
        output.ShouldContain("an unknown number of acknowledged rows are lost");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(40)]
    public async Task A_damaged_header_costs_nothing(int at)
    {
        var output = await ReplayAsync((file, _) => Flip(file, at), missing: null);
        output.ShouldContain("is damaged");
        output.ShouldContain(", 0 acknowledged rows are lost");
    }

    [Fact]
    public async Task A_segment_cut_within_its_header_is_empty()
    {
        var output = await ReplayAsync((file, _) => file.SetLength(4), missing: 0);
        output.ShouldContain("4 bytes that were never acknowledged; they are skipped");
    }

    [Theory]
    [InlineData("/proc/weir")]
    [InlineData("/dev/null/weir")]
    public async Task A_folder_that_can_not_be_made_is_a_clear_line(string folder)
    {
        var (code, output) = await WeirProcess.RunToEndAsync(["serve", "--data", folder, .. WeirProcess.PortOptions(WeirProcess.FreePorts(4))]);
        code.ShouldBe(1, output);
        output.ShouldContain("weir can't start:");
        output.ShouldContain(folder);
        output.ShouldNotContain("   at ", Case.Sensitive, "no stack");
    }

    private static async Task<int> StatusOf(WeirProcess weir, int number)
    {
        using var answer = await weir.PostTracesAsync(OtlpRequests.Traces(number));
        return (int)answer.StatusCode;
    }

    /// <summary>
    /// Kills a server that acknowledged <see cref="Requests"/> requests and loaded none, damages its last segment and starts it again.
    /// </summary>
    /// <param name="damage">Gets the file and the place of every frame: one a request.</param>
    /// <param name="missing">The number of the only request that may be gone; null: none; 0: all.</param>
    private static async Task<string> ReplayAsync(Action<FileStream, List<(long Start, long End)>> damage, int? missing)
    {
        var folder = Directory.CreateTempSubdirectory("weir-replay-").FullName;
        await using (var weir = await WeirProcess.StartAsync(folder, null, "--segment-age-ms", "10000"))
        {
            weir.DeleteFolder = false;
            for (var i = 1; i <= Requests; i++)
                (await StatusOf(weir, i)).ShouldBe(200);
            await weir.KillAsync();
        }
        var last = Directory.GetFiles(Path.Combine(folder, "journal"), "*.seg").Order(StringComparer.Ordinal).Last();
        await using (var file = new FileStream(last, FileMode.Open, FileAccess.ReadWrite))
        {
            var frames = Frames(file);
            frames.Count.ShouldBe(Requests);
            damage(file, frames);
        }

        await using var again = await WeirProcess.StartAsync(folder);
        again.Output.ShouldContain("replaying 1 segments");
        await again.JsonAsync("/api/status", status => (long)status["storage"]!["journalBytes"]! == 0);
        for (var i = 1; i <= Requests; i++)
        {
            var gone = missing == 0 || missing == i;
            using var answer = await again.Client.GetAsync($"/api/story/{OtlpRequests.TraceId(i)}");
            ((int)answer.StatusCode).ShouldBe(gone ? 404 : 200, $"request {i}");
            if (!gone)
                JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.List("spans").Count.ShouldBe(1);
        }
        (await StatusOf(again, 100)).ShouldBe(200);
        await again.StoryAsync(OtlpRequests.TraceId(100), spans: 1);
        return again.Output;
    }

    private static void Flip(FileStream file, long at)
    {
        file.Position = at;
        var old = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(old ^ 0xff));
    }

    /// <summary>The frames of rows, as src/Core/Ingest/JournalFormat.cs says: a header with a layout and its checksum, then frames whose second number is their kind and whose fourth their length.</summary>
    private static List<(long Start, long End)> Frames(FileStream file)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var frames = new List<(long, long)>();
        var at = 16 + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8));
        while (at + 20 <= bytes.Length && BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 12)) is > 0 and var length)
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4)) < 16)
                frames.Add((at, at + 20 + length));
            at += 20 + length;
        }
        return frames;
    }
}
