using System.Globalization;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Protocols.Api;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>One Weir with the shop's traces, for every client that reads them.</summary>
public sealed class ShopWeir : IAsyncLifetime
{
    public WeirProcess Weir { get; private set; } = null!;

    internal XRayShop Shop { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Weir = await WeirProcess.StartAsync();
        Shop = new XRayShop(Weir);
        await Shop.PutAsync();
    }

    public ValueTask DisposeAsync() => Weir.DisposeAsync();
}

/// <summary>What the command line, boto3 and the SDK for JavaScript make of the answers, value by value.</summary>
[Collection(nameof(RealClients))]
public sealed class ClientTestsXRayReading(ShopWeir shop) : IClassFixture<ShopWeir>
{
    private readonly XRayShop _shop = shop.Shop;

    [Theory]
    [InlineData("cli")]
    [InlineData("boto")]
    [InlineData("js")]
    public async Task A_client_parses_the_sent_data(string client)
    {
        var script = client switch { "cli" => "xray_reading_cli.py", "boto" => "xray_reading.py", _ => "xray-reading.js" };
        var answer = client == "js" ? await RealClient.NodeAsync(shop.Weir, script, Names()) : await RealClient.PythonAsync(shop.Weir, script, Names());
        var said = answer["said"]!;
        Summaries(said);
        if (client != "cli")
            ((int)said["summaries"]!["pages"]!).ShouldBe(2);
        Group(said, client);
        Graph(said["graph"]!.List("items"), XRayShop.Orders, XRayShop.Faults, XRayShop.NotFound, 1, XRayShop.AllSeconds);
        // A group holds what comes after it was made.
        said["groupGraph"]!.List("items").ShouldBeEmpty();
        Graph(said["traceGraph"]!.List("items"), 1, 1, 0, 0, XRayShop.Seconds(10));
        Documents(said["traces"]!.List("items"));
        Series(said["series"]!.List("items"), "ServiceSummaryStatistics", XRayShop.NotFound + 1);
        Series(said["edgeSeries"]!.List("items"), "EdgeSummaryStatistics", 0);
        Insights(said, "Pay-" + client);
        Sampling(said, client);
        Errors(answer["errors"]!, client);
        if (client == "js")
            Retrieved(said);
    }

    private (string, string)[] Names() =>
    [
        ("SHOP_BEGIN", Text(_shop.Begin)), ("SHOP_PAY", Text(_shop.PaymentsBegin)), ("SHOP_TRACE", _shop.TraceId(4)), ("SHOP_BROKEN", _shop.TraceId(10)),
    ];

