using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Features.Sampling;
using Weir.Protocols.XRay;
using Weir.Store;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.XRay;

/// <summary>Documents in by PutTraceSegments, out by the read operations, over the embedded engine. In a week of its own.</summary>
public sealed class ReadTests(SharedEngine shared) : IAsyncLifetime
{
    private const long Base = 1_020_000_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-xray-").FullName;
    private IngestPipeline? _pipeline;
    private XRayHost? _host;
    private static int _runs;
    private readonly long _base = Base + (Interlocked.Increment(ref _runs) * 100_000L);

    public async ValueTask InitializeAsync()
    {
        var store = await SharedStore.OpenAsync(shared);
        _pipeline = new IngestPipeline(
            new JournalOptions { Folder = _folder }, store.Loader, new IngestCounters(TimeProvider.System), TimeProvider.System, NullLogger<IngestPipeline>.Instance);
        _pipeline.Start();
        _host = await XRayHost.StartAsync(
            new XRayOptions { Udp = false, SummariesPerPage = 10, TracesScannedPerPage = 25 }, reader: store.Reader, store: _pipeline);
    }

    public async ValueTask DisposeAsync()
    {
        await _host!.DisposeAsync();
        await _pipeline!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string TraceId(int number) => $"1-{_base + number:x8}-{_base:x16}{number:x8}";

    private string Document(int number, string id, string name, string more = "", double length = 1) =>
        FormattableString.Invariant($"{{\"trace_id\":\"{TraceId(number)}\",\"id\":\"{id.PadLeft(16, '0')}\",\"name\":\"{name}\",\"start_time\":{_base + number},\"end_time\":{_base + number + length}{(more.Length > 0 ? "," : "")}{more}}}");

    private async Task PutAsync(params string[] documents)
    {
        foreach (var chunk in documents.Chunk(50))
            (await _host!.OkAsync("/TraceSegments", XRayHost.PutBody(chunk))).GetProperty("UnprocessedTraceSegments").GetArrayLength().ShouldBe(0);
        await _pipeline!.DrainAsync(CancellationToken.None);
    }

    private string Range(int from, int to, string more = "") =>
        $"{{\"StartTime\":{_base + from},\"EndTime\":{_base + to}{(more.Length > 0 ? "," : "")}{more}}}";

    private static List<string> Ids(JsonElement page) => [.. page.GetProperty("TraceSummaries").EnumerateArray().Select(t => t.GetProperty("Id").GetString()!)];

    [Fact]
    public async Task WhatGoesInComesOut()
    {
        var nested = "\"subsegments\":[{\"id\":\"00000000000000b1\",\"name\":\"mock-data\",\"start_time\":1.5,\"end_time\":2.5,\"metadata\":{\"ns\":{\"k\":[1,{\"a\":\"\\u00e9\"}]}}}]";
        await PutAsync(
            Document(0, "c1", "step", "\"type\":\"subsegment\",\"parent_id\":\"00000000000000b1\""),
            Document(0, "a1", "api", nested),
            Document(1, "a2", "api", "\"in_progress\":true").Replace($"\"end_time\":{_base + 2},", "", StringComparison.Ordinal));
        var unknown = TraceId(99);
        var reply = await _host!.OkAsync("/Traces", $"{{\"TraceIds\":[\"{TraceId(0)}\",\"{unknown}\"]}}");
        reply.GetProperty("UnprocessedTraceIds").EnumerateArray().Select(e => e.GetString()).ShouldBe([unknown]);
        var trace = reply.GetProperty("Traces").EnumerateArray().ShouldHaveSingleItem();
        trace.GetProperty("Id").GetString().ShouldBe(TraceId(0));
        var segment = trace.GetProperty("Segments").EnumerateArray().ShouldHaveSingleItem();
        segment.GetProperty("Id").GetString().ShouldBe("00000000000000a1");
        using var document = JsonDocument.Parse(segment.GetProperty("Document").GetString()!);
        var mockData = document.RootElement.GetProperty("subsegments")[0];
        mockData.GetProperty("metadata").GetRawText().ShouldBe("""{"ns":{"k":[1,{"a":"\u00e9"}]}}""");
        mockData.GetProperty("subsegments")[0].GetRawText().ShouldBe(
            FormattableString.Invariant($"{{\"id\":\"00000000000000c1\",\"name\":\"step\",\"start_time\":{_base},\"end_time\":{_base + 1}}}"));

        // Unfinished, then finished under the same id.
        (await _host.OkAsync("/TraceSummaries", Range(1, 2))).GetProperty("TraceSummaries")[0].GetProperty("IsPartial").GetBoolean().ShouldBeTrue();
        await PutAsync(Document(1, "a2", "api"));
        var finished = (await _host.OkAsync("/Traces", $"{{\"TraceIds\":[\"{TraceId(1)}\"]}}")).GetProperty("Traces")[0];
        finished.GetProperty("Duration").GetDouble().ShouldBe(1);
        finished.GetProperty("Segments").GetArrayLength().ShouldBe(1);
        (await _host.OkAsync("/TraceSummaries", Range(1, 2))).GetProperty("TraceSummaries")[0].GetProperty("Revision").GetInt32().ShouldBe(2);
    }

    [Theory]
    [InlineData("/Traces", """{"TraceIds":["1-5759e988-bd862e3fe1be46a994272793","2","3","4","5","6"]}""", "Exceeding maximum query size: 5")]
    [InlineData("/Traces", """{"TraceIds":["1-5759e988-bd862e3fe1be46a994272793"],"NextToken":"x"}""", "NextToken is currently not supported")]
    [InlineData("/Traces", """{"TraceIds":["1-5759e988-bd862e3fe1be46a994272793","1-5759e988-bd862e3fe1be46a994272793"]}""", "Containing duplicate trace ids")]
    [InlineData("/Traces", """{"TraceIds":["1-x"]}""", "Invalid trace id 1-x: incorrect id format")]
    [InlineData("/TraceGraph", """{"TraceIds":[]}""", "Zero trace ids provided")]
    [InlineData("/TraceGraph", """{"TraceIds":["1-5759e988-000000000000000000000000"]}""", "Trace id not found")]
    [InlineData("/TraceSummaries", """{"StartTime":2,"EndTime":1}""", "End time cannot be earlier than start time")]
    [InlineData("/TraceSummaries", """{"StartTime":1,"EndTime":2,"NextToken":"zz"}""", "Invalid token zz")]
    [InlineData("/TraceSummaries", """{"StartTime":1,"EndTime":2,"Sampling":true,"SamplingStrategy":{"Name":"FixedRate","Value":0.5}}""", "Cannot use FixedRate with input time range type: TraceId")]
    [InlineData("/TraceSummaries", """{"StartTime":1,"EndTime":2,"FilterExpression":"responsecode(404)"}""", "Invalid filter expression: Invalid input symbol 'responsecode' at offset 0")]
    [InlineData("/TimeSeriesServiceStatistics", """{"StartTime":1,"EndTime":2,"Period":61}""", "Time period must be one of [60, 300]")]
    [InlineData("/ServiceGraph", """{"StartTime":1,"EndTime":2,"GroupName":"nope"}""", "Group not found.")]
    public async Task Refuses(string path, string body, string message) =>
        (await _host!.FaultAsync(path, body)).ShouldBe((400, "InvalidRequestException", message));

    [Fact]
    public async Task OpenTelemetrySpansAreReadAsSegments()
    {
        var batch = new IngestBatchPool().Rent(WireProtocol.Otlp);
        _ = Weir.Core.Model.TraceId.TryParse(TraceId(500), out var id);
        void Span(ulong span, ulong parent, string name, SpanKind kind, Action<SpanBlock> more)
        {
            var rows = batch.Spans;
            rows.TraceId.Append(id);
            rows.SpanId.Append(new SpanId(span));
            rows.ParentSpanId.Append(new SpanId(parent));
            rows.StartTime.Append((_base + 500) * 1_000_000_000L);
            rows.DurationNs.Append(1_500_000_000UL);
            rows.Environment.Append("default");
            rows.Protocol.Append(WireProtocol.Otlp);
            rows.Service.Append("shop");
            rows.Name.Append(name);
            rows.Kind.Append(kind);
            more(rows);
            rows.EndRow();
        }
        Span(1, 0, "GET /home", SpanKind.Server, rows =>
        {
            rows.Attributes.Add("http.request.method"u8, "GET");
            rows.Attributes.Add("url.path"u8, "/home");
            rows.Attributes.Add("http.response.status_code"u8, 500L);
            rows.Events.Append("""[{"time":1,"name":"exception","attributes":{"exception.type":"E","exception.message":"m"}}]""");
        });
        Span(2, 1, "SELECT <x>", SpanKind.Client, rows => rows.Attributes.Add("db.system"u8, "postgresql"));
        (await _pipeline!.CommitAsync(batch, CancellationToken.None)).ShouldBeNull();
        await _pipeline.DrainAsync(CancellationToken.None);
        var trace = (await _host!.OkAsync("/Traces", $"{{\"TraceIds\":[\"{TraceId(500)}\"]}}")).GetProperty("Traces")[0];
        trace.GetProperty("Duration").GetDouble().ShouldBe(1.5);
        using var document = JsonDocument.Parse(trace.GetProperty("Segments")[0].GetProperty("Document").GetString()!);
        var root = document.RootElement;
        root.GetProperty("name").GetString().ShouldBe("shop");
        root.GetProperty("fault").GetBoolean().ShouldBeTrue();
        root.GetProperty("http").GetRawText().ShouldBe("""{"request":{"method":"GET","url":"/home"},"response":{"status":500}}""");
        root.GetProperty("cause").GetProperty("exceptions")[0].GetProperty("type").GetString().ShouldBe("E");
        root.GetProperty("subsegments")[0].GetProperty("name").GetString().ShouldBe("SELECT <x>");
        root.GetProperty("subsegments")[0].GetProperty("sql").GetProperty("database_type").GetString().ShouldBe("postgresql");
        (await _host.OkAsync("/TraceGraph", $"{{\"TraceIds\":[\"{TraceId(500)}\"]}}")).GetProperty("Services").EnumerateArray()
            .Select(s => s.GetProperty("Name").GetString()).ShouldBe(["shop", "shop", "SELECT <x>"]);
    }

    [Fact]
    public async Task PagesAreNewestFirstAndComplete()
    {
        await PutAsync([.. Enumerable.Range(0, 60).Select(i => Document(i, $"{i + 1:x}", i % 20 == 0 ? "rare" : "common", $"\"annotations\":{{\"n\":{i % 3}}}"))]);
        (await ReadAllAsync("", 12, 7)).ShouldBe([.. Enumerable.Range(0, 60).Reverse().Select(TraceId)]);
        (await ReadAllAsync("service(\"rare\")", 12, 0)).ShouldBe([TraceId(40), TraceId(20), TraceId(0)]);
        (await ReadAllAsync("annotation.n = 2 AND service(\"common\"){ok}", 12, 0)).Count.ShouldBe(Enumerable.Range(0, 60).Count(i => i % 3 == 2 && i % 20 != 0));
        // Nothing of this filter can be told to the store: pages may be empty, but the walk ends and finds all.
        (await ReadAllAsync("!service(\"common\")", 12, 0)).Count.ShouldBe(3);
        // A filter of 90 kB is judged here, not by the engine.
        (await ReadAllAsync(string.Concat(Enumerable.Repeat("annotation.n = 2 ", 5_000)), 12, 0)).Count.ShouldBe(20);
        Ids(await _host!.OkAsync("/TraceSummaries", Range(10, 12))).ShouldBe([TraceId(11), TraceId(10)]);
        var byEnd = await _host.OkAsync("/TraceSummaries", Range(10, 12, "\"TimeRangeType\":\"Service\""));
        Ids(byEnd).ShouldBe([TraceId(10), TraceId(9)]);
        byEnd.GetProperty("TraceSummaries")[0].GetProperty("MatchedEventTime").GetDouble().ShouldBe(_base + 11);
    }

    private async Task<List<string>> ReadAllAsync(string filter, int mostPages, int leastPages)
    {
        var ids = new List<string>();
        string? token = null;
        for (var page = 1; page <= mostPages; page++)
        {
            var more = $"\"FilterExpression\":{JsonSerializer.Serialize(filter)}" + (token is null ? "" : $",\"NextToken\":\"{token}\"");
            var reply = await _host!.OkAsync("/TraceSummaries", Range(0, 1000, more));
            ids.AddRange(Ids(reply));
            token = reply.TryGetProperty("NextToken", out var next) ? next.GetString() : null;
            if (token is not null)
                continue;
            page.ShouldBeGreaterThanOrEqualTo(leastPages);
            return ids;
        }
        throw new InvalidOperationException("the pages don't end");
    }

    [Fact]
    public async Task EventTimeIsArrival()
    {
        // It started two days ago and arrives now.
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var trace = $"1-{now:x8}-{_base:x16}00000001";
        await PutAsync($"{{\"trace_id\":\"{trace}\",\"id\":\"0000000000000001\",\"name\":\"late-arrival\",\"start_time\":{now - 172_800},\"end_time\":{now - 172_799}}}");
        var filter = "\"FilterExpression\":\"service(\\\"late-arrival\\\")\"";
        var byArrival = await _host!.OkAsync("/TraceSummaries", $"{{\"StartTime\":{now - 60},\"EndTime\":{now + 600},\"TimeRangeType\":\"Event\",{filter}}}");
        Ids(byArrival).ShouldBe([trace]);
        byArrival.GetProperty("TraceSummaries")[0].GetProperty("MatchedEventTime").GetDouble().ShouldBeGreaterThanOrEqualTo(now - 1);
        Ids(await _host.OkAsync("/TraceSummaries", $"{{\"StartTime\":{now - 60},\"EndTime\":{now + 600},{filter}}}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task GraphsOfAGroupCountItsTraces()
    {
        await _host!.OkAsync("/CreateGroup", """{"GroupName":"apis","FilterExpression":"service(\"api\")"}""");
        await PutAsync(
            Document(0, "1", "api", $"\"subsegments\":[{{\"id\":\"00000000000000b1\",\"name\":\"example.org\",\"namespace\":\"remote\",\"start_time\":{_base},\"end_time\":{_base + 1}}}]"),
            Document(1, "2", "api", "\"fault\":true"),
            Document(70, "3", "other"));
        var graph = await _host.OkAsync("/ServiceGraph", Range(0, 1000, "\"GroupName\":\"apis\""));
        graph.GetProperty("StartTime").GetDouble().ShouldBe(_base);
        var api = graph.GetProperty("Services").EnumerateArray().Single(s => s.GetProperty("Name").GetString() == "api" && s.TryGetProperty("Root", out _));
        api.GetProperty("SummaryStatistics").GetProperty("TotalCount").GetInt32().ShouldBe(2);
        graph.GetProperty("Services").EnumerateArray().Select(s => s.GetProperty("Name").GetString()).ShouldNotContain("other");
        (await _host.OkAsync("/ServiceGraph", Range(0, 1000))).GetProperty("Services").GetArrayLength().ShouldBe(5);
        (await _host.OkAsync("/TraceGraph", $"{{\"TraceIds\":[\"{TraceId(0)}\"]}}")).GetProperty("Services").GetArrayLength().ShouldBe(3);
        var series = (await _host.OkAsync("/TimeSeriesServiceStatistics", Range(0, 120, "\"EntitySelectorExpression\":\"service(\\\"api\\\")\""))).GetProperty("TimeSeriesServiceStatistics");
        series.EnumerateArray().Sum(p => p.GetProperty("ServiceSummaryStatistics").GetProperty("TotalCount").GetInt32()).ShouldBe(2);
        series.EnumerateArray().Select(p => p.GetProperty("Timestamp").GetDouble()).ShouldBeInOrder(SortDirection.Descending);
    }
}
