using System.Globalization;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Otlp.In;

namespace Weir.Bench;

/// <summary>How fast one core turns OTLP bytes into column blocks, without HTTP and disk, by CPU time: a busy machine changes little. One JSON line.</summary>
internal static class DecodeBench
{
    private const int Spans = 1000;

    private static byte[] Payload(int seed)
    {
        var payload = new SpanPayload(Spans, seed);
        payload.Renew(new Random(seed), 1_700_000_000_000_000_000);
        return payload.Bytes.ToArray();
    }

    public static int Run(TimeSpan time)
    {
        var requests = Enumerable.Range(0, 16).Select(Payload).ToArray();
        var pool = new IngestBatchPool();
        var decoder = new SpanDecoder();
        var context = new DecodeContext("default", 1_700_000_000_000_000_000);
        Measure(TimeSpan.FromSeconds(2));
        var (spans, bytes, elapsed, allocated) = Measure(time);
        var native = new ByteBuffer();
        var encoding = Environment.CpuUsage.TotalTime;
        var rows = 0;
        using (var batch = pool.Rent(WireProtocol.Otlp))
        {
            decoder.Decode(requests[0], batch, context);
            while (Environment.CpuUsage.TotalTime - encoding < time / 4)
            {
                native.Clear();
                batch.Spans.WriteNative(native);
                rows += batch.Spans.Rows;
            }
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""
            {"decode_spans_per_s":{{spans / elapsed.TotalSeconds:F0}},"ns_per_span":{{elapsed.TotalNanoseconds / spans:F0}},"mb_per_s":{{bytes / 1e6 / elapsed.TotalSeconds:F0}},"wire_bytes_per_span":{{requests[0].Length / Spans}},"allocated_bytes_per_request":{{allocated / (spans / Spans)}},"write_native_rows_per_s":{{rows / (time / 4).TotalSeconds:F0}}}
            """));
        return 0;

        (long Spans, long Bytes, TimeSpan Cpu, long Allocated) Measure(TimeSpan atLeast)
        {
            long done = 0, read = 0;
            var before = GC.GetAllocatedBytesForCurrentThread();
            var cpu = Environment.CpuUsage.TotalTime;
            while (Environment.CpuUsage.TotalTime - cpu < atLeast)
            {
                foreach (var request in requests)
                {
                    using var batch = pool.Rent(WireProtocol.Otlp);
                    var result = decoder.Decode(request, batch, context);
                    if (result.IsMalformed || batch.Spans.Rows != Spans)
                        throw new InvalidOperationException("the payload is not what it should be");
                    done += Spans;
                    read += request.Length;
                }
            }
            return (done, read, Environment.CpuUsage.TotalTime - cpu, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }
}