    private void Summaries(JsonNode said)
    {
        var all = said["summaries"]!.List("items");
        all.Select(s => s!.Text("Id")).ShouldBe(Enumerable.Range(0, XRayShop.Orders).Select(_shop.TraceId), ignoreOrder: true);
        said["faults"]!.List("items").Select(s => s!.Text("Id")).ShouldBe(Enumerable.Range(0, XRayShop.Faults).Select(i => _shop.TraceId(i * 10)), ignoreOrder: true);

        var good = all.Of("Id", _shop.TraceId(4));
        good["Http"]!.ToJsonString().ShouldBe(
            """{"HttpURL":"http://shop.example/orders/4","HttpStatus":200,"HttpMethod":"GET","UserAgent":"curl/8","ClientIp":"172.18.0.4"}""");
        // Older clients don't know this member.
        if (good["StartTime"] is { } start)
            Seconds(start).ShouldBe(_shop.Begin + 4, 0.001);
        ((double)good["Duration"]!).ShouldBe(XRayShop.Seconds(4), 1e-6);
        ((double)good["ResponseTime"]!).ShouldBe(XRayShop.Seconds(4), 1e-6);
        Flags(good).ShouldBe((false, false, false, false));
        Annotation(good, "customer").ToJsonString().ShouldBe("""{"StringValue":"c0"}""");
        Annotation(good, "vip").ToJsonString().ShouldBe("""{"BooleanValue":true}""");
        ((double)Annotation(good, "items")["NumberValue"]!).ShouldBe(4);
        good["Annotations"]!["customer"]![0]!["ServiceIds"]![0]!.Text("Name").ShouldBe("shop-front");
        good["Users"]![0]!.Text("UserName").ShouldBe("user-1");
        good["EntryPoint"]!.Text("Type").ShouldBe("AWS::ECS::Container");
        good.List("ServiceIds").Select(s => $"{s!.Text("Name")}|{(string?)s!["Type"]}").ShouldBe(
            ["shop-front|AWS::ECS::Container", "shop-back|AWS::EKS::Container", "shop-orders|AWS::DynamoDB::Table", "shopdb@db.example|Database::SQL", "shop-front|client"],
            ignoreOrder: true);
        good.List("FaultRootCauses").ShouldBeEmpty();

        var broken = all.Of("Id", _shop.TraceId(10));
        Flags(broken).ShouldBe((true, false, false, false));
        var path = broken.List("FaultRootCauses").Single()!.List("Services");
        path.Select(s => s!.Text("Name")).ShouldBe(["shop-front", "shop-back", "shop-orders"]);
        path.SelectMany(s => s!.List("EntityPath")).SelectMany(e => e!.List("Exceptions")).First()!.ToJsonString()
            .ShouldBe("""{"Name":"TableBusy","Message":"the table is busy"}""");
        Flags(all.Of("Id", _shop.TraceId(11))).ShouldBe((false, true, false, false));
        Flags(all.Of("Id", _shop.TraceId(2))).ShouldBe((false, true, true, false));
    }

    private static void Group(JsonNode said, string client)
    {
        var group = said["group"]!;
        (group.Text("GroupName"), group.Text("FilterExpression")).ShouldBe(("Shop-" + client, "service(\"shop-front\")"));
        group.Text("GroupARN").ShouldStartWith($"arn:aws:xray:us-east-1:000000000000:group/Shop-{client}/");
        ((bool)group["InsightsConfiguration"]!["InsightsEnabled"]!).ShouldBeFalse();
        var listed = said["groups"]!.List("items");
        listed.Of("GroupName", "Shop-" + client).Text("GroupARN").ShouldBe(group.Text("GroupARN"));
        listed.Of("GroupName", "Default").AsObject().ContainsKey("FilterExpression").ShouldBeFalse();
    }

    private static void Graph(JsonArray services, long orders, long faults, long errors, long throttles, double seconds)
    {
        services.Select(s => $"{s!.Text("Name")}|{(string?)s!["Type"]}").ShouldBe(
            ["shop-front|client", "shop-front|AWS::ECS::Container", "shop-back|AWS::EKS::Container", "shop-orders|AWS::DynamoDB::Table", "shopdb@db.example|Database::SQL"],
            ignoreOrder: true);
        var client = services.Of("Type", "client");
        client.AsObject().ContainsKey("SummaryStatistics").ShouldBeFalse();
        var front = services.Of("Type", "AWS::ECS::Container");
        ((bool)front["Root"]!).ShouldBeTrue();
        front.Text("State").ShouldBe("active");
        Statistics(front["SummaryStatistics"]!, orders, faults, errors, throttles, seconds);
        Histogram(front, "ResponseTimeHistogram", orders, seconds);
        Histogram(front, "DurationHistogram", orders, seconds);
        Statistics(Edge(services, client, front)["SummaryStatistics"]!, orders, faults, errors, throttles, seconds);
        var back = services.Of("Name", "shop-back");
        Statistics(back["SummaryStatistics"]!, orders, faults, 0, 0, seconds);
        Statistics(Edge(services, front, back)["SummaryStatistics"]!, orders, faults, 0, 0, seconds);
        var table = services.Of("Name", "shop-orders");
        Statistics(table["SummaryStatistics"]!, orders, faults, 0, 0, seconds);
        Histogram(Edge(services, back, table), "ResponseTimeHistogram", orders, seconds);
        Statistics(services.Of("Name", "shopdb@db.example")["SummaryStatistics"]!, orders, 0, 0, 0, seconds);
        back.List("Edges").Count.ShouldBe(2);
        table.List("Edges").ShouldBeEmpty();
    }

