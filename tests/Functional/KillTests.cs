using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>kill -9 at any moment: what was acknowledged is stored, once; what was not is stored whole or not at all.</summary>
public sealed class KillTests
{
    private const int SpansPerRequest = 40;
    private const int Kills = 20;

    [Fact]
    public async Task Twenty_kills_under_load_lose_nothing_acknowledged_and_store_nothing_twice()
    {
        var folder = Directory.CreateTempSubdirectory("weir-kill-").FullName;
        var random = new Random(20);
        var acknowledged = new ConcurrentDictionary<string, bool>();
        var sent = 0;
        var soak = TimeSpan.FromMinutes(double.Parse(Environment.GetEnvironmentVariable("WEIR_SOAK_MINUTES") ?? "0", CultureInfo.InvariantCulture));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var kills = 0;
        while (kills < Kills || clock.Elapsed < soak)
        {
            await using var weir = await WeirProcess.StartAsync(folder);
            weir.DeleteFolder = false;
            using var stop = new CancellationTokenSource();
            var load = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LoadAsync(weir.OtlpHttpPort, acknowledged, () => Interlocked.Increment(ref sent), stop.Token)));
            // Anywhere between the first request and some dozens of answers.
            var after = acknowledged.Count + random.Next(40);
            await Waiting.UntilAsync(() => acknowledged.Count >= after, $"{after} acknowledged requests\n{weir.Output}");
            await weir.KillAsync();
            kills++;
            await stop.CancelAsync();
            await load;
        }
        await using (var last = await WeirProcess.StartAsync(folder))
        {
            last.DeleteFolder = false;
            (await last.StopAsync()).ShouldBe(0, last.Output);
        }
        Directory.GetFiles(Path.Combine(folder, "journal"), "*.seg").ShouldBeEmpty("a clean stop leaves nothing to replay");

        var (code, output) = await WeirProcess.RunToEndAsync(
            "sql", "--data", folder, "--format", "TSV", "SELECT lower(hex(trace_id)), count(), uniqExact(span_id) FROM spans GROUP BY trace_id");
        code.ShouldBe(0, output);
        var stored = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .ToDictionary(f => f[0], f => (Rows: int.Parse(f[1], CultureInfo.InvariantCulture), Distinct: int.Parse(f[2], CultureInfo.InvariantCulture)));
        acknowledged.Count.ShouldBeGreaterThan(Kills * 2, "the load must really have run");
        acknowledged.Keys.Where(id => !stored.ContainsKey(id)).ShouldBeEmpty();
        stored.Where(s => s.Value != (SpansPerRequest, SpansPerRequest)).ShouldBeEmpty("each request once and whole");
        (code, output) = await WeirProcess.RunToEndAsync(
            "sql", "--data", folder, "--format", "TSV", "SELECT lower(hex(trace_id)), count(), uniqExact(parent_span_id) FROM events GROUP BY trace_id");
        code.ShouldBe(0, output);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).ShouldBe(
            stored.Keys.Order(StringComparer.Ordinal).Select(id => string.Create(CultureInfo.InvariantCulture, $"{id}\t{SpansPerRequest}\t{SpansPerRequest}")),
            "the event of each span with it");
        TestContext.Current.SendDiagnosticMessage(
            $"{kills} kills: {sent} requests sent, {acknowledged.Count} acknowledged, {stored.Count} stored, of {SpansPerRequest} spans each");
        Directory.Delete(folder, recursive: true);
    }

    private static async Task LoadAsync(int port, ConcurrentDictionary<string, bool> acknowledged, Func<int> next, CancellationToken stop)
    {
        using var client = new HttpClient();
        while (!stop.IsCancellationRequested)
        {
            var (id, body) = Request(next());
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            try
            {
                using var response = await client.PostAsync($"http://127.0.0.1:{port}/v1/traces", content, CancellationToken.None);
                if (response.IsSuccessStatusCode)
                    acknowledged[id] = true;
            }
            catch (HttpRequestException)
            {
                return; // killed
            }
        }
    }

    /// <summary>One trace of <see cref="SpansPerRequest"/> spans with an event each; the bytes are written as the OTLP specification numbers its fields.</summary>
    private static (string Id, byte[] Body) Request(int number)
    {
        var trace = new byte[16];
        BinaryPrimitives.WriteInt64BigEndian(trace, 0x6b696c6c);
        BinaryPrimitives.WriteInt64BigEndian(trace.AsSpan(8), number);
        var now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;
        var spans = Enumerable.Range(1, SpansPerRequest).SelectMany(i =>
        {
            var span = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(span, i);
            return Field(2, [
                .. Field(1, trace), .. Field(2, span), .. Field(5, "work"u8.ToArray()), .. Fixed(7, now), .. Fixed(8, now + 1_000_000),
                .. Field(11, [.. Fixed(1, now), .. Field(2, "begun"u8.ToArray())]),
            ]);
        }).ToArray();
        return (Convert.ToHexStringLower(trace), Field(1, Field(2, spans)));
    }

    private static byte[] Field(int number, byte[] bytes)
    {
        var head = new List<byte> { (byte)((number << 3) | 2) };
        for (var length = bytes.Length; ; length >>= 7)
        {
            head.Add((byte)(length < 0x80 ? length : length | 0x80));
            if (length < 0x80)
                break;
        }
        return [.. head, .. bytes];
    }

    private static byte[] Fixed(int number, long value)
    {
        var bytes = new byte[9];
        bytes[0] = (byte)((number << 3) | 1);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), value);
        return bytes;
    }
}
