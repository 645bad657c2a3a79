using System.Globalization;
using System.Text.Json;
using Shouldly;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Features.Alerts.Notifications;
using Weir.Features.Questions;
using Weir.Features.Traces.Insights;
using Weir.Protocols.Api;
using Weir.Protocols.XRay;
using Weir.Protocols.XRay.Insights;
using Weir.Tests.Alerts;
using Weir.Tests.Explore;
using Weir.Tests.Support;
using Weir.Tests.XRay;
using Xunit;

namespace Weir.Tests.Traces;

public sealed class InsightTests(SharedEngine shared)
{
    /// <summary>A letter a minute: of 100 requests none (.), 1 (a), 5 (e) or 30 (F) fail; - is no traffic.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("FFFFFFFF", "")]
    [InlineData("..........", "")]
    [InlineData("..a.a.a..e", "")]
    [InlineData("..........F.........", "")]
    [InlineData("..........FF........", "10-12")]
    [InlineData("..........F.F.......", "10-13")]
    [InlineData("..........F..F......", "")]
    [InlineData("..........FFFFFFFFFF", "10-")]
    [InlineData("..........FF...FF.......", "10-17")]
    [InlineData("..........FF.....FF.......", "10-12 17-19")]
    [InlineData("eeeeeeeeeeeeeeeeeee", "")]
    [InlineData("..........FF--------", "10-12")]
    public void AnomaliesAreFound(string minutes, string expected)
    {
        var counts = minutes.Select(c => c switch
        {
            '-' => default,
            'a' => new MinuteCounts(100, 1),
            'e' => new MinuteCounts(100, 5),
            'F' => new MinuteCounts(100, 30),
            _ => new MinuteCounts(100, 0),
        }).ToList();
        string.Join(' ', FaultAnomalies.Find(counts, 0).Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.Start}-{a.End}"))).ShouldBe(expected);
    }