    private static JsonNode Edge(JsonArray services, JsonNode from, JsonNode to)
    {
        services.ShouldContain(from);
        return from.List("Edges").Single(e => (int)e!["ReferenceId"]! == (int)to["ReferenceId"]!)!;
    }

    private static void Statistics(JsonNode statistics, long total, long faults, long errors, long throttles, double seconds)
    {
        ((long)statistics["TotalCount"]!).ShouldBe(total);
        ((long)statistics["OkCount"]!).ShouldBe(total - faults - errors - throttles);
        ((long)statistics["FaultStatistics"]!["TotalCount"]!).ShouldBe(faults);
        ((long)statistics["ErrorStatistics"]!["ThrottleCount"]!).ShouldBe(throttles);
        ((long)statistics["ErrorStatistics"]!["OtherCount"]!).ShouldBe(errors);
        ((long)statistics["ErrorStatistics"]!["TotalCount"]!).ShouldBe(errors + throttles);
        ((double)statistics["TotalResponseTime"]!).ShouldBe(seconds, 0.01);
    }

    private static void Histogram(JsonNode of, string name, long count, double seconds)
    {
        of.List(name).Sum(bucket => (long)bucket!["Count"]!).ShouldBe(count);
        of.List(name).Sum(bucket => (long)bucket!["Count"]! * (double)bucket["Value"]!).ShouldBe(seconds, 0.01 * seconds);
    }

    private void Documents(JsonArray traces)
    {
        traces.Select(t => t!.Text("Id")).ShouldBe([_shop.TraceId(4), _shop.TraceId(10)], ignoreOrder: true);
        var segments = traces.Of("Id", _shop.TraceId(4)).List("Segments");
        var front = JsonNode.Parse(segments.Of("Id", "0000000000000041").Text("Document"))!;
        front["metadata"]!.ToJsonString().ShouldBe("""{"cart":{"size":4}}""");
        front["subsegments"]![0]!.Text("namespace").ShouldBe("remote");
        // A table that reports nothing itself gets a segment of its own.
        segments.Select(s => JsonNode.Parse(s!.Text("Document"))!).Where(d => (bool?)d["inferred"] == true).Select(d => $"{d.Text("name")} {(string?)d["origin"]}")
            .ShouldContain("DynamoDB AWS::DynamoDB::Table");
    }

    private static void Series(JsonArray points, string statistics, long errors)
    {
        points.Sum(p => (long)p![statistics]!["TotalCount"]!).ShouldBe(XRayShop.Orders);
        points.Sum(p => (long)p![statistics]!["FaultStatistics"]!["TotalCount"]!).ShouldBe(XRayShop.Faults);
        points.Sum(p => (long)p![statistics]!["ErrorStatistics"]!["TotalCount"]!).ShouldBe(errors);
        points.Sum(p => (double)p![statistics]!["TotalResponseTime"]!).ShouldBe(XRayShop.AllSeconds, 0.01);
        points.Sum(p => p!.List("ResponseTimeHistogram").Sum(bucket => (long)bucket!["Count"]!)).ShouldBe(XRayShop.Orders);
        var times = points.Select(p => (long)Seconds(p!["Timestamp"])).ToList();
        times.ShouldAllBe(time => time % 60 == 0);
        times.Distinct().Count().ShouldBe(times.Count);
    }

