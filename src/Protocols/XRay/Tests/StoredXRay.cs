using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.XRay;
using Weir.Store;
using Weir.Tests.Support;

namespace Weir.Tests.XRay;

/// <summary>The room over a pipeline and the embedded engine; each one writes to days of its own.</summary>
internal sealed class StoredXRay : IAsyncDisposable
{
    private const long FirstDay = 1_120_000_000;

    /// <summary>A time of its own for what is read by the clock.</summary>
    public const long SamplingDay = 1_110_000_000;

    private static int _count;
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-xray-").FullName;
    private readonly IngestPipeline _pipeline;

    private StoredXRay(ClickHouseStore store, XRayOptions? options)
    {
        Base = FirstDay + (Interlocked.Increment(ref _count) * 100_000L);
        _pipeline = new IngestPipeline(
            new JournalOptions { Folder = _folder }, store.Loader, new IngestCounters(TimeProvider.System), TimeProvider.System, NullLogger<IngestPipeline>.Instance);
        _pipeline.Start();
        Options = options ?? new XRayOptions { Udp = false };
    }

    /// <summary>Seconds since 1970 from which its traces start.</summary>
    public long Base { get; }

    public XRayOptions Options { get; }

    public XRayHost Host { get; private set; } = null!;

    public static async Task<StoredXRay> StartAsync(SharedEngine shared, XRayOptions? options = null, TimeProvider? time = null)
    {
        var store = await SharedStore.OpenAsync(shared);
        var stored = new StoredXRay(store, options);
        stored.Host = await XRayHost.StartAsync(stored.Options, time, reader: store.Reader, store: stored._pipeline);
        return stored;
    }

    public string TraceId(int number) => $"1-{Base:x8}-{Base:x16}{number:x8}";

    /// <summary>A document of one second at the trace's own second, unless <paramref name="more"/> says otherwise: the last of a repeated member wins.</summary>
    public string Document(int number, string id, string name, string more = "") =>
        $"{{\"trace_id\":\"{TraceId(number)}\",\"id\":\"{id.PadLeft(16, '0')}\",\"name\":\"{name}\",\"start_time\":{Base + number},\"end_time\":{Base + number + 1}{(more.Length > 0 ? "," : "")}{more}}}";

    public async Task PutAsync(params string[] documents)
    {
        foreach (var chunk in documents.Chunk(50))
            (await Host.OkAsync("/TraceSegments", XRayHost.PutBody(chunk))).GetProperty("UnprocessedTraceSegments").GetRawText().ShouldBe("[]");
        await _pipeline.DrainAsync(CancellationToken.None);
    }

    public Task DrainAsync() => _pipeline.DrainAsync(CancellationToken.None);

    /// <summary>One OpenTelemetry span, one second long.</summary>
    public async Task PutSpanAsync(int number, ulong span, ulong parent, string name, SpanKind kind, Action<SpanBlock> more, string service = "shop")
    {
        var batch = new IngestBatchPool().Rent(WireProtocol.Otlp);
        _ = Weir.Core.Model.TraceId.TryParse(TraceId(number), out var id);
        var rows = batch.Spans;
        rows.TraceId.Append(id);
        rows.SpanId.Append(new SpanId(span));
        rows.ParentSpanId.Append(new SpanId(parent));
        rows.StartTime.Append((Base + number) * 1_000_000_000L);
        rows.DurationNs.Append(1_000_000_000UL);
        rows.Environment.Append("default");
        rows.Protocol.Append(WireProtocol.Otlp);
        rows.Service.Append(service);
        rows.Name.Append(name);
        rows.Kind.Append(kind);
        more(rows);
        rows.EndRow();
        (await _pipeline.CommitAsync(batch, CancellationToken.None)).ShouldBeNull();
        await _pipeline.DrainAsync(CancellationToken.None);
    }

    /// <summary>The documents of a trace by the name of their segment, as BatchGetTraces gives them.</summary>
    public async Task<IReadOnlyList<JsonElement>> SegmentsAsync(int number)
    {
        var reply = await Host.OkAsync("/Traces", $"{{\"TraceIds\":[\"{TraceId(number)}\"]}}");
        return [.. reply.GetProperty("Traces")[0].GetProperty("Segments").EnumerateArray()
            .Select(segment => JsonDocument.Parse(segment.GetProperty("Document").GetString()!).RootElement)];
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await _pipeline.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
