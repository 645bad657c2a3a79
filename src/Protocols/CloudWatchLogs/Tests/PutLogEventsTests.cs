using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Features.Logs;
using Weir.Protocols.Api;
using Weir.Protocols.CloudWatchLogs.In;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.CloudWatchLogs;

public sealed class PutLogEventsTests : IAsyncLifetime
{
    private RoomHost _room = null!;

    public async ValueTask InitializeAsync()
    {
        _room = await RoomHost.StartAsync();
        await _room.CreateAsync("/ecs/cruddur", "s");
    }

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task A_batch_that_comes_again_when_its_stream_exists_is_not_dropped()
    {
        var events = new[] { (_room.NowMs, "one"), (_room.NowMs, "two") };
        ((int)(await _room.PutAsync("/ecs/cruddur", "late", events))["$status"]!).ShouldBe(400);
        await _room.CallAsync("CreateLogStream", new JsonObject { ["logGroupName"] = "/ecs/cruddur", ["logStreamName"] = "late" });
        ((int)(await _room.PutAsync("/ecs/cruddur", "late", events))["$status"]!).ShouldBe(200);
        ((int)(await _room.PutAsync("/ecs/cruddur", "never", (_room.NowMs, "lost")))["$status"]!).ShouldBe(400);
        var counter = _room.Counters.Snapshot().Single();
        (counter.Received, counter.Drops.Sum(d => d.Count)).ShouldBe((2, 0));
        _room.Time.Step(AwaitedStreams.Patience);
        _room.Awaited.CountOverdue();
        counter = _room.Counters.Snapshot().Single();
        counter.Received.ShouldBe(3);
        var drop = counter.Drops.Single();
        (drop.Reason, drop.Count).ShouldBe(("not-found", 1));
        drop.LastMessage.ShouldBe("The specified log stream does not exist. (/ecs/cruddur, never)");
    }

    [Fact]
    public void Batches_past_the_bound_are_dropped_at_once()
    {
        var counters = new IngestCounters(TimeProvider.System);
        using var awaited = new AwaitedStreams(counters, TimeProvider.System);
        for (var i = 0; i <= AwaitedStreams.Most; i++)
            awaited.Refused(new AwaitedStreams.Batch("g", $"s{i}", 5, 1), "no stream");
        counters.Snapshot().Single().Drops.Single().Count.ShouldBe(5);
    }

    [Theory]
    [InlineData("""{"keyAttributes":{"Type":"Service","Name":"checkout","Environment":"ec2:prod"},"attributes":{"EC2.InstanceId":"i-1","PlatformType":"AWS::EC2"}}""", "checkout", null,
        """{"aws.entity.Type":"Service","service.name":"checkout","deployment.environment.name":"ec2:prod","host.id":"i-1","aws.entity.PlatformType":"AWS::EC2"}""")]
    [InlineData("""{"attributes":null,"keyAttributes":{"Type":"AWS::Resource","Identifier":"x"}}""", "cruddur", null, """{"aws.entity.Type":"AWS::Resource","aws.entity.Identifier":"x"}""")]
    [InlineData("null", "cruddur", null, "")]
    [InlineData("[1]", "cruddur", "InvalidEntity", "")]
    [InlineData("{}", "cruddur", "MissingRequiredFields", "")]
    [InlineData("""{"keyAttributes":{"Name":{"a":1}}}""", "cruddur", "InvalidKeyAttributes", "")]
    [InlineData("""{"keyAttributes":{"Name":"x"},"attributes":[]}""", "cruddur", "InvalidAttributes", "")]
    [InlineData("""{"keyAttributes":{"a":"","b":"","c":"","d":"","e":""}}""", "cruddur", "EntitySizeTooLarge", "")]
    public async Task The_entity_names_service_and_environment_and_never_costs_the_lines(string entity, string service, string? error, string resource)
    {
        var reply = await _room.CallAsync("PutLogEvents", JsonNode.Parse(
            $$"""{"logGroupName":"/ecs/cruddur","entity":{{entity}},"logStreamName":"s","logEvents":[{"timestamp":{{_room.NowMs}},"message":"m"}]}"""));
        ((int)reply["$status"]!).ShouldBe(200);
        ((string?)reply["rejectedEntityInfo"]?["errorType"]).ShouldBe(error);
        var (block, _) = _room.Logs.Rows[0];
        (block.Text(0, "service"), block.Text(0, "resource")).ShouldBe((service, resource));
    }

