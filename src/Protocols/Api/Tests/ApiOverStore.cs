using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Logs;
using Weir.Protocols.Api;
using Weir.Store;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Api;

/// <summary>
/// The room over the embedded engine with a seed of every signal, nine days back at noon, where no other test writes. Its clock
/// stands at <see cref="Noon"/>.
/// </summary>
public sealed class ApiOverStore(SharedEngine shared) : IAsyncLifetime, IStorageStatus
{
    public const int Requests = 45;
    public const string Service = "api-tests-backend";
    public const string LogGroup = "api-tests/cruddur";
    public const string XRayTrace = "5759e988bd862e3fe1be46a994272793";
    public const string RootlessTrace = "6759e988bd862e3fe1be46a994272793";
    public const string OccurrenceId = "7759e988bd862e3fe1be46a994272793";
    public const ulong ItemId = 0x12ab34cd56ef7890;
    public const ulong FirstSequence = 990_000_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-api-store-").FullName;
    private IngestPipeline? _pipeline;
    private RunningApi? _api;

    public static DateTimeOffset Noon { get; } = new DateTimeOffset(DateTimeOffset.UtcNow.UtcDateTime.Date, TimeSpan.Zero).AddDays(-9).AddHours(12);

    public static long NoonNs { get; } = (Noon.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100;

    /// <summary>Trace ids of the seeded requests, newest first.</summary>
    public static string TraceOf(int request) => new TraceId(0xabc0_0000_0000_0000, (ulong)request + 1).ToHex();

    public async ValueTask InitializeAsync()
    {
        var time = new StoppedClock(Noon);
        var store = await SharedStore.OpenAsync(shared);
        var counters = new IngestCounters(time);
        _pipeline = new IngestPipeline(
            new JournalOptions { Folder = _folder }, store.Loader, counters, TimeProvider.System, NullLogger<IngestPipeline>.Instance);
        _pipeline.Start();
        await SeedAsync(new IngestBatchPool());
        await _pipeline.DrainAsync(CancellationToken.None);
        _api = await RunningApi.StartAsync(store.Reader, this, store.Settings, _pipeline, counters, time, store.Columns);
    }

    /// <summary>The answer's body; the status has to be 200.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        var (response, body) = await _api!.GetAsync(path);
        ((int)response.StatusCode).ShouldBe(200, body.GetRawText());
        return body;
    }

    public async Task<(int Status, JsonElement Body)> AskAsync(string path)
    {
        var (response, body) = await _api!.GetAsync(path);
        return ((int)response.StatusCode, body);
    }

