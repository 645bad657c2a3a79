using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>What is different about a selection, asked over HTTP: of spans, of X-Ray's traces and of log lines.</summary>
public sealed class BubbleUpApiTests(RunningWeir running) : IClassFixture<RunningWeir>
{
    private const int Rows = 120;
    private const int Chosen = 12;

    private readonly WeirProcess _weir = running.Weir;
    private readonly long _start = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 300;

    [Fact]
    public async Task Slow_spans_of_OpenTelemetry()
    {
        var spans = Enumerable.Range(0, Rows).Select(i => Invariant(
            $$$"""
            {"traceId":"{{{i + 1:x16}}}{{{_start:x16}}}","spanId":"{{{i + 1:x16}}}","name":"checkout","kind":2,"startTimeUnixNano":"{{{_start + i}}}000000000","endTimeUnixNano":"{{{_start + i}}}{{{(IsChosen(i) ? "900" : "005")}}}000000",
             "attributes":[{"key":"app.build","value":{"stringValue":"{{{(IsChosen(i) ? "build-7" : $"build-{i % 3}")}}}"}},{"key":"cart.items","value":{"intValue":"{{{(IsChosen(i) ? 500 : 1) + i}}}"}},{"key":"region","value":{"stringValue":"r{{{i / 10 % 2}}}"}}]}
            """));
        await PostAsync($"http://127.0.0.1:{_weir.OtlpHttpPort}/v1/traces", $$$"""{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"bubble-otel"}}]},"scopeSpans":[{"spans":[{{{string.Join(",", spans)}}}]}]}]}""");
        var result = await AskAsync("spans", "bubble-otel", SlowerThan(100));
        Different(result, "app.build").ToJsonString().ShouldBe("""{"value":"build-7","selected":1,"baseline":0}""");
        var measure = result.List("measures")[0]!;
        measure.Text("column").ShouldBe("cart.items");
        measure.List("bins").Sum(b => (double)b!["selected"]!).ShouldBe(1, 0.001);
        result.Text("sampleNote").ShouldStartWith("Selection: all 12 rows. Baseline: all 108 rows. So few selected rows differ by chance");
        result.List("dimensions").Of("column", "region")["score"]!.GetValue<double>().ShouldBeLessThan(0.3);
    }

    [Fact]
    public async Task Slow_traces_of_XRay()
    {
        var documents = Enumerable.Range(0, Rows).Select(i => Invariant(
            $$$"""{"trace_id":"1-{{{_start:x8}}}-{{{i + 1:x24}}}","id":"{{{i + 1:x16}}}","name":"bubble-xray","start_time":{{{_start + i}}},"end_time":{{{_start + i}}}.{{{(IsChosen(i) ? 9 : 1)}}},"annotations":{"tenant":"{{{(IsChosen(i) ? "t7" : $"t{i % 4}")}}}"},"http":{"response":{"status":200} } }"""));
        foreach (var batch in documents.Chunk(40))
            await PostAsync("/TraceSegments", new JsonObject { ["TraceSegmentDocuments"] = new JsonArray([.. batch.Select(d => (JsonNode)d)]) }.ToJsonString());
        var result = await AskAsync("spans", "bubble-xray", SlowerThan(500));
        Different(result, "annotation.tenant").ToJsonString().ShouldBe("""{"value":"t7","selected":1,"baseline":0}""");
    }

    [Fact]
    public async Task Log_lines_of_one_severity()
    {
        var lines = Enumerable.Range(0, Rows).Select(i => Invariant(
            $$$"""{"timeUnixNano":"{{{_start + i}}}000000000","severityNumber":{{{(IsChosen(i) ? 17 : 9)}}},"severityText":"{{{(IsChosen(i) ? "ERROR" : "INFO")}}}","body":{"stringValue":"line {{{i}}}"},"attributes":[{"key":"disk","value":{"stringValue":"{{{(IsChosen(i) ? "/dev/sdb" : "/dev/sda")}}}"}}]}"""));
        await PostAsync($"http://127.0.0.1:{_weir.OtlpHttpPort}/v1/logs", $$$"""{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"bubble-logs"}}]},"scopeLogs":[{"logRecords":[{{{string.Join(",", lines)}}}]}]}]}""");
        var result = await AskAsync("logs", "bubble-logs", new JsonObject { ["group"] = new JsonObject { ["severity"] = "error" } });
        Different(result, "disk").ToJsonString().ShouldBe("""{"value":"/dev/sdb","selected":1,"baseline":0}""");
    }

    [Theory]
    [InlineData("""{"selection":{}}""", "selection.start")]
    [InlineData("""{}""", "selection")]
    [InlineData("""{"selection":{"group":[]}}""", "selection.group")]
    [InlineData("""{"selection":{"start":5,"end":1}}""", "selection.start")]
    [InlineData("""{"selection":{"start":1,"end":5,"column":7}}""", "selection.column")]
    [InlineData("""{"selection":{"start":1,"end":5},"columns":"all"}""", "columns")]
    public async Task A_selection_that_can_not_be_is_refused_with_its_field(string body, string field)
    {
        var asked = JsonNode.Parse(body)!.AsObject();
        asked["query"] = new JsonObject { ["time_range"] = 600 };
        using var answer = await _weir.Client.PostAsJsonAsync("/api/bubbleup", asked);
        var text = await answer.Content.ReadAsStringAsync();
        // What only the run finds out is the run's problem.
        var problem = answer.IsSuccessStatusCode ? JsonNode.Parse(text)!["problem"] : JsonNode.Parse(text);
        problem.ShouldNotBeNull(text);
        problem.List("errors").ShouldContain(e => e!.Text("field") == field, text);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static bool IsChosen(int row) => row % (Rows / Chosen) == 3;

    private JsonObject SlowerThan(int milliseconds) => new() { ["start"] = _start - 10, ["end"] = _start + Rows + 10, ["column"] = "duration_ms", ["min"] = milliseconds };

    /// <summary>The first dimension is the column; its value that makes the difference.</summary>
    private static JsonNode Different(JsonNode result, string column)
    {
        var first = result.List("dimensions")[0]!;
        first.Text("column").ShouldBe(column);
        ((double)first["score"]!).ShouldBeGreaterThan(0.6);
        return first.List("values").Single(v => (double)v!["selected"]! > 0.99)!;
    }

    private async Task PostAsync(string url, string body)
    {
        using var answer = await _weir.Client.PostAsync(url, new StringContent(body, Encoding.UTF8, "application/json"));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The answer, once all rows that were acknowledged are there to be asked about.</summary>
    private async Task<JsonNode> AskAsync(string signal, string service, JsonObject selection)
    {
        var query = new JsonObject
        {
            ["start_time"] = _start - 10,
            ["end_time"] = _start + Rows + 10,
            ["signals"] = new JsonArray(signal),
            ["filters"] = new JsonArray(new JsonObject { ["column"] = "service.name", ["op"] = "=", ["value"] = service }),
        };
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); ; await Task.Delay(250))
        {
            using var answer = await _weir.Client.PostAsJsonAsync("/api/bubbleup", new JsonObject { ["query"] = query.DeepClone(), ["selection"] = selection.DeepClone(), ["waitMs"] = 20_000 });
            var run = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, run.ToJsonString());
            if (run["result"] is { } result && (long)result["selected"]!["rows"]! == Chosen && (long)result["baseline"]!["rows"]! == Rows - Chosen)
                return result;
            clock.Elapsed.ShouldBeLessThan(Waiting.Patience, run.ToJsonString());
        }
    }
}