    [Theory]
    [InlineData(true, 32, 512, null)]
    [InlineData(true, 33, 1, "EntitySizeTooLarge")]
    [InlineData(true, 1, 513, "EntitySizeTooLarge")]
    [InlineData(false, 32, 512, null)]
    [InlineData(false, 33, 1, "EntitySizeTooLarge")]
    [InlineData(false, 1, 513, "EntitySizeTooLarge")]
    public async Task Names_and_values_of_an_entity_have_a_longest_length(bool isKey, int name, int value, string? error)
    {
        var map = new JsonObject { [new string('n', name)] = new string('v', value) };
        var entity = isKey ? new JsonObject { ["keyAttributes"] = map } : new JsonObject { ["keyAttributes"] = new JsonObject { ["Name"] = "x" }, ["attributes"] = map };
        var reply = await _room.CallAsync("PutLogEvents", JsonNode.Parse(
            $$"""{"logGroupName":"/ecs/cruddur","entity":{{entity.ToJsonString()}},"logStreamName":"s","logEvents":[{"timestamp":{{_room.NowMs}},"message":"m"}]}"""));
        ((string?)reply["rejectedEntityInfo"]?["errorType"]).ShouldBe(error);
    }

    [Fact]
    public async Task Rows_hold_what_was_sent()
    {
        var reply = await _room.PutAsync("/ecs/cruddur", "s",
            (_room.NowMs - 2000, "test log"),
            (_room.NowMs - 1000, "[2023-Feb-27 01:09] 172.18.0.1 GET http /api/activities/home? 500 INTERNAL SERVER ERROR"),
            (_room.NowMs, """{"level":"warn","message":"slow","service":"checkout","trace_id":"5759e988bd862e3fe1be46a994272793","span_id":"53995c3f42cd8ad8","ms":17,"ok":true,"share":0.5,"at":{"x":1}}"""));
        ((int)reply["$status"]!).ShouldBe(200);
        ((string)reply["nextSequenceToken"]!).Length.ShouldBe(56);
        reply["rejectedLogEventsInfo"].ShouldBeNull();

        var (block, _) = _room.Logs.Rows[0];
        block.Text(0, "protocol").ShouldBe("cloudwatch-logs");
        block.Text(0, "environment").ShouldBe("default");
        block.Text(0, "log_group").ShouldBe("/ecs/cruddur");
        block.Text(0, "log_stream").ShouldBe("s");
        block.Text(0, "service").ShouldBe("cruddur");
        block.Text(0, "body").ShouldBe("test log");
        block.Text(0, "severity").ShouldBe("");
        block[0, "time"].ShouldBe((_room.NowMs - 2000) * 1_000_000);
        block[0, "received_at"].ShouldBe(_room.NowMs * 1_000_000);
        block.Json(0).ShouldBeEmpty();

        block.Text(1, "severity").ShouldBe("error");
        block.Json(1)["http.request.method"].ShouldBe("GET");
        block.Json(1)["url.path"].ShouldBe("/api/activities/home");
        block.Json(1)["http.response.status_code"].ShouldBe(500L);
        block.Json(1)["client.address"].ShouldBe("172.18.0.1");

        block.Text(2, "service").ShouldBe("checkout");
        block.Text(2, "severity").ShouldBe("warn");
        block[2, "severity_number"].ShouldBe(13UL);
        block[2, "trace_id"].ShouldBe("5759e988bd862e3fe1be46a994272793");
        block[2, "span_id"].ShouldBe("53995c3f42cd8ad8");
        block[2, "trace_id_from"].ShouldBe("field");
        block.Json(2)["ms"].ShouldBe(17L);
        block.Json(2)["ok"].ShouldBe(true);
        block.Json(2)["share"].ShouldBe(0.5);
        block.Json(2).ContainsKey("at").ShouldBeFalse();
        ((ulong)block[1, "sequence"]!).ShouldBeLessThan((ulong)block[2, "sequence"]!);
    }

