using System.Globalization;
using System.Text;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Store;

namespace Weir.Bench;

/// <summary>
/// Synthetic spans of 50 attributes over six hours: texts, numbers and flags of few and of many values. One thing is planted: spans of
/// build 7 on shard 13 take twenty times as long.
/// </summary>
internal static class BubbleUpData
{
    public const int Attributes = 50;
    public const int Hours = 6;
    private const int BlockRows = 100_000;
    private const int Fillers = 36;

    private static readonly byte[][] FillerKeys = [.. Enumerable.Range(0, Fillers).Select(i => Encoding.UTF8.GetBytes($"attribute.{i:00}"))];
    private static readonly string[] Services = [.. Enumerable.Range(0, 12).Select(i => $"service-{i:00}")];
    private static readonly string[] Routes = [.. Enumerable.Range(0, 60).Select(i => $"/api/v1/resource{i:00}/{{id}}")];
    private static readonly long[] Statuses = [200, 200, 200, 200, 201, 204, 301, 400, 404, 500];

    /// <summary>When the spans begin: a fixed time, so that a folder can be used again.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 11, 20, 6, 0, 0, TimeSpan.Zero);

    public static async Task LoadAsync(ClickHouseStore store, long rows)
    {
        var next = -1L;
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            for (var block = Interlocked.Increment(ref next); block * BlockRows < rows; block = Interlocked.Increment(ref next))
            {
                await store.Loader.LoadAsync(
                    Block(block, rows), string.Create(CultureInfo.InvariantCulture, $"bubbleup-{rows}-{block}"), CancellationToken.None);
                if (block % 10 == 0)
                    await Console.Error.WriteLineAsync($"loaded {block * BlockRows:N0} of {rows:N0}");
            }
        })));
    }

    private static SpanBlock Block(long number, long total)
    {
        var block = new SpanBlock();
        var random = new Random((int)number);
        var start = (Start - DateTimeOffset.UnixEpoch).Ticks * 100;
        var step = Hours * 3600L * 1_000_000_000 / total;
        var count = Math.Min(BlockRows, total - (number * BlockRows));
        for (var i = 0; i < count; i++)
        {
            var row = (number * BlockRows) + i;
            var service = random.Next(Services.Length);
            var build = random.Next(40);
            var shard = random.Next(16);
            var slow = build == 7 && shard == 13;
            var duration = Math.Exp((random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 4) * 20e6 * (slow ? 20 : 1);
            block.TraceId.Append(new TraceId((ulong)random.NextInt64(), (ulong)(row / 8) + 1));
            block.SpanId.Append(new SpanId((ulong)row + 1));
            block.ParentSpanId.Append(i % 8 == 0 ? default : new SpanId((ulong)row));
            block.StartTime.Append(start + (row * step));
            block.ReceivedAt.Append(start + (row * step) + 1_000_000);
            block.DurationNs.Append((ulong)duration);
            block.Environment.Append("default");
            block.Protocol.Append(WireProtocol.Otlp);
            block.Service.Append(Services[service]);
            block.Name.Append(Routes[random.Next(Routes.Length)]);
            block.Kind.Append(i % 8 == 0 ? SpanKind.Server : SpanKind.Internal);
            block.Resource.Append($"{{\"service.name\":\"{Services[service]}\",\"k8s.pod.name\":\"pod-{service}-{random.Next(5)}\"}}");
            var attributes = block.Attributes;
            attributes.Add("app.build"u8, $"build-{build}");
            attributes.Add("db.shard"u8, (long)shard);
            attributes.Add("http.route"u8, Routes[random.Next(Routes.Length)]);
            attributes.Add("http.response.status_code"u8, Statuses[random.Next(Statuses.Length)]);
            attributes.Add("http.response.body.size"u8, (long)random.Next(100, 200_000));
            attributes.Add("url.path"u8, $"/api/v1/resource/{random.Next(1_000_000)}");
            attributes.Add("client.address"u8, $"10.0.{random.Next(256)}.{random.Next(256)}");
            attributes.Add("user.id"u8, $"user-{random.Next(100_000)}");
            attributes.Add("request.id"u8, Convert.ToHexString(BitConverter.GetBytes(random.NextInt64())));
            attributes.Add("app.cart_total"u8, Math.Round(random.NextDouble() * 500, 2));
            attributes.Add("app.cache_hit"u8, random.Next(3) == 0);
            attributes.Add("queue.wait_ms"u8, random.NextDouble() * (slow ? 300 : 30));
            attributes.Add("region"u8, $"region-{random.Next(4)}");
            attributes.Add("host.cpu"u8, random.NextDouble());
            for (var filler = 0; filler < Fillers; filler++)
            {
                switch (filler % 4)
                {
                    case 0:
                        attributes.Add(FillerKeys[filler], $"value-{random.Next(5 + (filler * filler))}");
                        break;
                    case 1:
                        attributes.Add(FillerKeys[filler], (long)random.Next(1_000));
                        break;
                    case 2:
                        attributes.Add(FillerKeys[filler], random.Next(2) == 0);
                        break;
                    default:
                        attributes.Add(FillerKeys[filler], $"text of attribute number {filler} {random.Next(12)}");
                        break;
                }
            }
            block.EndRow();
        }
        return block;
    }
}
