using System.Diagnostics;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Otlp.In;
using Weir.Store;
using Weir.Store.Engine;

namespace Weir.Bench;

/// <summary>The engine alone: the same kind of rows as ready Native blocks of 100,000, two connections. What ingest is measured against.</summary>
internal static class RawInsert
{
    private const int BlockRows = 100_000;

    /// <summary>Rows a second.</summary>
    public static async Task<double> RunAsync(string folder, long rows)
    {
        var engine = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions(folder), TimeProvider.System, CancellationToken.None);
        await using var store = await ClickHouseStore.OpenAsync(
            engine, new Dictionary<Signal, int>(), TimeProvider.System, CancellationToken.None);
        var blocks = Enumerable.Range(0, 4).Select(Block).ToArray();
        var layout = TableLayouts.Of(Signal.Spans);
        await store.Loader.LoadAsync(Signal.Spans, layout, [blocks[0]], "warm", CancellationToken.None);
        var total = Math.Clamp(rows / BlockRows, 8, 40);
        var next = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i <= total; i = Interlocked.Increment(ref next))
                await store.Loader.LoadAsync(Signal.Spans, layout, [blocks[i % blocks.Length]], $"raw-{i}", CancellationToken.None);
        })));
        return total * BlockRows / clock.Elapsed.TotalSeconds;
    }

    private static ReadOnlyMemory<byte> Block(int seed)
    {
        var block = new SpanBlock();
        var random = new Random(seed);
        var pool = new IngestBatchPool();
        var decoder = new SpanDecoder();
        for (var i = 0; i < BlockRows / 1_000; i++)
        {
            var payload = new SpanPayload(1_000, (seed * 1_000) + i);
            payload.Renew(random, TimeProvider.System.UnixNanoseconds());
            using var batch = pool.Rent("bench");
            decoder.Decode(payload.Bytes.Span, batch, new DecodeContext("bench", 0));
            block.AppendAll(batch.Spans);
        }
        var buffer = new ByteBuffer();
        block.WriteNative(buffer);
        return buffer.WrittenMemory.ToArray();
    }
}