    [Fact]
    public async Task AGroupsInsightNamesWhereTheFaultsBegin()
    {
        var store = await SharedStore.OpenAsync(shared);
        await using var host = await XRayHost.StartAsync(new XRayOptions { Udp = false }, reader: store.Reader, store: new LoadingSink(store));
        const long Begin = 1_016_000_040;
        const int Minutes = 200;
        await PutTrafficAsync(host, Begin, Minutes, "insights");
        await host.OkAsync("/CreateGroup", """{"GroupName":"watched","FilterExpression":"annotation.insights = true","InsightsConfiguration":{"InsightsEnabled":true}}""");
        await host.OkAsync("/CreateGroup", """{"GroupName":"unwatched","FilterExpression":"annotation.insights = true"}""");
        var range = string.Create(CultureInfo.InvariantCulture, $"\"StartTime\":{Begin + (149 * 60)},\"EndTime\":{Begin + (Minutes * 60)}");

        var summary = (await host.OkAsync("/InsightSummaries", $"{{{range},\"GroupName\":\"watched\"}}")).GetProperty("InsightSummaries").EnumerateArray().ShouldHaveSingleItem();
        summary.GetProperty("RootCauseServiceId").GetProperty("Name").GetString().ShouldBe("orders@db");
        summary.GetProperty("State").GetString().ShouldBe("CLOSED");
        (summary.GetProperty("StartTime").GetDouble(), summary.GetProperty("EndTime").GetDouble()).ShouldBe((Begin + (150 * 60), Begin + (160 * 60)));
        var impact = summary.GetProperty("ClientRequestImpactStatistics");
        (impact.GetProperty("FaultCount").GetInt64(), impact.GetProperty("TotalCount").GetInt64()).ShouldBe((60, 60));
        summary.GetProperty("TopAnomalousServices").EnumerateArray().Select(s => s.GetProperty("ServiceId").GetProperty("Name").GetString())
            .ShouldBe(["orders@db", "front", "worker"], ignoreOrder: true);

        var id = summary.GetProperty("InsightId").GetString();
        var insight = (await host.OkAsync("/Insight", $"{{\"InsightId\":\"{id}\"}}")).GetProperty("Insight");
        insight.GetProperty("GroupName").GetString().ShouldBe("watched");
        (await host.OkAsync("/InsightEvents", $"{{\"InsightId\":\"{id}\"}}")).GetProperty("InsightEvents").GetArrayLength().ShouldBe(2);
        var services = (await host.OkAsync("/InsightImpactGraph", $"{{\"InsightId\":\"{id}\",{range}}}")).GetProperty("Services");
        services.EnumerateArray().Select(s => s.GetProperty("Name").GetString()).Distinct().Order().ShouldBe(["front", "orders@db", "worker"]);
        (await host.OkAsync("/InsightSummaries", $"{{{range},\"GroupName\":\"watched\",\"States\":[\"ACTIVE\"]}}")).GetProperty("InsightSummaries").GetArrayLength().ShouldBe(0);
        (await host.OkAsync("/InsightSummaries", $"{{{range},\"GroupName\":\"unwatched\"}}")).GetProperty("InsightSummaries").GetArrayLength().ShouldBe(0);
        (await host.FaultAsync("/Insight", """{"InsightId":"00000000-0000-1000-8000-000000000000"}""")).Message.ShouldBe("Insight not found");

        using var ui = await host.Client.GetAsync(new Uri($"/api/xray/insights?start={Begin + (149 * 60)}&end={Begin + (Minutes * 60)}", UriKind.Relative));
        var shown = JsonDocument.Parse(await ui.Content.ReadAsStringAsync(CancellationToken.None)).RootElement.GetProperty("insights").EnumerateArray().ShouldHaveSingleItem();
        shown.GetProperty("rootCause").GetProperty("type").GetString().ShouldBe("Database::SQL");
        shown.GetProperty("categories")[0].GetString().ShouldBe("FAULT");
        shown.GetProperty("clientRequestImpact").ToString().ShouldBe("""{"faults":60,"ok":0,"total":60}""");
        using var detail = await host.Client.GetAsync(new Uri($"/api/xray/insights/{id}", UriKind.Relative));
        var whole = JsonDocument.Parse(await detail.Content.ReadAsStringAsync(CancellationToken.None)).RootElement;
        whole.GetProperty("insight").ToString().ShouldBe(shown.ToString());
        whole.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("summary").GetString())
            .ShouldBe(["orders@db is back to its usual share of faults.", "Unusually many faults at orders@db, front, worker."]);
        var unusual = whole.GetProperty("timeline").EnumerateArray().Where(m => m.GetProperty("faults").GetInt64() > m.GetProperty("highestUsual").GetDouble()).ToList();
        (unusual.Count, unusual[0].GetProperty("time").GetDateTimeOffset().ToUnixTimeSeconds()).ShouldBe((10, Begin + (150 * 60)));
        whole.GetProperty("graph").GetProperty("nodes").EnumerateArray().Where(n => n.GetProperty("rootCause").GetBoolean()).Select(n => n.GetProperty("id").GetString())
            .ShouldBe(["orders@db|Database::SQL"]);
        whole.GetProperty("graph").GetProperty("edges").EnumerateArray().Select(e => $"{e.GetProperty("source")} > {e.GetProperty("target")}")
            .ShouldContain("worker| > orders@db|Database::SQL");
        using var missing = await host.Client.GetAsync(new Uri("/api/xray/insights/00000000-0000-1000-8000-000000000000", UriKind.Relative));
        missing.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        (await host.FaultAsync("/TraceSummaries", $"{{{range},\"FilterExpression\":\"{new string('(', 100_000)}\"}}")).Status.ShouldBe(400);
        (await host.OkAsync("/TraceSummaries", $"{{{range},\"FilterExpression\":\"{string.Join(" or ", Enumerable.Repeat("fault", 12_000))}\"}}")).GetProperty("TraceSummaries").GetArrayLength().ShouldBeGreaterThan(0);
    }

    /// <summary>Six requests a minute by way of a worker and its database, which fails from minute 150 to 160.</summary>
    private static async Task PutTrafficAsync(XRayHost host, long begin, int minutes, string annotation)
    {
        var documents = new List<string>();
        for (var i = 0; i < minutes * 6; i++)
        {
            var at = begin + (i * 10);
            var fault = i / 6 is >= 150 and < 160 ? ",\"fault\":true" : "";
            var trace = string.Create(CultureInfo.InvariantCulture, $"1-{at:x8}-feedfacefeedface{i:x8}");
            documents.Add(string.Create(CultureInfo.InvariantCulture, $$"""{"trace_id":"{{trace}}","id":"000000000000000a","name":"front","start_time":{{at}},"end_time":{{at + 1}}{{fault}},"annotations":{"{{annotation}}":true},"subsegments":[{"id":"000000000000000b","name":"worker","namespace":"remote","start_time":{{at}},"end_time":{{at + 1}}{{fault}}}]}"""));
            documents.Add(string.Create(CultureInfo.InvariantCulture, $$"""{"trace_id":"{{trace}}","id":"000000000000000c","parent_id":"000000000000000b","name":"worker","start_time":{{at}},"end_time":{{at + 1}}{{fault}},"subsegments":[{"id":"000000000000000d","name":"orders@db","namespace":"remote","sql":{"database_type":"PostgreSQL"},"start_time":{{at}},"end_time":{{at + 1}}{{fault}}}]}"""));
        }
        foreach (var chunk in documents.Chunk(50))
            (await host.OkAsync("/TraceSegments", XRayHost.PutBody(chunk))).GetProperty("UnprocessedTraceSegments").GetArrayLength().ShouldBe(0);
    }

    /// <summary>A clock by hand goes over the same traffic: what is told when, and how often.</summary>
    [Fact]
    public async Task RecipientsAreToldWhenAnInsightBeginsAndEnds()
    {
        const long Begin = 1_017_000_000;
        var store = await SharedStore.OpenAsync(shared);
        var time = new ManualTime(Begin + (140 * 60));
        await using var host = await XRayHost.StartAsync(new XRayOptions { Udp = false, CountGroups = false }, time, reader: store.Reader, store: new LoadingSink(store));
        await using var hook = await WebhookReceiver.StartAsync();
        await using var other = await WebhookReceiver.StartAsync();
        await PutTrafficAsync(host, Begin, 200, "told");
        await AddRecipientAsync(host, "hook", hook.Address);
        await AddRecipientAsync(host, "other", other.Address);
        await host.OkAsync("/CreateGroup", """{"GroupName":"told","FilterExpression":"annotation.told = true","InsightsConfiguration":{"InsightsEnabled":true,"NotificationsEnabled":true}}""");
        await host.OkAsync("/CreateGroup", """{"GroupName":"quiet","FilterExpression":"annotation.told = true","InsightsConfiguration":{"InsightsEnabled":true}}""");
        using var choice = await host.Client.PutAsync(new Uri("/api/xray/groups/told", UriKind.Relative), new StringContent("""{"recipients":["hook"]}"""));
        choice.IsSuccessStatusCode.ShouldBeTrue();

        (await LookAsync()).ShouldBeEmpty();
        time.Advance(13 * 60);
        var opened = (await LookAsync()).ShouldHaveSingleItem();
        ((string?)opened["status"], (string?)opened["source"], (string?)opened["detail-type"]).ShouldBe(("TRIGGERED", "aws.xray", "AWS X-Ray Insight Update"));
        var detail = opened["detail"]!;
        ((string?)detail["State"], (string?)detail["GroupName"], (string?)detail["RootCauseServiceId"]!["Name"]).ShouldBe(("ACTIVE", "told", "orders@db"));
        ((double)detail["StartTime"]!).ShouldBe(Begin + (150 * 60));
        ((string)opened["summary"]!).ShouldStartWith("Opened: Since ");
        time.Advance(60);
        (await LookAsync()).ShouldBeEmpty();
        time.Advance(20 * 60);
        var closed = (await LookAsync()).ShouldHaveSingleItem();
        ((string?)closed["status"], (string?)closed["id"], (string?)closed["detail"]!["State"]).ShouldBe(("OK", (string?)opened["id"], "CLOSED"));
        time.Advance(60);
        (await LookAsync()).ShouldBeEmpty();
        other.Received.ShouldBeEmpty();

        using var answer = await host.Client.GetAsync(new Uri($"/api/xray/insights/{opened["id"]}", UriKind.Relative));
        var told = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(CancellationToken.None)).RootElement.GetProperty("notifications");
        told.EnumerateArray().Select(n => $"{n.GetProperty("state")} {n.GetProperty("deliveries")[0].GetProperty("recipient")} {n.GetProperty("deliveries")[0].GetProperty("ok")}")
            .ShouldBe(["CLOSED webhook hook True", "ACTIVE webhook hook True"]);
        await host.OkAsync("/DeleteGroup", """{"GroupName":"told"}""");

        async Task<List<System.Text.Json.Nodes.JsonNode>> LookAsync()
        {
            await host.Service<InsightWatcher>().LookAsync(CancellationToken.None);
            await host.Service<Outbox>().DeliverAsync(CancellationToken.None);
            var received = new List<System.Text.Json.Nodes.JsonNode>();
            while (hook.Received.TryDequeue(out var letter))
                received.Add(letter.Body);
            return received;
        }
    }

    private static async Task AddRecipientAsync(XRayHost host, string id, string address) => await host.Service<Documents<Recipient>>().PutAsync(
        new Stored<Recipient>("", "", id, new Recipient("webhook", new RecipientDetails(WebhookName: id, WebhookUrl: address))), CancellationToken.None);
}