    private void Insights(JsonNode said, string group)
    {
        var insight = said["insights"]!.List("items").ShouldHaveSingleItem()!;
        (insight.Text("GroupName"), insight.Text("State"), insight["Categories"]!.ToJsonString()).ShouldBe((group, "CLOSED", "[\"FAULT\"]"));
        insight["RootCauseServiceId"]!.Text("Name").ShouldBe("bank.example");
        Seconds(insight["StartTime"]).ShouldBe(_shop.PaymentsBegin + (XRayShop.FirstFailing * 60));
        Seconds(insight["EndTime"]).ShouldBe(_shop.PaymentsBegin + ((XRayShop.FirstFailing + XRayShop.FailingMinutes) * 60));
        ((long)insight["ClientRequestImpactStatistics"]!["FaultCount"]!).ShouldBe(40);
        ((long)insight["ClientRequestImpactStatistics"]!["OkCount"]!).ShouldBe(0);
        insight.List("TopAnomalousServices").Select(s => s!["ServiceId"]!.Text("Name")).ShouldBe(["bank.example", "shop-pay"], ignoreOrder: true);
        said["insight"]!.Text("InsightId").ShouldBe(insight.Text("InsightId"));
        said["insight"]!.Text("Summary").ShouldContain("bank.example");
        said.List("insightEvents").Count.ShouldBe(2);
        var services = said.List("insightGraph");
        services.Select(s => s!.Text("Name")).Distinct().ShouldBe(["bank.example", "shop-pay"], ignoreOrder: true);
        var bank = services.Of("Name", "bank.example");
        services.Single(s => s!.Text("Name") == "shop-pay" && (string?)s!["Type"] != "client")!.List("Edges").Single()!["ReferenceId"]!.ToJsonString()
            .ShouldBe(bank["ReferenceId"]!.ToJsonString());
    }

    private static void Sampling(JsonNode said, string client)
    {
        var record = said["rules"]!.List("items").Single(r => r!["SamplingRule"]!.Text("RuleName") == "Reading-" + client)!;
        var rule = record["SamplingRule"]!;
        ((double)rule["FixedRate"]!, (int)rule["Priority"]!, (int)rule["ReservoirSize"]!, (int)rule["Version"]!).ShouldBe((0.25, 77, 10, 1));
        (rule.Text("ServiceName"), rule.Text("URLPath"), rule["Attributes"]!.ToJsonString()).ShouldBe(("shop-*", "/orders/*", """{"tier":"gold"}"""));
        rule.Text("RuleARN").ShouldBe("arn:aws:xray:us-east-1:000000000000:sampling-rule/Reading-" + client);
        Seconds(record["CreatedAt"]).ShouldBe(Seconds(record["ModifiedAt"]));
        Seconds(record["CreatedAt"]).ShouldBe(DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 300);
        said["rules"]!.List("items").Select(r => r!["SamplingRule"]!.Text("RuleName")).ShouldContain("Default");

        var targets = said["targets"]!;
        var target = targets.List("SamplingTargetDocuments").ShouldHaveSingleItem()!;
        (target.Text("RuleName"), (double)target["FixedRate"]!, (int)target["Interval"]!).ShouldBe(("Reading-" + client, 0.25, 10));
        if (target["ReservoirQuota"] is { } quota)
        {
            ((int)quota).ShouldBeInRange(0, 10);
            Seconds(target["ReservoirQuotaTTL"]).ShouldBeGreaterThan(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60);
        }
        Seconds(targets["LastRuleModification"]).ShouldBeGreaterThanOrEqualTo(Math.Floor(Seconds(record["CreatedAt"])));
        var unprocessed = targets.List("UnprocessedStatistics").ShouldHaveSingleItem()!;
        (unprocessed.Text("RuleName"), unprocessed.Text("ErrorCode")).ShouldBe(("Nobody", "400"));
        unprocessed.Text("Message").Length.ShouldBeGreaterThan(5);
    }

