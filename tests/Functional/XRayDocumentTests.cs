using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Core.Query;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Odd X-Ray documents: taken or refused clearly, and whatever was taken is answered by everything that reads traces.</summary>
public sealed class XRayDocumentTests(RunningWeir running) : IClassFixture<RunningWeir>
{
    private const string Root = "00000000000000a1";
    private static int _traces;
    private readonly WeirProcess _weir = running.Weir;
    private readonly double _now = Math.Floor(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0) - 5;

    public static TheoryData<string, int, int> Oddities => new()
    {
        // name, documents expected from BatchGetTraces (inferred ones included), spans of the story
        { "clock skew of a day", 1, 3 },
        { "an end before the start", 1, 1 },
        { "parents in a circle", 2, 2 },
        { "its own parent", 1, 1 },
        { "one id for all", 1, 3 },
        { "the same document three times", 1, 2 },
        { "unknown fields and null members", 1, 2 },
        { "wrong kinds of known members", 1, 1 },
        { "a parent that never comes", 1, 1 },
        { "ten thousand subsegments side by side", 1, 10_001 },
        { "a chain of ten thousand", 1, 10_001 },
        { "a document of a megabyte", 1, 1 },
        { "finished before unfinished", 1, 1 },
        { "streamed before its parent", 1, 2 },
        { "two roots", 2, 2 },
        { "a cause that refers to another", 1, 2 },
        { "links and precursors", 1, 1 },
    };

    [Theory]
    [MemberData(nameof(Oddities))]
    public async Task Is_read_by_everything(string oddity, int documents, int spans)
    {
        var trace = $"1-{(long)_now:x8}-{Interlocked.Increment(ref _traces):x24}";
        foreach (var document in Documents(oddity, trace))
        {
            var put = await XRayAsync("TraceSegments", new JsonObject { ["TraceSegmentDocuments"] = new JsonArray(document) });
            put["UnprocessedTraceSegments"]!.ToJsonString().ShouldBe("[]");
        }
        // Long stories bring their spans in another form; their count is always there.
        var story = await _weir.JsonAsync($"/api/story/{trace}", found => (int)found["spanCount"]! >= spans);
        ((int)story["spanCount"]!).ShouldBe(spans);
        var batch = await XRayAsync("Traces", new JsonObject { ["TraceIds"] = new JsonArray(trace) });
        batch["Traces"]![0]!.List("Segments").Count.ShouldBe(documents);
        foreach (var segment in batch["Traces"]![0]!.List("Segments"))
            JsonDocument.Parse(segment!.Text("Document"), new JsonDocumentOptions { MaxDepth = 70_000 }).Dispose();
        await XRayAsync("TraceGraph", new JsonObject { ["TraceIds"] = new JsonArray(trace) });
        var range = new JsonObject { ["StartTime"] = _now - 100_000, ["EndTime"] = _now + 100_000 };
        await XRayAsync("TraceSummaries", new JsonObject { ["StartTime"] = _now - 100, ["EndTime"] = _now + 100, ["FilterExpression"] = "service(){!ok} OR rootcause.fault.entity { name = \"x\" } OR ok" });
        await XRayAsync("ServiceGraph", range.DeepClone());
        range["TraceIds"] = new JsonArray(trace);
        var token = (await XRayAsync("StartTraceRetrieval", range)).Text("RetrievalToken");
        var otel = await XRayAsync("ListRetrievedTraces", new JsonObject { ["RetrievalToken"] = token, ["TraceFormat"] = "OTEL" });
        // The first hundred, and each id once.
        otel["Traces"]![0]!.List("Spans").Count.ShouldBe(oddity == "one id for all" ? 1 : Math.Min(100, spans));
    }

