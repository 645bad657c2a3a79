using System.Text;
using System.Text.Json;
using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Protocols.XRay;
using Weir.Protocols.XRay.In;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.XRay;

public sealed class SegmentDecoderTests
{
    [Theory]
    [InlineData("{}", "MissingId", null, "Invalid segment. ErrorCode: MissingId")]
    [InlineData("[]", "MissingId", null, "Invalid segment. ErrorCode: MissingId")]
    [InlineData("\"text\"", "MissingId", null, "Invalid segment. ErrorCode: MissingId")]
    [InlineData("""{"id":"xyz"}""", "InvalidId", "xyz", "Invalid segment. ErrorCode: InvalidId")]
    [InlineData("""{"id":5}""", "InvalidId", null, "Invalid segment. ErrorCode: InvalidId")]
    [InlineData("""{"id":"defdfd9912dc5a56"}""", "MissingName", "defdfd9912dc5a56", "Invalid segment. ErrorCode: MissingName")]
    [InlineData("""{"id":"defdfd9912dc5a56","name":""}""", "InvalidName", "defdfd9912dc5a56", null)]
    [InlineData("""{"id":"defdfd9912dc5a56","name":"a;b"}""", "InvalidName", "defdfd9912dc5a56", null)]
    [InlineData("""{"id":"defdfd9912dc5a56","name":"a\\b"}""", "InvalidName", "defdfd9912dc5a56", null)]
    [InlineData("""{"id":"defdfd9912dc5a56","name":"a"}""", "MissingTraceId", "defdfd9912dc5a56", null)]
    [InlineData("""{"id":"defdfd9912dc5a56","name":"a","trace_id":"1-xyz"}""", "InvalidTraceId", "defdfd9912dc5a56", null)]
    [InlineData("""{"id":"defdfd9912dc5a56","name":"a","trace_id":"5759e988bd862e3fe1be46a994272793"}""", "InvalidTraceId", "defdfd9912dc5a56", null)]
    [InlineData("""{"id":"defdfd9912dc5a56","name":"a","trace_id":"1-5759e988-bd862e3fe1be46a994272793"}""", "MissingStartTime", "defdfd9912dc5a56", null)]
    [InlineData("""{"id":"defdfd9912dc5a56","name":"a","trace_id":"1-5759e988-bd862e3fe1be46a994272793","start_time":"now"}""", "InvalidStartTime", "defdfd9912dc5a56", null)]
    [InlineData("""{"id":"defdfd9912dc5a56","name":"a","trace_id":"1-5759e988-bd862e3fe1be46a994272793","start_time":-1}""", "InvalidStartTime", "defdfd9912dc5a56", null)]
    [InlineData("""{"id":"defdfd9912dc5a56","name":"a","trace_id":"1-5759e988-bd862e3fe1be46a994272793","start_time":1e300}""", "InvalidStartTime", "defdfd9912dc5a56", null)]
    [InlineData("""{"id":"defdfd9912dc5a56","name":"a","trace_id":"1-5759e988-bd862e3fe1be46a994272793","start_time":1}""", "MissingEndTime", "defdfd9912dc5a56", null)]
    [InlineData("""{"id":"defdfd9912dc5a56","name":"a","trace_id":"1-5759e988-bd862e3fe1be46a994272793","start_time":1,"end_time":[]}""", "InvalidEndTime", "defdfd9912dc5a56", null)]
    [InlineData("""{"id":"defdfd9912dc5a56","name":"a","trace_id":"1-5759e988-bd862e3fe1be46a994272793","start_time":1,"end_time":2,"in_progress":true}""", "InProgressSegmentHasEndTime", "defdfd9912dc5a56", null)]
    [InlineData("""{"id":"defdfd9912dc5a56","name":"a","trace_id":"1-5759e988-bd862e3fe1be46a994272793","start_time":1,"end_time":2,"parent_id":"12"}""", "InvalidParentId", "defdfd9912dc5a56", null)]
    [InlineData("""{"id":"defdfd9912dc5a56","name":"a","trace_id":"1-5759e988-bd862e3fe1be46a994272793","start_time":1,"end_time":2,"type":"span"}""", "UnknownType", "defdfd9912dc5a56", null)]
    [InlineData("""{"id":"defdfd9912dc5a56","name":"a","trace_id":"1-5759e988-bd862e3fe1be46a994272793","start_time":1,"end_time":2,"type":"subsegment"}""", "MissingParentId", "defdfd9912dc5a56", "Invalid subsegment. ErrorCode: MissingParentId, Cause: null")]
    [InlineData("""{"id":"defdfd9912dc5a56","name":"a","trace_id":"1-5759e988-bd862e3fe1be46a994272793","start_time":1,"end_time":2,"in_progress":true,"type":"subsegment"}""", "InProgressSubsegmentHasEndTime", "defdfd9912dc5a56", null)]
    public void Refuses(string document, string code, string? id, string? message)
    {
        var decoded = Decoding.Decode(document);
        var reject = decoded.Rejects.ShouldHaveSingleItem();
        reject.Code.ShouldBe(code);
        reject.Id.ShouldBe(id);
        if (message is not null)
            reject.Message.ShouldBe(message);
        decoded.Spans.Rows.ShouldBe(0);
        var counter = decoded.Counters.Snapshot().Single(c => c.Signal == Signal.Spans);
        counter.Received.ShouldBe(1);
        counter.Drops.ShouldHaveSingleItem().Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"id\":}")]
    [InlineData("{} trailing")]
    [InlineData("not json")]
    public void NotJsonIsAParseError(string document)
    {
        var reject = Decoding.Decode(document).Rejects.ShouldHaveSingleItem();
        reject.Code.ShouldBe("ParseError");
        reject.Id.ShouldBeNull();
        reject.Message.ShouldStartWith("Invalid entity. ErrorCode: ParseError");
    }

    [Theory]
    [InlineData("""{"name":"x;y","id":"4a8a2d3c9e1f6b70","start_time":1,"end_time":2}""", "InvalidName")]
    [InlineData("""{"name":"x","start_time":1,"end_time":2}""", "MissingId")]
    [InlineData("""{"name":"x","id":"4a8a2d3c9e1f6b70","start_time":1}""", "MissingEndTime")]
    public void ABadNestedSubsegmentRefusesTheWholeDocument(string nested, string code)
    {
        var decoded = Decoding.Decode(Decoding.Segment($"\"subsegments\":[{nested}]"));
        var reject = decoded.Rejects.ShouldHaveSingleItem();
        reject.Id.ShouldBe("defdfd9912dc5a56");
        reject.Code.ShouldBe(code);
        reject.Message.ShouldBe($"Invalid subsegment. ErrorCode: {code}, Cause: null");
        decoded.Spans.Rows.ShouldBe(0);
    }

    [Theory]
    [InlineData("api")]
    [InlineData("a_b.c:d/e%f&g#h=i+j-k@l m")]
    [InlineData("été サービス 42")]
    [InlineData("\\u00e9t\\u00e9")]
    public void TakesNames(string name) => Decoding.Decode(Decoding.Segment(name: name)).Rejects.ShouldBeEmpty();

    [Fact]
    public void LongNamesAreCut() =>
        Decoding.Decode(Decoding.Segment(name: new string('é', 300))).Spans.Text(0, "name").ShouldBe(new string('é', 200));

    [Fact]
    public void ASegmentIsARow()
    {
        var spans = Decoding.Decode(Decoding.Segment("""
            "parent_id":"0102030405060708","user":"alice","origin":"AWS::ECS::Container","resource_arn":"arn:x","error":true,
            "http":{"request":{"method":"GET","url":"http://h:80/a/b?c=1#d","user_agent":"curl \"8\"","client_ip":"10.0.0.1","x_forwarded_for":true},
                    "response":{"status":404,"content_length":"12"}},
            "aws":{"account_id":"123","ec2":{"instance_id":"i-1"},"xray":{"sdk":"X-Ray for Go","rule_name":"R"},"resource_names":["a","b"]},
            "service":{"version":"1.2"},
            "annotations":{"s":"x","n":1.5,"i":7,"b":true,"a.b":"dots"},
            "metadata":{"default":{"k":{"a":[1]},"t":"text"},"flat":3},
            "links":[{"trace_id":"1-00000000-000000000000000000000001","id":"00000000000000aa","attributes":{"x":1}}],"unknown":[{}]
            """)).Spans;
        spans.Rows.ShouldBe(1);
        spans.Text(0, "trace_id").ShouldBe(Decoding.TraceHex);
        spans.Text(0, "span_id").ShouldBe("defdfd9912dc5a56");
        spans.Text(0, "parent_span_id").ShouldBe("0102030405060708");
        spans[0, "start_time"].ShouldBe(1_500_000_000L);
        spans[0, "duration_ns"].ShouldBe(1_250_000_000UL);
        spans[0, "received_at"].ShouldBe(Decoding.ReceivedAt);
        spans.Text(0, "protocol").ShouldBe("xray");
        spans.Text(0, "service").ShouldBe("api");
        spans.Text(0, "name").ShouldBe("api");
        spans.Text(0, "kind").ShouldBe("segment");
        spans.Text(0, "status").ShouldBe("error");
        spans.Text(0, "links").ShouldBe("""[{"traceId":"00000000000000000000000000000001","spanId":"00000000000000aa","attributes":{"x":1}}]""");
        spans.Text(0, "document").ShouldStartWith("{\"trace_id\"");
        var attributes = spans.Json(0);
        var expected = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["http.request.method"] = "GET",
            ["url.full"] = "http://h:80/a/b?c=1#d",
            ["url.path"] = "/a/b",
            ["user_agent.original"] = "curl \"8\"",
            ["client.address"] = "10.0.0.1",
            ["aws.xray.x_forwarded_for"] = true,
            ["http.response.status_code"] = 404L,
            ["http.response.body.size"] = 12L,
            ["aws.xray.error"] = true,
            ["aws.xray.origin"] = "AWS::ECS::Container",
            ["aws.xray.resource_arn"] = "arn:x",
            ["enduser.id"] = "alice",
            ["cloud.account.id"] = "123",
            ["aws.ec2.instance_id"] = "i-1",
            ["aws.xray.sdk"] = "X-Ray for Go",
            ["aws.xray.sampling_rule_name"] = "R",
            ["aws.resource_names"] = "[\"a\",\"b\"]",
            ["service.version"] = "1.2",
            ["annotation.s"] = "x",
            ["annotation.n"] = 1.5,
            ["annotation.i"] = 7L,
            ["annotation.b"] = true,
            ["annotation.a.b"] = "dots",
            ["metadata.default.k"] = "{\"a\":[1]}",
            ["metadata.default.t"] = "text",
            ["metadata.flat"] = 3L,
        };
        attributes.OrderBy(a => a.Key, StringComparer.Ordinal).ShouldBe(expected.OrderBy(a => a.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("\"fault\":true", "error", "aws.xray.fault")]
    [InlineData("\"http\":{\"response\":{\"status\":503}}", "error", "aws.xray.fault")]
    [InlineData("\"http\":{\"response\":{\"status\":429}}", "error", "aws.xray.throttle")]
    [InlineData("\"http\":{\"response\":{\"status\":404}}", "error", "aws.xray.error")]
    [InlineData("\"http\":{\"response\":{\"status\":200}}", "unset", null)]
    [InlineData("\"error\":false,\"throttle\":null", "unset", null)]
    public void FlagsAndResponseStatusDecide(string more, string status, string? attribute)
    {
        var spans = Decoding.Decode(Decoding.Segment(more)).Spans;
        spans.Text(0, "status").ShouldBe(status);
        if (attribute is not null)
            spans.Json(0)[attribute].ShouldBe(true);
    }

    [Fact]
    public void NestedSubsegmentsAreRowsOfTheSegmentsService()
    {
        var spans = Decoding.Decode("""
            {"subsegments":[{"id":"00000000000000a1","name":"db","start_time":1.5,"end_time":2.5,"namespace":"remote",
               "sql":{"database_type":"PostgreSQL","sanitized_query":"select ?","url":"jdbc:x"},
               "subsegments":[{"id":"00000000000000a2","name":"inner","start_time":1.6,"in_progress":true}]},
              null,{"id":"00000000000000a3","name":"dynamodb","start_time":2,"end_time":2,"namespace":"aws","aws":{"operation":"GetItem","region":"eu-west-1","table_name":"t"}}],
             "end_time":3,"start_time":1,"name":"api","id":"defdfd9912dc5a56","trace_id":"1-5759e988-bd862e3fe1be46a994272793"}
            """).Spans;
        spans.Rows.ShouldBe(4);
        string Row(int row) => string.Join(' ', new[] { "span_id", "parent_span_id", "service", "name", "kind", "in_progress" }.Select(c => spans[row, c]));
        Row(0).ShouldBe("defdfd9912dc5a56  api api segment 0");
        Row(1).ShouldBe("00000000000000a1 defdfd9912dc5a56 api db subsegment 0");
        Row(2).ShouldBe("00000000000000a2 00000000000000a1 api inner subsegment 1");
        Row(3).ShouldBe("00000000000000a3 defdfd9912dc5a56 api dynamodb subsegment 0");
        spans.Text(0, "document").ShouldNotBeEmpty();
        spans.Text(1, "document").ShouldBeEmpty();
        spans.Json(1)["db.system"].ShouldBe("PostgreSQL");
        spans.Json(1)["db.statement"].ShouldBe("select ?");
        spans.Json(3)["rpc.method"].ShouldBe("GetItem");
        spans.Json(3)["aws.table_name"].ShouldBe("t");
    }

    [Fact]
    public void AStreamedSubsegmentGetsTheServiceOfASegmentLaterInTheBatch()
    {
        var streamed = Decoding.Segment("\"type\":\"subsegment\",\"parent_id\":\"defdfd9912dc5a56\"", id: "00000000000000b1", name: "step");
        var spans = Decoding.Decode(streamed, Decoding.Segment()).Spans;
        spans.Rows.ShouldBe(2);
        spans.Text(1, "name").ShouldBe("step");
        spans.Text(1, "service").ShouldBe("api");
        spans.Text(1, "kind").ShouldBe("subsegment");
        spans.Text(1, "document").ShouldBe(streamed);
        Decoding.Decode(streamed).Spans.Text(0, "service").ShouldBe("step");
    }

    [Fact]
    public void ACauseIsAnOccurrence()
    {
        var decoded = Decoding.Decode(Decoding.Document("python-0.95-flask-exception.bin"));
        decoded.Spans.Rows.ShouldBe(2);
        decoded.Spans.Text(1, "status_message").ShouldBe("ValueError: no \"return\" here");
        var occurrences = decoded.Occurrences.ShouldNotBeNull();
        occurrences.Rows.ShouldBe(1);
        occurrences.Text(0, "title").ShouldBe("ValueError: no \"return\" here");
        occurrences.Text(0, "exception_class").ShouldBe("ValueError");
        occurrences.Text(0, "message").ShouldBe("no \"return\" here");
        occurrences.Text(0, "service").ShouldBe("backend-flask");
        occurrences.Text(0, "method").ShouldBe("GET");
        occurrences.Text(0, "url").ShouldBe("http://localhost/boom");
        occurrences.Text(0, "span_id").ShouldBe(decoded.Spans.Text(1, "span_id"));
        occurrences.Text(0, "trace_id_from").ShouldBe("field");
        using var exceptions = JsonDocument.Parse(occurrences.Text(0, "exceptions"));
        var frame = exceptions.RootElement[0].GetProperty("frames")[0];
        frame.GetProperty("file").GetString().ShouldBe("testing.py");
        frame.GetProperty("line").GetInt32().ShouldBe(223);
        // The same exception of another request groups with it, and the same document again is the same occurrence.
        var again = Decoding.Decode(Decoding.Document("python-0.95-flask-exception.bin").Replace("1-6b0034a2-1b", "1-6b0034a2-2b", StringComparison.Ordinal));
        again.Occurrences!.Text(0, "fingerprint").ShouldBe(occurrences.Text(0, "fingerprint"));
        again.Occurrences.Text(0, "occurrence_id").ShouldNotBe(occurrences.Text(0, "occurrence_id"));
    }

    [Fact]
    public void CausesOfUnfinishedDocumentsAndReferencesAreNoOccurrences()
    {
        const string Cause = "\"cause\":{\"exceptions\":[{\"id\":\"0000000000000001\",\"type\":\"E\",\"message\":\"m\"}]}";
        Decoding.Decode(Decoding.Segment(Cause)).Occurrences.ShouldNotBeNull();
        Decoding.Decode(Decoding.Segment("\"end_time\":null,\"in_progress\":true," + Cause)).Occurrences.ShouldBeNull();
        Decoding.Decode(Decoding.Segment("\"cause\":\"0000000000000001\"")).Occurrences.ShouldBeNull();
        Decoding.Decode(Decoding.Segment("\"cause\":{\"id\":\"x\",\"exceptions\":[]}")).Occurrences.ShouldBeNull();
    }

    [Theory]
    [InlineData("1478293361.271234", 1478293361271234000)]
    [InlineData("1.478E9", 1478000000000000000)]
    [InlineData("1478293361", 1478293361000000000)]
    [InlineData("1461096053.37518", 1461096053375180000)]
    public void TimesKeepTheirDigits(string number, long nanoseconds) =>
        Decoding.Decode(Decoding.Segment($"\"start_time\":{number}")).Spans[0, "start_time"].ShouldBe(nanoseconds);

    [Fact]
    public void AnEndBeforeTheStartIsNoDuration() =>
        Decoding.Decode(Decoding.Segment("\"start_time\":5")).Spans[0, "duration_ns"].ShouldBe(0UL);

    [Theory]
    [InlineData("http://h", "/")]
    [InlineData("http://h?x=/y", "/")]
    [InlineData("https://h:1/a%20b?x", "/a%20b")]
    [InlineData("/a?b", "/a")]
    [InlineData("h/a", "")]
    [InlineData("", "")]
    public void PathOfUrl(string url, string path) =>
        Encoding.UTF8.GetString(EntityAttributes.PathOf(Encoding.UTF8.GetBytes(url))).ShouldBe(path);

    public static TheoryData<string> Datagrams => [.. Decoding.DatagramFixtures()];

    [Theory]
    [MemberData(nameof(Datagrams))]
    public void RecordedDatagramsAreTaken(string fixture)
    {
        DaemonHeader.TryStrip(Decoding.Fixture(fixture), out _, out var reason).ShouldBeTrue(reason);
        var decoded = Decoding.Decode(Decoding.Document(fixture));
        decoded.Rejects.ShouldBeEmpty();
        decoded.Spans.Rows.ShouldBeGreaterThan(0);
        decoded.Spans.Text(0, "document").ShouldBe(Decoding.Document(fixture));
    }

    [Fact]
    public void EscapesAndHalfSurrogatesAreRead()
    {
        Decoding.Decode(Decoding.Segment("\"name\":\"dotnet-\\u00e9t\\u00E9\"")).Spans.Text(0, "name").ShouldBe("dotnet-été");
        Decoding.Decode(Decoding.Document("dotnet-2.16.0-aspnetcore-home.bin")).Spans.Json(1)["metadata.home.note"].ShouldBe("grüße 😀");
        Decoding.Decode(Decoding.Segment("\"user\":\"a\\ud800b\"")).Spans.Json(0)["enduser.id"].ShouldBe("a\ufffdb");
        Decoding.Decode(Decoding.Segment("\"annotations\":{\"\\ud800\":\"\\udc00\"}")).Spans.Json(0)["annotation.\ufffd"].ShouldBe("\ufffd");
    }

    [Fact]
    public void DeepNestingIsTaken()
    {
        var deep = new StringBuilder();
        for (var i = 0; i < 10_000; i++)
            deep.Append("\"subsegments\":[{\"id\":\"00000000000000b1\",\"name\":\"n\",\"start_time\":1,\"end_time\":2,");
        deep.Append("\"user\":\"\"").Insert(0, "\"x\":1,");
        for (var i = 0; i < 10_000; i++)
            deep.Append("}]");
        Decoding.Decode(Decoding.Segment(deep.ToString())).Spans.Rows.ShouldBe(10_001);
        // Deeper than subsegments of a megabyte can nest.
        Decoding.Decode(Decoding.Segment("\"metadata\":{\"a\":" + new string('[', 70_000) + new string(']', 70_000) + "}")).Rejects.ShouldHaveSingleItem().Code.ShouldBe("ParseError");
        Decoding.Decode(Decoding.Segment("\"metadata\":{\"a\":" + new string('[', 900) + new string(']', 900) + "}")).Rejects.ShouldBeEmpty();
    }

    [Fact]
    public void AnOversizeDocumentIsRefused()
    {
        var reject = Decoding.Decode(new XRayOptions { MaxDocumentBytes = 2048 }, Decoding.Segment($"\"user\":\"{new string('x', 2048)}\""))
            .Rejects.ShouldHaveSingleItem();
        reject.Code.ShouldBe("SegmentTooLarge");
        reject.Message.ShouldContain("2048");
    }

    [Fact]
    [Trait("kind", "fuzz")]
    public void MutatedDocumentsNeverThrow()
    {
        var random = Fuzz.Random(20_000);
        var fixtures = Decoding.DatagramFixtures().Select(f => Encoding.UTF8.GetBytes(Decoding.Document(f))).ToArray();
        var decoder = new SegmentIntake(new XRayOptions(), new OwnerCache(), new IngestCounters(TimeProvider.System));
        var pool = new IngestBatchPool();
        var taken = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])fixtures[random.Next(fixtures.Length)].Clone();
            var length = random.Next(8) == 0 ? random.Next(bytes.Length) : bytes.Length;
            for (var m = random.Next(1, 4); m > 0; m--)
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? "\"{}[],:\\u0e.-"u8[random.Next(13)] : (byte)random.Next(256);
            var documents = new DocumentBatch();
            documents.Add(bytes.AsSpan(0, length));
            using var rows = pool.Rent(WireProtocol.XRay);
            decoder.Decode([documents], datagrams: false, rows, "default", 1, null);
            taken += rows.Spans.Rows > 0 ? 1 : 0;
            rows.Bytes.ShouldBeLessThan(length * 20 + 100_000);
        }
        taken.ShouldBeGreaterThan(1000);
    }
}