    private void Retrieved(JsonNode said)
    {
        var traces = said.List("retrieved");
        traces.Select(t => t!.Text("Id")).ShouldBe([_shop.TraceId(4), _shop.TraceId(10)], ignoreOrder: true);
        traces.SelectMany(t => t!.List("Spans")).Select(s => JsonNode.Parse(s!.Text("Document"))!.Text("name")).ShouldContain("shop-back");
        var front = said.List("retrievedGraph").Of("Type", "AWS::ECS::Container");
        ((long)front["SummaryStatistics"]!["TotalCount"]!).ShouldBe(2);
    }

    /// <summary>Each client tells code and message; the SDKs the status as well, the command line an exit code.</summary>
    private static void Errors(JsonNode errors, string client)
    {
        (string Name, string Code, string Message, int Status)[] expected =
        [
            ("six ids", "InvalidRequestException", "Exceeding maximum query size: 5", 400),
            ("no trace id", "InvalidRequestException", "nonsense", 400),
            ("filter", "InvalidRequestException", "", 400),
            ("keyword", "InvalidRequestException", "", 400),
            ("backwards", "InvalidRequestException", "End time cannot be earlier than start time", 400),
            ("token", "InvalidRequestException", "Invalid token foreign", 400),
            ("period", "InvalidRequestException", "Time period must be one of [60, 300]", 400),
            ("no group", "InvalidRequestException", "", 400),
            ("same group", "InvalidRequestException", "", 400),
            ("long group", "ValidationException", "have length less than or equal to 32", 400),
            ("default rule", "InvalidRequestException", "", 400),
            ("no arn", "ResourceNotFoundException", "", 404),
            ("no insight", "InvalidRequestException", "Insight not found", 400),
            .. client == "js" ? new (string, string, string, int)[] { ("nothing", "ValidationException", "startTime", 400), ("no retrieval", "ResourceNotFoundException", "", 404) } : [],
        ];
        foreach (var (name, code, message, status) in expected)
        {
            var error = errors[name]!;
            ((string?)error["code"]).ShouldBe(code, $"{name}: {error.ToJsonString()}");
            error.Text("message").Length.ShouldBeGreaterThan(5, name);
            error.Text("message").ShouldContain(message, Case.Sensitive, name);
            ((int)error[client == "cli" ? "exit" : "status"]!).ShouldBe(client == "cli" ? 254 : status, name);
        }
    }

    [Fact]
    public async Task Grafana_gets_all_that_its_plugin_follows()
    {
        var frames = await RealClient.PythonAsync(shop.Weir, "xray_grafana.py", Names());
        frames.List("groups").Select(g => (string)g!).ShouldContain("Default");
        frames.List("summaries").Count.ShouldBe(XRayShop.Orders);
        frames.List("filtered").Count.ShouldBe(XRayShop.Orders);
        var row = frames.List("filtered").Single(r => (string)r![0]! == _shop.TraceId(4))!;
        (row[2]!.ToJsonString(), (int)row[3]!, (string)row[5]!, (string)row[6]!, (int)row[7]!).ShouldBe(("\"GET\"", 200, "http://shop.example/orders/4", "172.18.0.4", 3));
        foreach (var (series, errors) in new[] { ("series", 14), ("service", 14), ("edge", 0) })
        {
            var points = frames.List(series);
            points.Sum(p => (long)p![5]!).ShouldBe(XRayShop.Orders, series);
            points.Sum(p => (long)p![2]!).ShouldBe(errors, series);
            points.Sum(p => (long)p![3]!).ShouldBe(XRayShop.Faults, series);
        }
        var analytics = frames["analytics"]!;
        ((int)analytics["count"]!, (int)analytics["traces"]!).ShouldBe((XRayShop.Orders, XRayShop.Orders));
        // By the time of arrival the payments are in the range as well.
        ((int)analytics["sampled"]!).ShouldBeGreaterThan(XRayShop.Orders);
        frames["without type"]!.ToJsonString().ShouldBe("""["bank.example (remote)","shop-pay ()"]""");
        ((int)frames["half"]!).ShouldBeInRange(1, XRayShop.Orders - 1);
        analytics["Fault service"]!.ToJsonString().ShouldBe("""{"shop-orders (AWS::DynamoDB::Table)":13}""");
        analytics["Fault message"]!.ToJsonString().ShouldBe("""{"the table is busy":13}""");
        analytics["Fault path"]!.AsObject().Single().Key.ShouldBe(
            "shop-front (AWS::ECS::Container) => shop-back (AWS::EKS::Container) -> TableBusy => shop-orders (AWS::DynamoDB::Table)");
        ((int)analytics["Status Code"]!["404"]!).ShouldBe(XRayShop.NotFound);
        ((int)analytics["User"]!["user-1"]!).ShouldBe(43);
        analytics["URL"]!.AsObject().Count.ShouldBe(XRayShop.Orders);
        analytics["slow service"]!.AsObject().Count.ShouldBeGreaterThan(0);
        frames.List("map").Select(s => s!.Text("Name")).ShouldContain("shop-orders");
        frames["trace"]![0]!.Text("Id").ShouldBe(_shop.TraceId(4));
        frames.List("traceGraph").Count.ShouldBe(5);
        var insights = frames.List("insights");
        // Of all states, of the closed ones; none is active.
        insights.Select(i => i![0]!.ToJsonString()).ShouldBe(["[]", "[\"CLOSED\"]"]);
        insights.Select(i => (string)i![7]!).Distinct().ShouldBe(["Pay-grafana"]);
    }

