using System.Text.Json;
using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Features.Traces.Model;
using Weir.Protocols.Api;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.XRay;

/// <summary>Trace retrieval over X-Ray documents and OpenTelemetry spans, in both formats.</summary>
public sealed class RetrievalTests(SharedEngine shared)
{
    [Fact]
    public async Task RetrievesBothKindsOfTracesInBothFormats()
    {
        await using var stored = await StoredXRay.StartAsync(shared);
        await stored.PutAsync(
            stored.Document(0, "a1", "api", """
                "annotations":{"size":3,"a.b":true},"metadata":{"default":{"k":[1]}},"links":[{"trace_id":"1-5759e988-bd862e3fe1be46a994272793","id":"00000000000000ff"}],
                "subsegments":[{"id":"00000000000000b1","name":"dynamodb","namespace":"aws","start_time":1,"in_progress":true,"aws":{"table_name":"t"}}],
                "cause":{"exceptions":[{"id":"00000000000000e1","type":"KeyError","message":"'id'","remote":true,"truncated":2,"stack":[{"path":"app.py","line":7,"label":"home"},{"path":"wsgi.py","label":"run"}]}]}
                """),
            stored.Document(0, "b1", "dynamodb", "\"namespace\":\"aws\",\"type\":\"subsegment\",\"parent_id\":\"00000000000000a1\",\"aws\":{\"table_name\":\"t\"}"));
        await stored.PutSpanAsync(1, 1, 0, "GET /home", SpanKind.Server, rows =>
        {
            rows.Resource.Append("""{"service.name":"shop","k8s.pod":"p"}""");
            rows.ScopeName.Append("http");
            rows.Attributes.Add("http.route"u8, "/home");
            rows.Attributes.Add("n"u8, 7L);
            rows.Events.Append("""[{"time":5,"name":"exception","attributes":{"exception.type":"E"}}]""");
            rows.Status.Append(SpanStatus.Error);
            rows.StatusMessage.Append("no");
        });
        var token = await StartAsync(stored, 0, 1, 2, 3);

        var xray = await ListAsync(stored, token, "");
        xray.GetProperty("RetrievalStatus").GetString().ShouldBe("COMPLETE");
        xray.GetProperty("TraceFormat").GetString().ShouldBe("XRAY");
        xray.GetProperty("Traces").EnumerateArray().Select(t => t.GetProperty("Id").GetString()).ShouldBe([stored.TraceId(0), stored.TraceId(1)]);
        Documents(xray, 0).Select(d => d.GetProperty("name").GetString()).ShouldBe(["api", "dynamodb"]);
        Documents(xray, 1).ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe("shop");
        xray.TryGetProperty("NextToken", out _).ShouldBeFalse();

        var otel = await ListAsync(stored, token, ",\"TraceFormat\":\"OTEL\"");
        var segment = Documents(otel, 0);
        // The subsegment came unfinished inside its segment and finished on its own: it is one span.
        segment.Select(d => $"{d.GetProperty("name").GetString()} {d.GetProperty("kind").GetString()}").Order().ShouldBe(["api SERVER", "dynamodb CLIENT"]);
        var api = segment.Single(d => d.GetProperty("name").GetString() == "api");
        api.GetProperty("traceId").GetString().ShouldBe(stored.TraceId(0).Replace("-", "", StringComparison.Ordinal)[1..]);
        api.GetProperty("resource").GetRawText().ShouldBe("""{"attributes":{"service.name":"api"}}""");
        var attributes = api.GetProperty("attributes");
        attributes.GetProperty("size").GetInt32().ShouldBe(3);
        attributes.GetProperty("a.b").GetBoolean().ShouldBeTrue();
        attributes.GetProperty("aws.xray.annotations").EnumerateArray().Select(e => e.GetString()).Order().ShouldBe(["a.b", "size"]);
        attributes.GetProperty("aws.xray.metadata.default").GetString()!.ShouldContain("\"k\"");
        api.GetProperty("events").GetRawText().ShouldBe(
            $$$"""
            [{"timeUnixNano":{{{stored.Base + 1}}}000000000,"name":"exception","attributes":{"aws.xray.exception.id":"00000000000000e1","exception.message":"'id'","exception.type":"KeyError","aws.xray.exception.truncated":2,"aws.xray.exception.remote":true,"exception.stacktrace":"KeyError: 'id'\n\tat home(app.py: 7)\n\tat run(wsgi.py: <unknown>)\n"}}]
            """);
        api.GetProperty("links")[0].GetProperty("traceId").GetString().ShouldBe("5759e988bd862e3fe1be46a994272793");
        segment.Single(d => d.GetProperty("name").GetString() == "dynamodb").TryGetProperty("endTimeUnixNano", out _).ShouldBeTrue();
        Documents(otel, 1).ShouldHaveSingleItem().GetRawText().ShouldBe(
            $$$"""
            {"resource":{"attributes":{"k8s.pod":"p","service.name":"shop"}},"scope":{"name":"http","version":""},"traceId":"{{{stored.TraceId(1).Replace("-", "", StringComparison.Ordinal)[1..]}}}","spanId":"0000000000000001","flags":0,"name":"GET /home","kind":"SERVER","startTimeUnixNano":{{{stored.Base + 1}}}000000000,"endTimeUnixNano":{{{stored.Base + 2}}}000000000,"durationNano":1000000000,"attributes":{"http.route":"/home","n":7},"events":[{"timeUnixNano":5,"name":"exception","attributes":{"exception.type":"E"}}],"status":{"code":"ERROR","message":"no"}}
            """.Replace("""{"k8s.pod":"p","service.name":"shop"}""", Documents(otel, 1)[0].GetProperty("resource").GetProperty("attributes").GetRawText(), StringComparison.Ordinal));
        Documents(otel, 1)[0].GetProperty("resource").GetProperty("attributes").EnumerateObject().Select(a => $"{a.Name}={a.Value}").Order().ShouldBe(["k8s.pod=p", "service.name=shop"]);

        var graph = await stored.Host.OkAsync("/GetRetrievedTracesGraph", $"{{\"RetrievalToken\":\"{token}\"}}");
        var services = graph.GetProperty("Services").EnumerateArray().ToDictionary(
            s => $"{s.GetProperty("Service").GetProperty("Name").GetString()}/{(s.GetProperty("Service").TryGetProperty("Type", out var type) ? type.GetString() : "")}");
        services.Keys.ShouldContain("t/AWS::DynamoDB::Table");
        services["api/"].GetProperty("Links").GetRawText().ShouldBe(
            $$"""[{"ReferenceType":"link","SourceTraceId":"{{stored.TraceId(0)}}","DestinationTraceIds":["1-5759e988-bd862e3fe1be46a994272793"]}]""");
        services["api/client"].GetProperty("Links").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task LongTracesAndManyTracesComeInPages()
    {
        await using var stored = await StoredXRay.StartAsync(shared);
        for (var i = 0; i < 12; i++)
            await stored.PutAsync(stored.Document(i, $"{i + 1:x}", "api"));
        await stored.PutAsync([.. Enumerable.Range(0, 230).Select(i => stored.Document(20, $"{i + 1:x}", "api"))]);
        var token = await StartAsync(stored, [20, .. Enumerable.Range(0, 12)]);
        var pages = new List<JsonElement>();
        for (string? next = ""; next is not null;)
        {
            var page = await ListAsync(stored, token, next.Length == 0 ? "" : $",\"NextToken\":\"{next}\"");
            page.GetProperty("Traces").GetArrayLength().ShouldBeLessThanOrEqualTo(5);
            pages.Add(page);
            pages.Count.ShouldBeLessThan(10);
            next = page.TryGetProperty("NextToken", out var more) ? more.GetString() : null;
        }
        var spans = pages.SelectMany(p => p.GetProperty("Traces").EnumerateArray())
            .SelectMany(t => t.GetProperty("Spans").EnumerateArray().Select(s => (Trace: t.GetProperty("Id").GetString(), Span: s.GetProperty("Id").GetString()))).ToList();
        spans.Count.ShouldBe(230 + 12);
        spans.Distinct().Count().ShouldBe(spans.Count);
        (await stored.Host.FaultAsync("/ListRetrievedTraces", $"{{\"RetrievalToken\":\"{token}\",\"NextToken\":\"99-0\"}}")).Message.ShouldBe("Invalid token 99-0");
        (await stored.Host.FaultAsync("/ListRetrievedTraces", $"{{\"RetrievalToken\":\"{token}\",\"NextToken\":\"x\"}}")).Message.ShouldBe("Invalid token x");
    }

    [Fact]
    public async Task OnlyTracesOfTheRangeAreRetrieved()
    {
        await using var stored = await StoredXRay.StartAsync(shared);
        await stored.PutAsync(stored.Document(5, "1", "api"), stored.Document(6, "2", "api"));
        var body = $"{{\"TraceIds\":[\"{stored.TraceId(5)}\",\"{stored.TraceId(6)}\"],\"StartTime\":{stored.Base},\"EndTime\":{stored.Base + 5}}}";
        var token = (await stored.Host.OkAsync("/StartTraceRetrieval", body)).GetProperty("RetrievalToken").GetString()!;
        (await ListAsync(stored, token, "")).GetProperty("Traces").EnumerateArray().Select(t => t.GetProperty("Id").GetString()).ShouldBe([stored.TraceId(5)]);
    }

    private static async Task<string> StartAsync(StoredXRay stored, params int[] traces)
    {
        var ids = string.Join(',', traces.Select(i => $"\"{stored.TraceId(i)}\""));
        return (await stored.Host.OkAsync("/StartTraceRetrieval", $"{{\"TraceIds\":[{ids}],\"StartTime\":0,\"EndTime\":{stored.Base + 1000}}}"))
            .GetProperty("RetrievalToken").GetString()!;
    }

    private static Task<JsonElement> ListAsync(StoredXRay stored, string token, string more) =>
        stored.Host.OkAsync("/ListRetrievedTraces", $"{{\"RetrievalToken\":\"{token}\"{more}}}");

    private static List<JsonElement> Documents(JsonElement page, int trace) =>
        [.. page.GetProperty("Traces")[trace].GetProperty("Spans").EnumerateArray().Select(s => JsonDocument.Parse(s.GetProperty("Document").GetString()!).RootElement)];
}
