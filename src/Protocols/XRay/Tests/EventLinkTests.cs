using System.Text.Json;
using Shouldly;
using Weir.Core.Columns;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.XRay;

/// <summary>Links between traces: messages that another trace received.</summary>
public sealed class EventLinkTests(SharedEngine shared)
{
    [Fact]
    public async Task AGraphShowsMessagesAsLinks()
    {
        await using var stored = await StoredXRay.StartAsync(shared);
        var (at, host) = (stored.Base, stored.Host);
        await stored.PutAsync(
            stored.Document(1, "a1", "shop", $"\"subsegments\":[{{\"id\":\"00000000000000b1\",\"name\":\"SQS\",\"namespace\":\"aws\",\"aws\":{{\"queue_url\":\"https://sqs/1/mails\"}},\"start_time\":{at + 1},\"end_time\":{at + 2}}}]"),
            stored.Document(20, "c1", "mailer", $"\"fault\":true,\"links\":[{{\"trace_id\":\"{stored.TraceId(1)}\",\"id\":\"00000000000000b1\"}},{{\"trace_id\":\"{stored.TraceId(9)}\",\"id\":\"00000000000000ff\"}}]"),
            // A message within a service is no edge.
            stored.Document(21, "d1", "mailer", $"\"links\":[{{\"trace_id\":\"{stored.TraceId(20)}\",\"id\":\"00000000000000c1\"}}]"));
        var range = $"\"StartTime\":{at},\"EndTime\":{at + 100}";
        Check((await host.OkAsync("/ServiceGraph", $"{{{range}}}")).GetProperty("Services"));
        Check((await host.OkAsync("/TraceGraph", $"{{\"TraceIds\":[\"{stored.TraceId(1)}\",\"{stored.TraceId(20)}\"]}}")).GetProperty("Services"));
        using var map = await host.Client.GetAsync(new Uri($"/api/xray/map?start={at}&end={at + 100}", UriKind.Relative));
        JsonDocument.Parse(await map.Content.ReadAsStringAsync(CancellationToken.None)).RootElement.GetProperty("edges").EnumerateArray()
            .Where(e => e.GetProperty("link").GetBoolean()).Select(e => $"{e.GetProperty("source")} > {e.GetProperty("target")}").ShouldBe(["mails|AWS::SQS::Queue > mailer|"]);

        static void Check(JsonElement services)
        {
            var queue = services.EnumerateArray().Single(s => s.GetProperty("Name").GetString() == "mails");
            var edge = queue.GetProperty("Edges").EnumerateArray().ShouldHaveSingleItem();
            edge.GetProperty("EdgeType").GetString().ShouldBe("link");
            edge.GetProperty("ReferenceId").GetInt32().ShouldBe(
                services.EnumerateArray().Single(s => s.GetProperty("Name").GetString() == "mailer" && s.TryGetProperty("SummaryStatistics", out _)).GetProperty("ReferenceId").GetInt32());
            edge.GetProperty("SummaryStatistics").GetProperty("FaultStatistics").GetProperty("TotalCount").GetInt32().ShouldBe(1);
            // Sent at 2, received at 20.
            edge.GetProperty("ReceivedEventAgeHistogram").GetRawText().ShouldBe("""[{"Value":18,"Count":1}]""");
            services.EnumerateArray().SelectMany(s => s.GetProperty("Edges").EnumerateArray()).Count(e => e.TryGetProperty("EdgeType", out _)).ShouldBe(1);
        }
    }

    [Fact]
    public async Task OpenTelemetryLinksAreLinks()
    {
        await using var stored = await StoredXRay.StartAsync(shared);
        await stored.PutSpanAsync(1, 1, 0, "POST /order", SpanKind.Server, _ => { });
        await stored.PutSpanAsync(1, 2, 1, "orders publish", SpanKind.Producer, _ => { });
        var sender = stored.TraceId(1).Replace("-", "", StringComparison.Ordinal)[1..];
        await stored.PutSpanAsync(5, 3, 0, "orders process", SpanKind.Consumer, rows =>
        {
            rows.Links.Append($$$"""[{"traceId":"{{{sender}}}","spanId":"0000000000000002","attributes":{"messaging.message.id":"m1"}}]""");
        }, service: "worker");
        var graph = await stored.Host.OkAsync("/ServiceGraph", $"{{\"StartTime\":{stored.Base},\"EndTime\":{stored.Base + 100}}}");
        var topic = graph.GetProperty("Services").EnumerateArray().Single(s => s.GetProperty("Name").GetString() == "orders publish");
        topic.GetProperty("Edges").EnumerateArray().ShouldHaveSingleItem().GetProperty("EdgeType").GetString().ShouldBe("link");
        (await stored.SegmentsAsync(5)).ShouldHaveSingleItem().GetProperty("links").GetRawText()
            .ShouldBe($$$"""[{"trace_id":"{{{stored.TraceId(1)}}}","id":"0000000000000002","attributes":{"messaging.message.id":"m1"}}]""");
    }
}