    [Fact]
    public async Task The_official_daemon_passes_documents_telemetry_and_sampling_calls_on()
    {
        var sent = await RealClient.PythonAsync(shop.Weir, "xray_daemon.py");
        sent.List("unprocessed").Select(u => $"{(string?)u!["Id"]} {u!.Text("ErrorCode")} {u!.Text("Message")}").ShouldBe(
            ["0000000000000004 MissingEndTime Invalid segment. ErrorCode: MissingEndTime", " ParseError Invalid entity. ErrorCode: ParseError. The document is not JSON at line 0, byte 1"], ignoreOrder: true);
        sent.List("logged").Select(t => (string?)t).ShouldBe([sent.Text("trace"), null], ignoreOrder: true);
        sent.List("telemetry").Select(s => (int)s!).ShouldBe([200, 200]);
        var drops = (await shop.Weir.JsonAsync("/api/status", _ => true)).List("ingest").Single(e => e!.Text("protocol") == "xray" && e!.Text("signal") == "spans")!.List("dropped");
        ((long)drops.Of("reason", "daemon-rejected")["count"]!, (long)drops.Of("reason", "daemon-spillover")["count"]!).ShouldBe((1, 2));
        var story = await shop.Weir.StoryAsync(sent.Text("trace"), spans: 48);
        story.List("spans").Count.ShouldBe(48);
        sent.List("rules").Select(r => (string)r!).ShouldBe(["Default", "Default", "Default"]);
        sent["targets"]!.List("SamplingTargetDocuments").Single()!.Text("RuleName").ShouldBe("Default");
    }

    /// <summary>Seconds since 1970, from a number or from the command line's text.</summary>
    private static double Seconds(JsonNode? time) => time!.GetValueKind() == System.Text.Json.JsonValueKind.Number
        ? (double)time
        : DateTimeOffset.Parse((string)time!, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds() / 1000.0;

    private static (bool Fault, bool Error, bool Throttle, bool Partial) Flags(JsonNode summary) =>
        ((bool)summary["HasFault"]!, (bool)summary["HasError"]!, (bool)summary["HasThrottle"]!, (bool)summary["IsPartial"]!);

    private static JsonNode Annotation(JsonNode summary, string key) => summary["Annotations"]![key]!.AsArray().Single()!["AnnotationValue"]!;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