    public async Task<(int Status, JsonElement Body)> PostAsync(string path, HttpContent content)
    {
        using var response = await _api!.Client.PostAsync(new Uri(path, UriKind.Relative), content);
        return ((int)response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    /// <summary>All pages of a list.</summary>
    public async Task<List<JsonElement>> PagesAsync(string path, string list)
    {
        var all = new List<JsonElement>();
        string? cursor = null;
        for (var page = 0; page < 100; page++)
        {
            var body = await GetAsync(path + (cursor is null ? "" : "&cursor=" + cursor));
            all.AddRange(body.GetProperty(list).EnumerateArray());
            cursor = body.GetProperty("nextCursor").GetString();
            if (cursor is null)
                return all;
        }
        throw new InvalidOperationException("the list does not end");
    }

    public Task<StorageFigures> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(new StorageFigures(
        "embedded", "test", 1, 0, 1, 1, [new TableFigures(Signal.Spans, 1, 1, Noon)]));

    private async Task SeedAsync(IngestBatchPool pool)
    {
        var otlp = pool.Rent(WireProtocol.Otlp);
        for (var i = 0; i < Requests; i++)
        {
            // Five requests begin in the same nanosecond, so that pages end between equal keys; durations repeat too.
            var start = NoonNs - 1_000_000_000L - (i / 5 * 60_000_000_000L);
            var failed = i % 9 == 4;
            var duration = (ulong)(1 + (i % 7)) * 10_000_000;
            AddSpan(otlp.Spans, WireProtocol.Otlp, TraceOf(i), 1, 0, start, duration, SpanKind.Server, "GET /home", failed, block =>
            {
                block.Attributes.Add("http.method"u8, "GET");
                block.Attributes.Add("http.target"u8, "/api/activities/home");
                block.Attributes.Add("http.status_code"u8, failed ? 500L : 200L);
                block.Attributes.Add("app.result_length"u8, (long)(i % 3));
            });
            AddSpan(otlp.Spans, WireProtocol.Otlp, TraceOf(i), 2, 1, start + 1_000_000, duration / 2, SpanKind.Internal, "mock-data", failed: false);
        }
        AddSpan(otlp.Spans, WireProtocol.Otlp, RootlessTrace, 8, 7, NoonNs - 1_800_000_000_000, 5_000, SpanKind.Internal, "orphan", failed: false);
        AddLog(otlp.Logs, WireProtocol.Otlp, FirstSequence, 0, "", "", "order 17 placed", "info", 9, TraceOf(0));
        await CommitAsync(otlp);

        var xray = pool.Rent(WireProtocol.XRay);
        AddSpan(xray.Spans, WireProtocol.XRay, XRayTrace, 0x53995c3f42cd8ad8, 0, NoonNs - 1_700_000_000_000, 90_000_000, SpanKind.Segment, Service, failed: false);
        AddSpan(xray.Spans, WireProtocol.XRay, XRayTrace, 4, 0x53995c3f42cd8ad8, NoonNs - 1_699_990_000_000, 20_000_000, SpanKind.Subsegment, "mock-data", failed: false);
        await CommitAsync(xray);

        var cloudWatch = pool.Rent(WireProtocol.CloudWatchLogs);
        for (var i = 0; i < 25; i++)
        {
            AddLog(cloudWatch.Logs, WireProtocol.CloudWatchLogs, FirstSequence + 1 + (ulong)i, i / 10 * 60, LogGroup, i % 2 == 0 ? "web" : "worker",
                $"[2023-Feb-27 01:09] 172.18.0.{i} GET http /api/activities/home? 200 OK", i % 5 == 0 ? "error" : "info", i % 5 == 0 ? 17 : 9, "");
        }
        await CommitAsync(cloudWatch);

        var rollbar = pool.Rent(WireProtocol.Rollbar);
        for (var i = 0; i < 3; i++)
        {
            var block = rollbar.Occurrences;
            block.Time.Append(NoonNs - ((i + 1) * 1_000_000_000L));
            block.ReceivedAt.Append(NoonNs);
            block.OccurrenceId.Append(i == 0 ? OccurrenceId : Guid.NewGuid().ToString("n"));
            block.ItemId.Append(ItemId);
            block.Environment.Append("production");
            block.Protocol.Append(WireProtocol.Rollbar);
            block.Service.Append(Service);
            block.Level.Append("error");
            block.Title.Append("TypeError: zanzibar is not iterable");
            block.EndRow();
        }
        await CommitAsync(rollbar);
    }

    private static void AddSpan(
        SpanBlock block, string protocol, string traceId, ulong id, ulong parent, long start, ulong duration, SpanKind kind, string name, bool failed,
        Action<SpanBlock>? more = null)
    {
        block.TraceId.Append(TraceId.TryParse(traceId, out var trace) ? trace : TraceId.Empty);
        block.SpanId.Append(new SpanId(id));
        block.ParentSpanId.Append(new SpanId(parent));
        block.StartTime.Append(start);
        block.DurationNs.Append(duration);
        block.ReceivedAt.Append(start);
        block.Environment.Append("default");
        block.Protocol.Append(protocol);
        block.Service.Append(Service);
        block.Name.Append(name);
        block.Kind.Append(kind);
        block.Status.Append(failed ? SpanStatus.Error : SpanStatus.Unset);
        more?.Invoke(block);
        block.EndRow();
    }

    private static void AddLog(
        LogBlock block, string protocol, ulong sequence, int secondsBack, string group, string stream, string body, string severity, int number,
        string traceId)
    {
        block.Time.Append(NoonNs - 1 - (secondsBack * 1_000_000_000L));
        block.ReceivedAt.Append(NoonNs);
        block.Sequence.Append(sequence);
        block.Environment.Append("default");
        block.Protocol.Append(protocol);
        block.Service.Append(Service);
        block.SeverityNumber.Append((byte)number);
        block.Severity.Append(severity);
        block.Body.Append(body);
        block.TraceId.Append(TraceId.TryParse(traceId, out var trace) ? trace : TraceId.Empty);
        block.LogGroup.Append(group);
        block.LogStream.Append(stream);
        block.Resource.Append("{\"service.name\":\"" + Service + "\"}");
        block.Attributes.Add("http.request.method"u8, "GET");
        block.Attributes.Add("count"u8, 3L);
        block.EndRow();
    }

    private async Task CommitAsync(IngestBatch batch) =>
        (await _pipeline!.CommitAsync(batch, CancellationToken.None)).ShouldBeNull();

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.DisposeAsync();
        if (_pipeline is not null)
            await _pipeline.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
