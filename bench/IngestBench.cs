using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Weir.Core.Model;

namespace Weir.Bench;

/// <summary>
/// <c>./dev bench ingest</c>: OTLP over HTTP protobuf, 1,000 spans a request, 4 connections, generator on the same cores; then the
/// engine alone with the same rows as ready Native blocks. One JSON line.
/// </summary>
internal static class IngestBench
{
    private const int SpansPerRequest = 1_000;
    private const int Connections = 4;

    public static async Task<int> RunAsync(TimeSpan duration)
    {
        var folder = Directory.CreateTempSubdirectory("weir-bench-").FullName;
        try
        {
            var load = await LoadAsync(folder, duration);
            var raw = await RawInsert.RunAsync(Path.Combine(folder, "raw"), load.Acknowledged);
            var line = new Dictionary<string, object>
            {
                ["bench"] = "ingest",
                ["spans_per_s"] = Math.Round(load.SpansPerSecond),
                ["raw_engine_rows_per_s"] = Math.Round(raw),
                ["ratio"] = Math.Round(load.SpansPerSecond / raw, 3),
                ["bytes_per_span_disk"] = Math.Round(load.BytesPerSpan, 1),
                ["rss_peak_mb"] = load.PeakRssMb,
                ["ack_p99_ms"] = Math.Round(load.P99Ms, 1),
                ["ack_p50_ms"] = Math.Round(load.P50Ms, 1),
                ["spans"] = load.Acknowledged,
                ["stored"] = load.Stored,
                ["queryable_after_s"] = Math.Round(load.DrainSeconds, 2),
                ["server_cpu_s"] = Math.Round(load.CpuSeconds, 1),
                ["bytes_per_span_wire"] = Math.Round(load.WireBytesPerSpan),
            };
            Console.WriteLine(JsonSerializer.Serialize(line));
            return load.Stored == load.Acknowledged ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed record Load(
        double SpansPerSecond, long Acknowledged, long Stored, double BytesPerSpan, long PeakRssMb, double P50Ms, double P99Ms,
        double DrainSeconds, double CpuSeconds, double WireBytesPerSpan);

    private static async Task<Load> LoadAsync(string folder, TimeSpan duration)
    {
        await using var server = await ServerProcess.StartAsync(Path.Combine(folder, "weir"));
        using var warm = new LoadConnection(server.OtlpPort);
        var payload = new SpanPayload(SpansPerRequest, 1);
        var random = new Random(1);
        var warmed = 0L;
        for (var i = 0; i < 200; i++)
        {
            payload.Renew(random, TimeProvider.System.UnixNanoseconds());
            if (await warm.PostAsync("/v1/traces", payload.Bytes) == 200)
                warmed += SpansPerRequest;
        }
        var clock = Stopwatch.StartNew();
        var results = await Task.WhenAll(Enumerable.Range(0, Connections).Select(n => Task.Run(() => ConnectionAsync(server.OtlpPort, n, clock, duration))));
        var seconds = clock.Elapsed.TotalSeconds;
        var acknowledged = results.Sum(r => r.Acknowledged);
        var latencies = results.SelectMany(r => r.Latencies).Order().ToList();
        var drain = Stopwatch.StartNew();
        var stored = await StoredAsync(server.Port, warmed + acknowledged);
        var drained = drain.Elapsed.TotalSeconds;
        var disk = await DiskAsync(server.Port);
        return new Load(
            acknowledged / seconds, warmed + acknowledged, stored, (double)disk / stored, server.PeakRssMb,
            latencies[latencies.Count / 2], latencies[latencies.Count * 99 / 100], drained, server.CpuSeconds,
            (double)payload.Bytes.Length / SpansPerRequest);
    }

    private static async Task<(long Acknowledged, List<double> Latencies)> ConnectionAsync(int port, int number, Stopwatch clock, TimeSpan duration)
    {
        using var connection = new LoadConnection(port);
        var payloads = Enumerable.Range(0, 4).Select(i => new SpanPayload(SpansPerRequest, (number * 10) + i)).ToArray();
        var random = new Random(number);
        var latencies = new List<double>();
        long acknowledged = 0;
        for (var i = 0; clock.Elapsed < duration; i++)
        {
            var payload = payloads[i % payloads.Length];
            payload.Renew(random, TimeProvider.System.UnixNanoseconds());
            var sent = clock.Elapsed;
            var status = await connection.PostAsync("/v1/traces", payload.Bytes);
            latencies.Add((clock.Elapsed - sent).TotalMilliseconds);
            if (status == 200)
                acknowledged += SpansPerRequest;
            else if (status is 429 or 503)
                await Task.Delay(100);
            else
                throw new InvalidOperationException($"the server answered {status}");
        }
        return (acknowledged, latencies);
    }

    /// <summary>Waits until all that was acknowledged can be counted, or a minute has passed.</summary>
    private static async Task<long> StoredAsync(int port, long expected)
    {
        using var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")) };
        long rows = 0;
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromMinutes(1) && rows < expected; await Task.Delay(50))
            rows = (await SpansTableAsync(client)).Rows;
        return rows;
    }

    private static async Task<long> DiskAsync(int port)
    {
        using var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")) };
        return (await SpansTableAsync(client)).Bytes;
    }

    private static async Task<(long Rows, long Bytes)> SpansTableAsync(HttpClient client)
    {
        using var status = JsonDocument.Parse(await client.GetByteArrayAsync("/api/status"));
        foreach (var table in status.RootElement.GetProperty("storage").GetProperty("tables").EnumerateArray())
        {
            if (table.GetProperty("table").GetString() == "spans")
                return (table.GetProperty("rows").GetInt64(), table.GetProperty("bytes").GetInt64());
        }
        return (0, 0);
    }
}
