using System.Globalization;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Store;

namespace Weir.Bench;

/// <summary>
/// Synthetic spans of 20 attributes over six hours: 12 services, 60 routes, 100,000 users, durations over five decades. The same rows for
/// the same seed, loaded once a folder.
/// </summary>
internal static class QueryData
{
    public const int Hours = 6;
    private const int BlockRows = 100_000;

    private static readonly string[] Services = [.. Enumerable.Range(0, 12).Select(i => $"service-{i:00}")];
    private static readonly string[] Routes = [.. Enumerable.Range(0, 60).Select(i => $"/api/v1/resource{i:00}/{{id}}")];
    private static readonly string[] Methods = ["GET", "GET", "GET", "POST", "PUT", "DELETE"];
    private static readonly string[] Regions = ["eu-central-1", "us-east-1", "us-west-2", "ap-south-1"];
    private static readonly string[] Plans = ["free", "team", "business", "enterprise"];
    private static readonly string[] Versions = [.. Enumerable.Range(0, 9).Select(i => $"2026.{i}.1")];
    private static readonly long[] Statuses = [200, 200, 200, 200, 200, 201, 204, 301, 400, 404, 500, 503];
    private static readonly string[] Hosts = [.. Enumerable.Range(0, 40).Select(i => $"node-{i:00}.internal")];

    /// <summary>When the spans begin: a fixed time, so that a folder can be used again.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 11, 20, 6, 0, 0, TimeSpan.Zero);

    public static async Task LoadAsync(ClickHouseStore store, long rows)
    {
        for (long from = 0; from < rows; from += BlockRows)
        {
            var block = Block((int)(from / BlockRows), (int)Math.Min(BlockRows, rows - from), from, rows);
            await store.Loader.LoadAsync(
                block, string.Create(CultureInfo.InvariantCulture, $"bench-{rows}-{from}"), CancellationToken.None);
            if (from % 1_000_000 == 0)
                await Console.Error.WriteLineAsync($"loaded {from:N0} of {rows:N0}");
        }
    }

    private static SpanBlock Block(int seed, int count, long from, long total)
    {
        var block = new SpanBlock();
        var random = new Random(seed);
        var start = (Start - DateTimeOffset.UnixEpoch).Ticks * 100;
        var step = Hours * 3600L * 1_000_000_000 / total;
        Span<byte> id = stackalloc byte[16];
        Span<byte> text = stackalloc byte[32];
        for (var i = 0; i < count; i++)
        {
            if (i % 8 == 0)
                random.NextBytes(id);
            block.TraceId.Append(id);
            block.SpanId.Append(new SpanId((ulong)((from + i + 1) * 2654435761)));
            block.ParentSpanId.Append(i % 8 == 0 ? default : new SpanId((ulong)((from + i - (i % 8) + 1) * 2654435761)));
            block.StartTime.Append(start + ((from + i) * step));
            var service = random.Next(Services.Length);
            var duration = Math.Exp((random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 4) * 20e6 * (1 + (service * 0.2));
            block.DurationNs.Append((ulong)duration);
            block.ReceivedAt.Append(start + ((from + i) * step) + 1_000_000);
            block.Environment.Append("default");
            block.Protocol.Append(WireProtocol.Otlp);
            block.Service.Append(Services[service]);
            var route = random.Next(Routes.Length);
            block.Name.Append(Routes[route]);
            block.Kind.Append(i % 8 == 0 ? SpanKind.Server : SpanKind.Internal);
            var status = Statuses[random.Next(Statuses.Length)];
            block.Status.Append(status >= 500 ? SpanStatus.Error : SpanStatus.Unset);
            block.Resource.Append($"{{\"service.name\":\"{Services[service]}\",\"k8s.pod.name\":\"pod-{service}-{seed % 20}\",\"cloud.region\":\"{Regions[service % 4]}\"}}");
            var attributes = block.Attributes;
            attributes.Add("http.route"u8, Routes[route]);
            attributes.Add("http.request.method"u8, Methods[random.Next(Methods.Length)]);
            attributes.Add("http.response.status_code"u8, status);
            attributes.Add("http.response.body.size"u8, (long)random.Next(100, 200_000));
            attributes.Add("url.path"u8, Text(text, "/api/v1/resource/"u8, random.Next(1_000_000)));
            attributes.Add("server.address"u8, Hosts[random.Next(Hosts.Length)]);
            attributes.Add("client.address"u8, Text(text, "10.0."u8, random.Next(65_536)));
            attributes.Add("user.id"u8, Text(text, "user-"u8, random.Next(100_000)));
            attributes.Add("user.plan"u8, Plans[random.Next(Plans.Length)]);
            attributes.Add("app.version"u8, Versions[random.Next(Versions.Length)]);
            attributes.Add("app.cache_hit"u8, random.Next(3) == 0);
            attributes.Add("app.cart_total"u8, Math.Round(random.NextDouble() * 500, 2));
            attributes.Add("app.items"u8, (long)random.Next(0, 40));
            attributes.Add("app.feature_flag"u8, random.Next(2) == 0 ? "new-checkout" : "old-checkout");
            attributes.Add("db.system"u8, "postgresql");
            attributes.Add("db.rows"u8, (long)random.Next(0, 500));
            attributes.Add("thread.id"u8, (long)random.Next(1, 64));
            attributes.Add("build.id"u8, Text(text, "build-"u8, random.Next(400)));
            attributes.Add("region"u8, Regions[random.Next(Regions.Length)]);
            attributes.Add("queue.wait_ms"u8, random.NextDouble() * 30);
            block.EndRow();
        }
        return block;
    }

    private static ReadOnlySpan<byte> Text(Span<byte> room, ReadOnlySpan<byte> prefix, int number)
    {
        prefix.CopyTo(room);
        System.Buffers.Text.Utf8Formatter.TryFormat(number, room[prefix.Length..], out var digits);
        return room[..(prefix.Length + digits)];
    }
}