    private IEnumerable<string> Documents(string oddity, string trace)
    {
        string Entity(string id, string name, double start, double end, string more = "", bool outer = false) => string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"id\":\"{id}\",\"name\":\"{name}\",\"start_time\":{_now + start},\"end_time\":{_now + end}{(outer ? $",\"trace_id\":\"{trace}\"" : "")}{(more.Length > 0 ? "," : "")}{more}}}");
        string Segment(string id, string more = "", double start = 0, double end = 1) => Entity(id, "api", start, end, more, outer: true);
        string Streamed(string id, string parent, string more = "") => Segment(id, $"\"type\":\"subsegment\",\"parent_id\":\"{parent}\"{(more.Length > 0 ? "," : "")}{more}");
        return oddity switch
        {
            "clock skew of a day" => [Segment(Root, $"\"subsegments\":[{Entity("00000000000000b1", "early", -86_400, -86_399)},{Entity("00000000000000b2", "late", 86_400, 86_401)}]")],
            "an end before the start" => [Segment(Root, "", start: 5, end: 1)],
            "parents in a circle" => [Segment("00000000000000b1", "\"parent_id\":\"00000000000000b2\""), Segment("00000000000000b2", "\"parent_id\":\"00000000000000b1\"")],
            "its own parent" => [Streamed(Root, Root)],
            "one id for all" => [Segment(Root, $"\"subsegments\":[{Entity(Root, "x", 0, 1)},{Entity(Root, "y", 0, 1)}]")],
            "the same document three times" => [.. Enumerable.Repeat(Segment(Root, $"\"subsegments\":[{Entity("00000000000000b1", "x", 0, 1)}]"), 3)],
            "unknown fields and null members" => [Segment(Root, $"\"Dummy\":false,\"notTraced\":false,\"user\":null,\"cause\":null,\"annotations\":null,\"new\":{{\"a\":[1,{{}}]}},\"subsegments\":[null,5,\"x\",{Entity("00000000000000b1", "x", 0, 1, "\"traced\":true,\"namespace\":\"local\"")}]")],
            "wrong kinds of known members" => [Segment(Root, "\"http\":5,\"aws\":[],\"sql\":\"x\",\"annotations\":[1],\"metadata\":7,\"links\":{},\"subsegments\":{},\"cause\":[],\"user\":{},\"fault\":\"yes\",\"service\":true")],
            "a parent that never comes" => [Streamed(Root, "00000000000000ff")],
            "ten thousand subsegments side by side" => [Segment(Root, $"\"subsegments\":[{string.Join(',', Enumerable.Range(1, 10_000).Select(i => Entity(i.ToString("x16", CultureInfo.InvariantCulture), "n", 0, 1)))}]")],
            "a chain of ten thousand" => [Segment(Root, string.Concat(Enumerable.Range(1, 10_000).Select(i => $"\"subsegments\":[{{\"id\":\"{i + 1000:x16}\",\"name\":\"n\",\"start_time\":{_now},\"end_time\":{_now + 1},")) + "\"user\":\"\"" + string.Concat(Enumerable.Repeat("}]", 10_000)))],
            "a document of a megabyte" => [Segment(Root, $"\"metadata\":{{\"default\":{{\"big\":\"{new string('x', (1 << 20) - 300)}\"}}}}")],
            "finished before unfinished" => [Segment(Root), Segment(Root, "\"in_progress\":true").Replace(string.Create(CultureInfo.InvariantCulture, $"\"end_time\":{_now + 1},"), "", StringComparison.Ordinal)],
            "streamed before its parent" => [Streamed("00000000000000b1", Root), Segment(Root)],
            "two roots" => [Segment(Root), Segment("00000000000000a2")],
            "a cause that refers to another" => [Segment(Root, $"\"fault\":true,\"cause\":\"00000000000000c1\",\"subsegments\":[{Entity("00000000000000b1", "x", 0, 1, "\"fault\":true,\"cause\":{\"exceptions\":[{\"id\":\"00000000000000c1\",\"message\":\"m\",\"stack\":[{\"path\":null,\"line\":-1}]}]}")}]")],
            "links and precursors" => [Segment(Root, "\"precursor_ids\":[\"00000000000000b1\"],\"links\":[{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"00000000000000ff\",\"attributes\":{\"a\":1}},5,{}]")],
            _ => throw new ArgumentOutOfRangeException(nameof(oddity), oddity, null),
        };
    }

    [Theory]
    [InlineData("a byte more than a megabyte", "SegmentTooLarge")]
    [InlineData("seventy thousand lists inside each other", "ParseError")]
    public async Task Is_refused_clearly(string oddity, string code)
    {
        var body = oddity.StartsWith('a')
            ? "{\"x\":\"" + new string('x', (1 << 20) - 7) + "\"}"
            : "{\"id\":\"00000000000000b1\",\"metadata\":" + new string('[', 70_000) + new string(']', 70_000) + "}";
        var put = await XRayAsync("TraceSegments", new JsonObject { ["TraceSegmentDocuments"] = new JsonArray(body) });
        put["UnprocessedTraceSegments"]![0]!.Text("ErrorCode").ShouldBe(code);
    }

    [Fact]
    public async Task A_filter_of_a_hundred_kilobytes_is_answered_or_refused()
    {
        foreach (var filter in new[] { string.Join(" OR ", Enumerable.Repeat("annotation.n = 2", 5_200)), new string('(', 100_000), "user = \"" + new string('x', 100_000) + "\"" })
        {
            using var content = new StringContent(
                new JsonObject { ["StartTime"] = _now - 60, ["EndTime"] = _now + 60, ["FilterExpression"] = filter }.ToJsonString(), Encoding.UTF8, "application/json");
            using var answer = await _weir.Client.PostAsync("/TraceSummaries", content);
            answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.BadRequest);
        }
    }

    private async Task<JsonNode> XRayAsync(string operation, JsonNode input)
    {
        using var content = new StringContent(input.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _weir.Client.PostAsync("/" + operation, content);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"{operation}: {text}");
        return JsonNode.Parse(text)!;
    }
}
