using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.XRay;
using Weir.Protocols.XRay.In;
using Weir.Store;
using Weir.Store.Engine;

namespace Weir.Bench;

/// <summary>A data folder with many segments, made once through the room's own decoder and the store's own loader, and kept for later runs.</summary>
/// <param name="From">Start of the first trace.</param>
/// <param name="To">No trace starts later.</param>
/// <param name="TraceIds">Some that are there.</param>
internal sealed record XRayLoad(string Folder, long Rows, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<string> TraceIds)
{
    private const int BlockRows = 100_000;
    private const string Manifest = "bench.json";

    public static async Task<XRayLoad> OpenAsync(long rows, double hours)
    {
        var folder = Path.GetFullPath(Path.Combine(
            AppContext.BaseDirectory, "..", "..", "..", "bench", string.Create(CultureInfo.InvariantCulture, $"xray-{rows}-{hours}h")));
        var manifest = Path.Combine(folder, Manifest);
        if (File.Exists(manifest))
            return JsonSerializer.Deserialize<XRayLoad>(await File.ReadAllBytesAsync(manifest))! with { Folder = folder };
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        var load = await FillAsync(folder, rows, hours);
        await File.WriteAllBytesAsync(manifest, JsonSerializer.SerializeToUtf8Bytes(load));
        return load;
    }

    private static async Task<XRayLoad> FillAsync(string folder, long rows, double hours)
    {
        var clock = Stopwatch.StartNew();
        var engine = await EmbeddedEngine.OpenAsync(
            new EmbeddedEngineOptions(Path.Combine(folder, "engine")), TimeProvider.System, CancellationToken.None);
        await using var store = await ClickHouseStore.OpenAsync(engine, new Dictionary<Signal, int>(), TimeProvider.System, CancellationToken.None);
        var to = TimeProvider.System.GetUtcNow();
        var from = to.AddHours(-hours);
        var batches = Channel.CreateBounded<IngestBatch>(2);
        var ids = new List<string>();
        var decoding = Task.Run(async () =>
        {
            await DecodeAsync(rows, from, to, batches.Writer, ids);
            batches.Writer.Complete();
        });
        var number = 0;
        await foreach (var batch in batches.Reader.ReadAllAsync())
        {
            using (batch)
                await store.Loader.LoadAsync(batch.Spans, string.Create(CultureInfo.InvariantCulture, $"xray-{number}"), CancellationToken.None);
            if (++number % 10 == 0)
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{number * (long)BlockRows / 1e6:0.#} M rows, {clock.Elapsed.TotalSeconds:0} s"));
        }
        await decoding;
        return new XRayLoad(folder, rows, from, to, ids);
    }

    private static async Task DecodeAsync(long rows, DateTimeOffset from, DateTimeOffset to, ChannelWriter<IngestBatch> batches, List<string> ids)
    {
        var pool = new IngestBatchPool();
        var decoder = new SegmentDecoder(new XRayOptions(), new OwnerCache());
        var documents = new XRayDocuments(1);
        var traces = rows / XRayDocuments.EntitiesPerTrace;
        var step = (to - from) / traces;
        for (long done = 0; done < traces;)
        {
            var batch = pool.Rent(WireProtocol.XRay);
            for (; done < traces && batch.Spans.Rows < BlockRows; done++)
            {
                var at = from + (step * done);
                documents.Next(at, document =>
                {
                    if (decoder.Decode(document, batch, XRayRoom.DefaultEnvironment, (at.AddSeconds(1) - DateTimeOffset.UnixEpoch).Ticks * 100, mayDefer: false, out var reject) != DecodeOutcome.Taken)
                        throw new InvalidOperationException($"a document was refused: {reject}");
                });
                if (done % (traces / 50) == 7)
                    ids.Add(documents.TraceId);
            }
            await batches.WriteAsync(batch);
        }
    }
}