    public static TheoryData<string, string, string> Refusals => new()
    {
        { """{"logGroupName":"none","logStreamName":"s","logEvents":[{"timestamp":1,"message":"m"}]}""", "ResourceNotFoundException", "The specified log group does not exist." },
        { """{"logGroupName":"/ecs/cruddur","logStreamName":"none","logEvents":[{"timestamp":1,"message":"m"}]}""", "ResourceNotFoundException", "The specified log stream does not exist." },
        { """{"logGroupName":"/ecs/cruddur","logStreamName":"s","logEvents":[]}""", "InvalidParameterException",
            "1 validation error detected: Value '[]' at 'logEvents' failed to satisfy constraint: Member must have length greater than or equal to 1" },
        { """{"logGroupName":"/ecs/cruddur","logStreamName":"s"}""", "InvalidParameterException",
            "1 validation error detected: Value null at 'logEvents' failed to satisfy constraint: Member must not be null" },
        { """{"logStreamName":"a:b","logEvents":[{"timestamp":1,"message":"m"}]}""", "InvalidParameterException",
            "2 validation errors detected: Value null at 'logGroupName' failed to satisfy constraint: Member must not be null; "
            + "Value 'a:b' at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*" },
        { """{"logGroupName":"/ecs/cruddur","logStreamName":"s","logEvents":[{"timestamp":1,"message":""}]}""", "InvalidParameterException",
            "1 validation error detected: Value '' at 'logEvents.1.member.message' failed to satisfy constraint: Member must have length greater than or equal to 1" },
        { """{"logGroupName":"/ecs/cruddur","logStreamName":"s","logEvents":[{"timestamp":-1,"message":"m"}]}""", "InvalidParameterException",
            "1 validation error detected: Value '-1' at 'logEvents.1.member.timestamp' failed to satisfy constraint: Member must have value greater than or equal to 0" },
        { """{"logGroupName":"/ecs/cruddur","logStreamName":"s","logEvents":[{"message":"m"}]}""", "InvalidParameterException",
            "1 validation error detected: Value null at 'logEvents.1.member.timestamp' failed to satisfy constraint: Member must not be null" },
        { """{"logGroupName":"/ecs/cruddur","logStreamName":"s","logEvents":[{"timestamp":"1","message":"m"}]}""", "SerializationException", "STRING_VALUE can not be converted to a Long" },
        { """{"logGroupName":"/ecs/cruddur","logStreamName":"s","logEvents":[{"timestamp":2,"message":"m"},{"timestamp":1,"message":"m"}]}""", "InvalidParameterException",
            "Log events in a single PutLogEvents request must be in chronological order." },
        { """{"logGroupName":"/ecs/cruddur","logStreamName":"s","logEvents":[{"timestamp":1,"message":"m"}]""", "SerializationException", "the request body is not valid JSON" },
        { """[]""", "SerializationException", "Unexpected token: the request body must be a JSON object" },
        { "", "SerializationException", "the request body is not valid JSON" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Refuses_in_the_words_of_the_service_and_stores_nothing(string body, string type, string message)
    {
        using var response = await _room.SendAsync("Logs_20140328.PutLogEvents", Encoding.UTF8.GetBytes(body));
        ((int)response.StatusCode).ShouldBe(400);
        var reply = JsonNode.Parse(await response.Content.ReadAsByteArrayAsync())!;
        ((string?)reply["__type"], (string?)reply["message"]).ShouldBe((type, message));
        response.Headers.GetValues("x-amzn-ErrorType").ShouldBe([type]);
        _room.Logs.Rows.ShouldBeEmpty();
        // What waits for its stream is dropped when it does not come again.
        _room.Time.Step(AwaitedStreams.Patience);
        _room.Awaited.CountOverdue();
        var counter = _room.Counters.Snapshot().ShouldHaveSingleItem();
        counter.Received.ShouldBe(counter.Drops.Sum(d => d.Count));
    }

    [Fact]
    public async Task The_limits_are_exact()
    {
        // 1,048,576 bytes: every message's UTF-8 and 26 more.
        var message = new string('é', (524_288 - 26) / 2);
        var now = _room.NowMs;
        Status(await _room.PutAsync("/ecs/cruddur", "s", (now, message), (now, message))).ShouldBe("200");
        Status(await _room.PutAsync("/ecs/cruddur", "s", (now, message), (now, message + "x")))
            .ShouldBe("400 InvalidParameterException Upload too large: 1048577 bytes exceeds limit of 1048576");
        Status(await _room.PutAsync("/ecs/cruddur", "s", [.. Enumerable.Repeat((now, "m"), 10_000)])).ShouldBe("200");
        Status(await _room.PutAsync("/ecs/cruddur", "s", [.. Enumerable.Repeat((now, "m"), 10_001)])).ShouldBe(
            "400 InvalidParameterException 1 validation error detected: Value '[...]' at 'logEvents' failed to satisfy constraint: "
            + "Member must have length less than or equal to 10000");
        const long Day = 86_400_000;
        Status(await _room.PutAsync("/ecs/cruddur", "s", (now - Day, "m"), (now, "m"))).ShouldBe("200");
        Status(await _room.PutAsync("/ecs/cruddur", "s", (now - Day - 1, "m"), (now, "m"))).ShouldBe(
            "400 InvalidParameterException The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
        _room.Logs.Rows.Count.ShouldBe(2 + 10_000 + 2);
    }

    private static string Status(JsonObject reply) => $"{reply["$status"]} {reply["__type"]} {reply["message"]}".Trim();

    [Fact]
    public async Task Too_old_and_too_new_events_are_told_and_counted()
    {
        const long Hour = 3_600_000;
        var now = _room.NowMs;
        var reply = await _room.PutAsync("/ecs/cruddur", "s", (now - (15 * 24 * Hour), "old"));
        reply["rejectedLogEventsInfo"]!.ToJsonString().ShouldBe("""{"tooOldLogEventEndIndex":1}""");
        ((string)reply["nextSequenceToken"]!).Length.ShouldBe(56);
        reply = await _room.PutAsync("/ecs/cruddur", "s", (now - (15 * 24 * Hour), "old"), (now, "good"), (now + (2 * Hour), "good"), (now + (3 * Hour), "new"));
        reply["rejectedLogEventsInfo"]!.ToJsonString().ShouldBe("""{"tooNewLogEventStartIndex":3,"tooOldLogEventEndIndex":1}""");
        _room.Logs.Rows.Select(r => r.Block.Text(r.Row, "body")).ShouldBe(["good", "good"]);

        await _room.CallAsync("PutRetentionPolicy", new JsonObject { ["logGroupName"] = "/ecs/cruddur", ["retentionInDays"] = 3 });
        reply = await _room.PutAsync("/ecs/cruddur", "s", (now - (4 * 24 * Hour), "expired"), (now, "good"));
        reply["rejectedLogEventsInfo"]!.ToJsonString().ShouldBe("""{"expiredLogEventEndIndex":1}""");
        var counter = _room.Counters.Snapshot().ShouldHaveSingleItem();
        counter.Received.ShouldBe(7);
        counter.Drops.Select(d => (d.Reason, d.Count)).ShouldBe([("expired", 1L), ("too-new", 1L), ("too-old", 2L)]);
    }

    [Theory]
    [InlineData(FaultKind.Busy, 400, "ThrottlingException", "Rate exceeded", "7")]
    [InlineData(FaultKind.Unavailable, 503, "ServiceUnavailableException", "the disk is full", "7")]
    public async Task What_is_not_on_disk_is_not_acknowledged(FaultKind kind, int status, string type, string message, string retryAfter)
    {
        _room.Logs.Fault = new Fault(kind, "the disk is full", TimeSpan.FromSeconds(6.5));
        var body = $$"""{"logGroupName":"/ecs/cruddur","logStreamName":"s","logEvents":[{"timestamp":{{_room.NowMs}},"message":"m"}]}""";
        using var response = await _room.SendAsync("Logs_20140328.PutLogEvents", Encoding.UTF8.GetBytes(body));
        var reply = JsonNode.Parse(await response.Content.ReadAsByteArrayAsync())!;
        ((int)response.StatusCode, (string?)reply["__type"], (string?)reply["message"]).ShouldBe((status, type, message));
        response.Headers.RetryAfter!.ToString().ShouldBe(retryAfter);
    }

    [Fact]
    public async Task Text_comes_through_byte_for_byte()
    {
        var body = $$$"""
            {"logEvents":[{"message":"a\nb\t\"q\" \\ \/ \u00e9 \ud83d\ude00 é 😀 \u0000 \ud83d!","ignored":[{}],"timestamp":{{{_room.NowMs}}}}],"entity":{"keyAttributes":{"a":"b"}},
             "sequenceToken":"any","logStreamName":"\u0073","logGroupName":"\/ecs\/cruddur"}
            """;
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(body));
        using var response = await _room.SendAsync("Logs_20140328.PutLogEvents", packed.ToArray(), r => r.Content!.Headers.ContentEncoding.Add("gzip"));
        ((int)response.StatusCode).ShouldBe(200);
        var (block, row) = _room.Logs.Rows.ShouldHaveSingleItem();
        block.Text(row, "body").ShouldBe("a\nb\t\"q\" \\ / é 😀 é 😀 \0 \uFFFD!");
    }

    [Fact]
    [Trait("kind", "fuzz")]
    public void Broken_bodies_are_faults_and_nothing_else()
    {
        var random = Fuzz.Random(20230227);
        byte[][] samples =
        [
            .. Refusals.Select(row => Encoding.UTF8.GetBytes(row.Data.Item1)).Where(b => b.Length > 0),
            Encoding.UTF8.GetBytes("""{"logEvents":[{"message":"a\nb \ud83d\ude00 \ud83d","timestamp":1e3},{"timestamp":null,"message":null}],"x":{"y":[1,{}]},"logGroupName":"g\u0041"}"""),
        ];
        for (var round = 0; round < 30_000; round++)
        {
            var body = samples[round % samples.Length].ToArray();
            for (var change = 0; change < 1 + (round % 4); change++)
                body[random.Next(body.Length)] = round % 3 == 0 ? (byte)random.Next(256) : (byte)"{}[]\",:\\u0e-"[random.Next(12)];
            body = body[..random.Next(body.Length + 1)];
            using var decoder = new PutLogEventsDecoder();
            var fault = decoder.Decode(body);
            fault?.Type.ShouldBe("SerializationException");
            byte[] scratch = [];
            foreach (var found in decoder.Events)
            {
                if (fault is null && found.HasMessage)
                    Encoding.UTF8.GetByteCount(Encoding.UTF8.GetString(EventText.Decode(found.Raw(body), found.Escaped, ref scratch)))
                        .ShouldBeLessThanOrEqualTo(found.Length * 3);
            }
            EventText.Return(scratch);
        }
    }
}
