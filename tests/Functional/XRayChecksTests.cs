using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Features.Sampling;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>What a client of X-Ray can observe, a row each, against a running server. SDKs and the command line themselves are in the tests of real clients.</summary>
public sealed class XRayChecksTests(RunningWeir running) : IClassFixture<RunningWeir>
{
    private const string Header = "{\"format\":\"json\",\"version\":1}\n";

    public static TheoryData<string> Words => [.. Checks.Keys];

    [Theory]
    [MemberData(nameof(Words))]
    public Task Holds(string check) => Checks[check](new XRayChecks(running.Weir));

    private static readonly Dictionary<string, Func<XRayChecks, Task>> Checks = new(StringComparer.Ordinal)
    {
        ["01 a datagram becomes a trace"] = async x =>
        {
            await x.SendAsync(Header, x.Segment());
            (await x.SegmentsAsync(1))[0].Text("name").ShouldBe(x.Name);
        },
        ["02 the header may have spaces and any case of json"] = async x =>
        {
            await x.SendAsync("{\"format\": \"json\", \"version\": 1}\n", x.Segment());
            await x.SendAsync("{\"format\":\"jSoN\",\"version\":1}\n", x.Segment("a2"));
            await x.SegmentsAsync(2);
        },
        ["03 datagrams without a good header or a body are counted and harm nothing"] = async x =>
        {
            var (bad, none, empty) = (await x.DroppedAsync("bad-header"), await x.DroppedAsync("missing-header"), await x.DroppedAsync("missing-segment"));
            await x.SendAsync("{\"format\":\"json\",\"version\":2}\n", x.Segment());
            await x.SendAsync("{\"format\":\"xml\",\"version\":1}\n", x.Segment());
            await x.SendAsync("", x.Segment());
            await x.SendAsync(Header, "");
            await x.DroppedIsAsync("bad-header", bad + 2);
            await x.DroppedIsAsync("missing-header", none + 1);
            await x.DroppedIsAsync("missing-segment", empty + 1);
            await x.SendAsync(Header, x.Segment());
            await x.SegmentsAsync(1);
        },
        ["04 a datagram may have 65,507 bytes"] = async x =>
        {
            var rest = 65_507 - Header.Length - Encoding.UTF8.GetByteCount(x.Segment(more: "\"metadata\":{\"default\":{\"x\":\"\"}}"));
            await x.SendAsync(Header, x.Segment(more: $"\"metadata\":{{\"default\":{{\"x\":\"{new string('x', rest)}\"}}}}"));
            await x.SegmentsAsync(1);
        },
        ["05 an SDK sends traces knowing AWS_XRAY_DAEMON_ADDRESS alone"] = async x =>
        {
            var said = await RealClient.PythonAsync(x.Weir, "xray_daemon_address.py", ("NAME", x.Name));
            await x.UntilAsync("Traces", $"{{\"TraceIds\":[\"{said.Text("trace")}\"]}}", a => a.List("Traces").Count == 1);
        },
        ["06 sampling rules are asked for with {}, a null token or nothing"] = async x =>
        {
            foreach (var (body, type) in new[] { ("{}", "application/json"), ("{\"NextToken\":null}", null), ("", "application/json") })
            {
                var (status, answer, _) = await x.PostAsync("GetSamplingRules", body, x.Weir.XRayPort, type);
                status.ShouldBe(200);
                var standard = answer.List("SamplingRuleRecords").Single(r => r!["SamplingRule"]!.Text("RuleName") == "Default")!["SamplingRule"]!;
                standard["Attributes"]!.ToJsonString().ShouldBe("{}");
                ((int)standard["Version"]!, standard.Text("ResourceARN")).ShouldBe((1, "*"));
            }
        },
        ["07 targets have rate, interval, a quota's end and the last change as numbers"] = async x =>
        {
            var answer = await x.OkAsync("SamplingTargets", Targets(x, "Default", "000000000000000000000007"), x.Weir.XRayPort);
            var target = answer.List("SamplingTargetDocuments").ShouldHaveSingleItem()!;
            ((double)target["FixedRate"]!).ShouldBeInRange(0, 1);
            ((int)target["Interval"]!).ShouldBe(10);
            if (target["ReservoirQuotaTTL"] is { } end)
                ((double)end).ShouldBeGreaterThan(x.Now + 30);
            ((double)answer["LastRuleModification"]!).ShouldBeGreaterThanOrEqualTo(0);
        },
        ["08 statistics of an unknown rule are told apart, the others count"] = async x =>
        {
            var answer = await x.OkAsync("SamplingTargets", Targets(x, "Default", "000000000000000000000008", "no-such-rule"));
            answer.List("SamplingTargetDocuments").Count.ShouldBe(1);
            answer.List("UnprocessedStatistics").ShouldHaveSingleItem()!.Text("ErrorCode").ShouldBe("400");
        },
        ["09 the quotas of many clients are never more than the reservoir"] = async x =>
        {
            await x.OkAsync("CreateSamplingRule", Rule(x.Name, reservoir: 10));
            for (var round = 0; round < 3; round++)
            {
                var quotas = 0;
                for (var client = 0; client < 7; client++)
                {
                    var answer = await x.OkAsync("SamplingTargets", Targets(x, x.Name, $"00000000000000000000090{client}"));
                    quotas += (int?)answer.List("SamplingTargetDocuments")[0]!["ReservoirQuota"] ?? 0;
                }
                quotas.ShouldBeLessThanOrEqualTo(10);
            }
            await x.OkAsync("DeleteSamplingRule", $"{{\"RuleName\":\"{x.Name}\"}}");
        },
        ["10 making, changing and deleting a rule move the last change"] = async x =>
        {
            async Task<double> LastAsync() => (double)(await x.OkAsync("SamplingTargets", Targets(x, "Default", "000000000000000000000010")))["LastRuleModification"]!;
            var before = await LastAsync();
            foreach (var (operation, body) in new[]
            {
                ("CreateSamplingRule", Rule(x.Name)), ("UpdateSamplingRule", $"{{\"SamplingRuleUpdate\":{{\"RuleName\":\"{x.Name}\",\"FixedRate\":0.2}}}}"),
                ("DeleteSamplingRule", $"{{\"RuleName\":\"{x.Name}\"}}"),
            })
            {
                // The change is told in milliseconds; two may be in the same one.
                var last = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
                await Waiting.UntilAsync(() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() > last, "the next millisecond");
                await x.OkAsync(operation, body);
                var after = await LastAsync();
                after.ShouldBeGreaterThan(before, operation);
                before = after;
            }
        },
        ["11 the smallest document is taken"] = async x => (await x.PutAsync(x.Segment())).ToJsonString().ShouldBe("[]"),
        ["12 an empty document misses its id"] = async x => (await x.RejectAsync("{}")).ShouldBe("MissingId - Invalid segment. ErrorCode: MissingId"),
        ["13 a bad name inside refuses the whole document by its own id"] = async x =>
            (await x.RejectAsync(x.Segment(more: $"\"subsegments\":[{x.Subsegment("b1", "bad?name")}]"))).ShouldStartWith("InvalidName 00000000000000a1 Invalid subsegment."),
        ["14 neither an end nor in progress is refused"] = async x => (await x.RejectAsync(x.Segment(more: "\"end_time\":null"))).ShouldStartWith("MissingEndTime "),
        ["15 a trace id is needed and checked"] = async x =>
        {
            (await x.RejectAsync(x.Segment(more: "\"trace_id\":null"))).ShouldStartWith("MissingTraceId ");
            (await x.RejectAsync(x.Segment(more: "\"trace_id\":\"1-xyz\""))).ShouldStartWith("InvalidTraceId ");
        },
        ["16 of a mixed batch the good are stored and the bad are listed"] = async x =>
        {
            (await x.PutAsync(x.Segment(), "{}", x.Segment("a2"))).Count.ShouldBe(1);
            await x.SegmentsAsync(2);
        },
        ["17 fifty-one documents are too many"] = x => x.RefusedAsync(
            "TraceSegments", new JsonObject { ["TraceSegmentDocuments"] = new JsonArray([.. Enumerable.Repeat("{}", 51).Select(d => (JsonNode)d)]) }.ToJsonString(), 400, "InvalidRequestException", "Exceeding maximum segment count: 50"),
        ["18 the time in a trace id is not checked"] = async x =>
        {
            var ids = new[] { $"1-581cf771-{x.Now:x24}", $"1-ffffffff-{x.Now:x24}" };
            await x.PutGoodAsync([.. ids.Select(id => x.Segment(more: $"\"trace_id\":\"{id}\""))]);
            await x.UntilAsync("Traces", $"{{\"TraceIds\":[\"{ids[0]}\",\"{ids[1]}\"]}}", a => a.List("Traces").Count == 2);
        },
        ["19 a finished segment replaces the unfinished one"] = async x =>
        {
            await x.PutGoodAsync(x.Segment(more: "\"in_progress\":true,\"end_time\":null"));
            await x.SegmentsAsync(1);
            await x.PutGoodAsync(x.Segment());
            await x.UntilAsync("Traces", $"{{\"TraceIds\":[\"{x.Trace()}\"]}}", a => (double?)a["Traces"]![0]!["Duration"] == 1);
            (await x.SegmentsAsync(1))[0]["in_progress"].ShouldBeNull();
        },
        ["20 a subsegment that comes before its parent hangs below it"] = async x =>
        {
            await x.PutGoodAsync(x.Segment("b1", "inner", "\"type\":\"subsegment\",\"parent_id\":\"00000000000000a1\""));
            await x.PutGoodAsync(x.Segment());
            await x.UntilAsync("Traces", $"{{\"TraceIds\":[\"{x.Trace()}\"]}}", a => a.ToJsonString().Contains("subsegments", StringComparison.Ordinal));
            var inner = (await x.SegmentsAsync(1))[0].List("subsegments").ShouldHaveSingleItem()!;
            (inner.Text("name"), inner["type"], inner["parent_id"], inner["trace_id"]).ShouldBe(("inner", null, null, null));
        },
        ["21 five ids at once and no token"] = async x =>
        {
            await x.RefusedAsync("Traces", $"{{\"TraceIds\":[{string.Join(',', Enumerable.Range(0, 6).Select(i => $"\"{x.Trace(i)}\""))}]}}", 400, "InvalidRequestException", "Exceeding maximum query size: 5");
            await x.RefusedAsync("Traces", $"{{\"TraceIds\":[\"{x.Trace()}\"],\"NextToken\":\"x\"}}", 400, "InvalidRequestException", "NextToken is currently not supported");
        },
        ["22 two segments under one id, and an unknown id"] = async x =>
        {
            await x.PutGoodAsync(x.Segment(more: "\"in_progress\":true,\"end_time\":null"), x.Segment("a2"));
            await x.SegmentsAsync(2);
            var answer = await x.OkAsync("Traces", $"{{\"TraceIds\":[\"{x.Trace()}\",\"{x.Trace(9)}\"]}}");
            (answer.List("Traces").Count, answer.List("UnprocessedTraceIds").ToJsonString()).ShouldBe((1, $"[\"{x.Trace(9)}\"]"));
        },
        ["23 a daemon's telemetry is taken"] = x => x.OkAsync(
            "TelemetryRecords", $$$"""{"TelemetryRecords":[{"Timestamp":{{{x.Now}}},"SegmentsReceivedCount":1,"SegmentsSentCount":1,"SegmentsSpilloverCount":0,"SegmentsRejectedCount":0,"BackendConnectionErrors":{"TimeoutCount":0,"ConnectionRefusedCount":0,"HTTPCode4XXCount":0,"HTTPCode5XXCount":0,"UnknownHostCount":0,"OtherCount":0}}],"EC2InstanceId":"","Hostname":"h","ResourceARN":""}"""),
        ["24 ranges of years are answered"] = async x =>
        {
            (await x.OkAsync("TraceSummaries", "{\"StartTime\":1388534400,\"EndTime\":1483228800}")).List("TraceSummaries").ShouldBeEmpty();
            var graph = await x.OkAsync("ServiceGraph", "{\"StartTime\":1388534400,\"EndTime\":1483228800}");
            ((double)graph["StartTime"]!, (double)graph["EndTime"]!, graph.List("Services").Count).ShouldBe((1388534400, 1483228800, 0));
        },
        ["25 a required member that is missing is told"] = x => x.RefusedAsync("TraceSummaries", "{\"EndTime\":1}", 400, "ValidationException", "startTime"),
        ["26 a table is inferred from the call"] = async x =>
        {
            await x.PutGoodAsync(x.Segment(more: $"\"subsegments\":[{x.Subsegment("b1", "DynamoDB", $"\"namespace\":\"aws\",\"aws\":{{\"table_name\":\"{x.Name}-table\"}}")}]"));
            var inferred = (await x.SegmentsAsync(2)).Single(s => (bool?)s["inferred"] == true);
            (inferred.Text("name"), inferred.Text("parent_id"), inferred.Text("origin")).ShouldBe(("DynamoDB", "00000000000000b1", "AWS::DynamoDB::Table"));
            XRayChecks.Node(await x.GraphAsync(x.Name + "-table"), x.Name + "-table").Text("Type").ShouldBe("AWS::DynamoDB::Table");
        },
        ["27 a segment of the called service takes the inferred one's place"] = async x =>
        {
            await x.PutGoodAsync(
                x.Segment(more: $"\"subsegments\":[{x.Subsegment("b1", "callee", "\"namespace\":\"remote\"")}]"), x.Segment("c1", x.Name + "-callee", "\"parent_id\":\"00000000000000b1\""));
            (await x.SegmentsAsync(2)).ShouldAllBe(s => s["inferred"] == null);
            var services = await x.GraphAsync(x.Name + "-callee");
            XRayChecks.Node(services, x.Name).List("Edges").ShouldHaveSingleItem()!["ReferenceId"]!.ToJsonString()
                .ShouldBe(XRayChecks.Node(services, x.Name + "-callee")["ReferenceId"]!.ToJsonString());
        },
        ["28 a client has one edge to the entry and no statistics"] = async x =>
        {
            await x.PutGoodAsync(x.Segment());
            var services = await x.GraphAsync(x.Name);
            var client = XRayChecks.Node(services, x.Name, "client");
            (client["SummaryStatistics"], client["ResponseTimeHistogram"], client.Text("State")).ShouldBe((null, null, "unknown"));
            var entry = XRayChecks.Node(services, x.Name);
            ((bool)entry["Root"]!, client.List("Edges").ShouldHaveSingleItem()!["ReferenceId"]!.ToJsonString()).ShouldBe((true, entry["ReferenceId"]!.ToJsonString()));
        },
        ["29 every request is in one class, a 429 is a throttle among the errors"] = async x =>
        {
            await x.PutGoodAsync(
                x.Segment(), x.Segment(more: "\"fault\":true", trace: 1), x.Segment(more: "\"error\":true", trace: 2), x.Segment(more: "\"http\":{\"response\":{\"status\":429}}", trace: 3));
            var node = XRayChecks.Node(await x.GraphAsync(x.Name, n => XRayChecks.Count(n, "TotalCount") == 4), x.Name);
            (XRayChecks.Count(node, "OkCount"), XRayChecks.Count(node, "FaultStatistics.TotalCount"), XRayChecks.Count(node, "ErrorStatistics.ThrottleCount"), XRayChecks.Count(node, "ErrorStatistics.TotalCount"))
                .ShouldBe((1, 1, 1, 2));
        },
        ["30 a failure that was handled is found by service() and not by fault"] = async x =>
        {
            await x.PutGoodAsync(
                x.Segment(more: $"\"subsegments\":[{x.Subsegment("b1", "callee", "\"namespace\":\"remote\",\"fault\":true")}]"), x.Segment("c1", x.Name + "-callee", "\"parent_id\":\"00000000000000b1\",\"fault\":true"));
            await x.MatchAsync("service(){fault}", 1);
            await x.MatchAsync("fault", 0);
        },
        ["31 annotations are typed, may be missing, and may have dots"] = async x =>
        {
            await x.PutGoodAsync(x.Segment(more: "\"annotations\":{\"k\":1}"), x.Segment(more: "\"annotations\":{\"k\":\"1\",\"a.b\":\"x\"}", trace: 1), x.Segment(trace: 2));
            (await x.MatchAsync("annotation.k = 1", 1)).ShouldBe([0]);
            (await x.MatchAsync("annotation.k = \"1\"", 1)).ShouldBe([1]);
            (await x.MatchAsync("!annotation.k", 1)).ShouldBe([2]);
            (await x.MatchAsync("annotation[a.b] = \"x\"", 1)).ShouldBe([1]);
        },
        ["32 terms beside each other all have to hold"] = async x =>
        {
            await x.PutGoodAsync(x.Segment(), x.Segment(more: "\"fault\":true", trace: 1));
            (await x.MatchAsync("ok !partial duration < 3", 1)).ShouldBe([0]);
        },
        ["33 an unknown keyword is refused"] = x => x.RefusedAsync("TraceSummaries", x.Range("\"FilterExpression\":\"responsecode(\\\"404\\\")\""), 400, "InvalidRequestException"),
        ["34 user CONTAINS nothing selects traces with a user"] = async x =>
        {
            await x.PutGoodAsync(x.Segment(more: "\"user\":\"u\""), x.Segment(trace: 1));
            (await x.MatchAsync("user CONTAINS \"\"", 1)).ShouldBe([0]);
        },
        ["35 edge() looks at the caller's subsegment"] = async x =>
        {
            var callee = x.Name + "-callee";
            await x.PutGoodAsync(
                x.Segment(more: $"\"subsegments\":[{x.Subsegment("b1", "c", "\"namespace\":\"remote\",\"error\":true")}]"), x.Segment("c1", callee, "\"parent_id\":\"00000000000000b1\""),
                x.Segment(more: $"\"subsegments\":[{x.Subsegment("b1", "c", "\"namespace\":\"remote\"")}]", trace: 1), x.Segment("c1", callee, "\"parent_id\":\"00000000000000b1\",\"error\":true", trace: 1));
            (await x.MatchAsync($"edge(\"{x.Name}\",\"{callee}\")", 2)).ShouldBe([0, 1]);
            (await x.MatchAsync($"edge(\"{x.Name}\",\"{callee}\"){{error}}", 1)).ShouldBe([0]);
        },
        ["36 a new group is told whole, a deleted one not at all"] = async x =>
        {
            var group = (await x.OkAsync("CreateGroup", $"{{\"GroupName\":\"{x.Name}\",\"FilterExpression\":\"fault\"}}"))["Group"]!.AsObject();
            group.Select(m => m.Key).ShouldBe(["GroupName", "GroupARN", "FilterExpression", "InsightsConfiguration"]);
            group["InsightsConfiguration"]!.ToJsonString().ShouldBe("""{"InsightsEnabled":false,"NotificationsEnabled":false}""");
            group["GroupARN"]!.GetValue<string>().ShouldMatch($"^arn:aws:xray:[a-z0-9-]+:\\d{{12}}:group/{x.Name}/[A-Z2-7]{{52}}$");
            (await x.OkAsync("DeleteGroup", $"{{\"GroupName\":\"{x.Name}\"}}")).ToJsonString().ShouldBe("{}");
        },
        ["37 a second group of a name, and Default, are refused"] = async x =>
        {
            await x.OkAsync("CreateGroup", $"{{\"GroupName\":\"{x.Name}\"}}");
            await x.RefusedAsync("CreateGroup", $"{{\"GroupName\":\"{x.Name}\"}}", 400, "InvalidRequestException", "already exists");
            await x.RefusedAsync("CreateGroup", "{\"GroupName\":\"Default\"}", 400, "InvalidRequestException", "already exists");
            await x.OkAsync("DeleteGroup", $"{{\"GroupName\":\"{x.Name}\"}}");
        },
        ["38 Default is always listed, without an expression"] = async x =>
        {
            var group = (await x.OkAsync("Groups", "{}")).List("Groups").Of("GroupName", "Default");
            (group["FilterExpression"], group.Text("GroupARN").EndsWith(":group/Default", StringComparison.Ordinal)).ShouldBe((null, true));
        },
        ["39 a group's graph holds what came since it was made"] = async x =>
        {
            await x.PutGoodAsync(x.Segment(more: "\"user\":\"before\""));
            await x.SegmentsAsync(1);
            await x.OkAsync("CreateGroup", $"{{\"GroupName\":\"{x.Name}\",\"FilterExpression\":\"service(\\\"{x.Name}\\\")\"}}");
            await x.PutGoodAsync(x.Segment(trace: 1));
            await x.GraphAsync(x.Name, n => XRayChecks.Count(n, "TotalCount") == 2);
            var graph = await x.OkAsync("ServiceGraph", x.Range($"\"GroupName\":\"{x.Name}\""));
            XRayChecks.Count(XRayChecks.Node(graph.List("Services"), x.Name), "TotalCount").ShouldBe(1);
            await x.OkAsync("DeleteGroup", $"{{\"GroupName\":\"{x.Name}\"}}");
        },
        ["40 a new rule is told with equal times"] = async x =>
        {
            var record = (await x.OkAsync("CreateSamplingRule", Rule(x.Name)))["SamplingRuleRecord"]!;
            record["CreatedAt"]!.ToJsonString().ShouldBe(record["ModifiedAt"]!.ToJsonString());
            record["CreatedAt"]!.ToJsonString().ShouldContain('.');
            var rule = record["SamplingRule"]!;
            ((int)rule["Version"]!, rule["Attributes"]!.ToJsonString(), rule.Text("RuleARN").EndsWith(":sampling-rule/" + x.Name, StringComparison.Ordinal)).ShouldBe((1, "{}", true));
            await x.OkAsync("DeleteSamplingRule", $"{{\"RuleName\":\"{x.Name}\"}}");
        },
        ["41 of Default only rate and reservoir change; twenty-five rules are enough"] = async x =>
        {
            await x.OkAsync("UpdateSamplingRule", "{\"SamplingRuleUpdate\":{\"RuleName\":\"Default\",\"FixedRate\":0.06}}");
            await x.RefusedAsync("UpdateSamplingRule", "{\"SamplingRuleUpdate\":{\"RuleName\":\"Default\",\"Priority\":10000}}", 400, "InvalidRequestException", "Invalid update request for default sampling rule");
            await x.RefusedAsync("DeleteSamplingRule", "{\"RuleName\":\"Default\"}", 400, "InvalidRequestException");
            for (var i = 0; i < 25; i++)
                await x.OkAsync("CreateSamplingRule", Rule($"{x.Name}-{i}"));
            await x.RefusedAsync("CreateSamplingRule", Rule(x.Name), 400, "RuleLimitExceededException");
            for (var i = 0; i < 25; i++)
                await x.OkAsync("DeleteSamplingRule", $"{{\"RuleName\":\"{x.Name}-{i}\"}}");
        },
        ["42 what the command line refuses by itself, the server refuses too"] = async x =>
        {
            await x.RefusedAsync("CreateGroup", "{\"GroupName\":\"\"}", 400, "ValidationException", "groupName");
            await x.RefusedAsync("CreateSamplingRule", "{\"SamplingRule\":{\"RuleName\":\"x\"}}", 400, "ValidationException");
        },
        ["43 encryption is updating, then active; it is asked for with an empty body"] = async x =>
        {
            var put = (await x.OkAsync("PutEncryptionConfig", "{\"Type\":\"NONE\"}"))["EncryptionConfig"]!;
            (put.Text("Type"), put.Text("Status"), put["KeyId"]).ShouldBe(("NONE", "UPDATING", null));
            await x.UntilAsync("EncryptionConfig", "", a => a["EncryptionConfig"]!.Text("Status") == "ACTIVE");
        },
        ["44 an error tells its type in the header and in the body"] = async x =>
        {
            var (status, body, type) = await x.PostAsync("GetGroup", "{\"GroupName\":\"none\"}");
            (status, type, body.Text("__type"), body.Text("Message")).ShouldBe((400, "InvalidRequestException", "InvalidRequestException", "Group not found."));
        },
        ["45 a search by arrival tells when"] = async x =>
        {
            await x.PutGoodAsync(x.Segment());
            await x.MatchAsync("", 1);
            var filter = $"\"FilterExpression\":\"service(\\\"{x.Name}\\\")\"";
            (await x.OkAsync("TraceSummaries", x.Range($"\"TimeRangeType\":\"TraceId\",{filter}"))).List("TraceSummaries").ShouldHaveSingleItem()!["MatchedEventTime"].ShouldBeNull();
            var byArrival = await x.OkAsync("TraceSummaries", x.Range($"\"TimeRangeType\":\"Event\",{filter}", to: 600));
            ((double)byArrival.List("TraceSummaries").ShouldHaveSingleItem()!["MatchedEventTime"]!).ShouldBeGreaterThanOrEqualTo(x.Now);
        },
        ["46 a token of somebody else is refused"] = x => x.RefusedAsync("TraceSummaries", x.Range("\"NextToken\":\"not-ours\""), 400, "InvalidRequestException", "Invalid token"),
        ["47 periods are of one or five minutes"] = x => x.RefusedAsync("TimeSeriesServiceStatistics", x.Range("\"Period\":61"), 400, "InvalidRequestException", "Time period must be one of [60, 300]"),
        ["48 tags of what is not there are refused"] = async x =>
        {
            var (status, body, type) = await x.PostAsync("TagResource", "{\"ResourceARN\":\"arn:aws:xray:us-east-1:000000000000:group/none/x\",\"Tags\":[{\"Key\":\"a\",\"Value\":\"b\"}]}");
            (status, type, body["ResourceName"] is not null).ShouldBe((404, "ResourceNotFoundException", true));
        },
        ["49 the daemon's port takes unsigned requests"] = async x =>
        {
            await x.OkAsync("TraceSegments", new JsonObject { ["TraceSegmentDocuments"] = new JsonArray(x.Segment()) }.ToJsonString(), x.Weir.XRayPort);
            await x.SegmentsAsync(1);
        },
        ["50 the same document twice counts once"] = async x =>
        {
            await x.PutGoodAsync(x.Segment(), x.Segment());
            await x.PutGoodAsync(x.Segment());
            await x.PutGoodAsync(x.Segment(trace: 1));
            XRayChecks.Count(XRayChecks.Node(await x.GraphAsync(x.Name, n => XRayChecks.Count(n, "TotalCount") >= 2), x.Name), "TotalCount").ShouldBe(2);
        },
    };

    private static string Rule(string name, int reservoir = 1) =>
        $$$"""{"SamplingRule":{"RuleName":"{{{name}}}","ResourceARN":"*","Priority":100,"FixedRate":0.1,"ReservoirSize":{{{reservoir}}},"ServiceName":"{{{name}}}","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"*","Version":1}}""";

    private static string Targets(XRayChecks x, string rule, string client, string? second = null) => new JsonObject
    {
        ["SamplingStatisticsDocuments"] = new JsonArray([.. new[] { rule, second }.OfType<string>().Select(name => (JsonNode)new JsonObject
        {
            ["RuleName"] = name, ["ClientID"] = client, ["Timestamp"] = x.Now, ["RequestCount"] = 100, ["SampledCount"] = 10, ["BorrowCount"] = 1,
        })]),
    }.ToJsonString();
}
