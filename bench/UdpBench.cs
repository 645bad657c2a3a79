using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.XRay;
using Weir.Protocols.XRay.In;

namespace Weir.Bench;

/// <summary>
/// <c>./dev bench udp [documents a second] [seconds]</c>: segment documents to the X-Ray daemon's UDP port, generator on the same cores;
/// before it the decoder alone, by CPU time. One JSON line: what was sent is either stored or counted as dropped with a reason.
/// </summary>
internal static class UdpBench
{
    public static async Task<int> RunAsync(int rate, TimeSpan duration)
    {
        var decoder = Decoder(TimeSpan.FromSeconds(3));
        var folder = Directory.CreateTempSubdirectory("weir-bench-").FullName;
        try
        {
            await using var server = await ServerProcess.StartAsync(Path.Combine(folder, "weir"));
            using var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.Port}")) };
            var datagrams = new SegmentDatagrams(1);
            using var sender = new DatagramSender(server.XRayPort, datagrams);
            // What runs first is not what runs later: the runtime compiles busy methods anew.
            var (warm, _) = sender.Send(rate / 4, TimeSpan.FromSeconds(3));
            await SettleAsync(client, warm);
            var before = await CountsAsync(client);
            var cpu = server.CpuSeconds;
            var machine = MachineBusySeconds();
            var clock = Stopwatch.StartNew();
            var (sent, sending) = sender.Send(rate, duration);
            var seconds = clock.Elapsed.TotalSeconds;
            await SettleAsync(client, warm + sent);
            var after = await CountsAsync(client);
            var dropped = after.Drops.ToDictionary(d => d.Key, d => d.Value - before.Drops.GetValueOrDefault(d.Key));
            var stored = (after.Stored - before.Stored) / SegmentDatagrams.EntitiesPerDocument;
            var used = server.CpuSeconds - cpu;
            var busy = MachineBusySeconds() - machine;
            Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, object>
            {
                ["bench"] = "udp",
                ["asked_per_s"] = rate,
                ["sent"] = sent,
                ["sent_per_s"] = Math.Round(sent / seconds),
                ["stored"] = stored,
                ["stored_per_s"] = Math.Round(stored / seconds),
                ["dropped"] = dropped,
                ["unaccounted"] = sent - stored - dropped.Values.Sum(),
                ["bytes_per_datagram"] = datagrams.Bytes,
                ["server_cpu_s"] = Math.Round(used, 2),
                ["cpu_us_per_document"] = Math.Round(used * 1e6 / Math.Max(1, stored), 1),
                ["sender_cpu_us_per_document"] = Math.Round(sending * 1e6 / Math.Max(1, sent), 1),
                ["other_cpu_s"] = Math.Round(busy - used - sending, 1),
                ["settled_after_s"] = Math.Round(clock.Elapsed.TotalSeconds - seconds, 1),
                ["rss_peak_mb"] = server.PeakRssMb,
                ["decoder_documents_per_cpu_s"] = Math.Round(decoder),
            }));
            return sent == stored + dropped.Values.Sum() ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Documents that one core decodes to column blocks in a second.</summary>
    private static double Decoder(TimeSpan time)
    {
        var datagrams = new SegmentDatagrams(2);
        var batch = new DocumentBatch();
        for (var i = 0; i < 2000; i++)
            batch.Add(datagrams.Next());
        var pool = new IngestBatchPool();
        var intake = new SegmentIntake(new XRayOptions(), new OwnerCache(), new IngestCounters(TimeProvider.System));
        long documents = 0;
        for (var round = 0; ; round++)
        {
            var warming = round < 100;
            var start = Environment.CpuUsage.TotalTime;
            var done = 0L;
            do
            {
                using var rows = pool.Rent(WireProtocol.XRay);
                intake.Decode([batch], datagrams: true, rows, "default", 1, onReject: null);
                if (rows.Spans.Rows != batch.Count * SegmentDatagrams.EntitiesPerDocument)
                    throw new InvalidOperationException("the documents are not what they should be");
                done += batch.Count;
            }
            while (!warming && Environment.CpuUsage.TotalTime - start < time);
            if (warming)
                continue;
            documents = done;
            return documents / (Environment.CpuUsage.TotalTime - start).TotalSeconds;
        }
    }

    /// <summary>Waits until all is stored or dropped, or nothing has changed for two seconds.</summary>
    private static async Task SettleAsync(HttpClient client, long sent)
    {
        var (last, since) = (0L, Stopwatch.StartNew());
        while (since.Elapsed < TimeSpan.FromSeconds(3))
        {
            var counts = await CountsAsync(client);
            var accounted = (counts.Stored / SegmentDatagrams.EntitiesPerDocument) + counts.Drops.Values.Sum();
            if (accounted >= sent)
                return;
            if (accounted != last)
                (last, since) = (accounted, Stopwatch.StartNew());
            await Task.Delay(200);
        }
    }

    private static async Task<(long Stored, Dictionary<string, long> Drops)> CountsAsync(HttpClient client)
    {
        var status = await client.GetFromJsonAsync<JsonElement>("/api/status");
        foreach (var entry in status.GetProperty("ingest").EnumerateArray())
        {
            if (entry.GetProperty("protocol").GetString() == "xray" && entry.GetProperty("signal").GetString() == "spans")
            {
                return (entry.GetProperty("stored").GetInt64(),
                    entry.GetProperty("dropped").EnumerateArray().ToDictionary(d => d.GetProperty("reason").GetString()!, d => d.GetProperty("count").GetInt64()));
            }
        }
        return (0, []);
    }

    /// <summary>Of all cores and processes.</summary>
    private static double MachineBusySeconds()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (long.Parse(fields[1], CultureInfo.InvariantCulture) + long.Parse(fields[2], CultureInfo.InvariantCulture) + long.Parse(fields[3], CultureInfo.InvariantCulture)) / 100.0;
    }
}
