using System.Text.Json;
using Shouldly;
using Weir.Features.Questions;
using Weir.Features.Traces.Graph;
using Weir.Features.Traces.Model;
using Weir.Protocols.XRay.Documents;
using Weir.Protocols.XRay.Out;
using Xunit;

namespace Weir.Tests.Traces;

public sealed class TraceTests
{
    [Fact]
    public void StreamedSubsegmentsAreNestedWhateverTheirOrder()
    {
        var trace = TraceDocuments.Of(
            TraceDocuments.Subsegment("c", "inner", "b", "\"traced\":true"), TraceDocuments.Subsegment("b", "outer", "a"), TraceDocuments.Segment("a", "api", "\"Dummy\":false"));
        trace.Segments.ShouldHaveSingleItem();
        trace.Orphans.ShouldBeEmpty();
        trace.IsPartial.ShouldBeFalse();
        DocumentWriter.Write(trace, trace.Root).ShouldBe(
            """{"id":"000000000000000a","name":"api","start_time":100,"end_time":101,"trace_id":"1-5759e988-bd862e3fe1be46a994272793","subsegments":[{"id":"000000000000000b","name":"outer","start_time":100,"end_time":101,"subsegments":[{"id":"000000000000000c","name":"inner","start_time":100,"end_time":101}]}]}""");
    }

    [Fact]
    public void TheFinishedVersionCounts()
    {
        // The reader orders finished before unfinished.
        var trace = TraceDocuments.Of(TraceDocuments.Segment("a", "api", "\"user\":\"done\""), TraceDocuments.Segment("a", "api", "\"user\":\"later\""), TraceDocuments.Segment("a", "api", end: null));
        trace.Segments.ShouldHaveSingleItem().User.ShouldBe("done");
        trace.InProgress.ShouldBeFalse();
        trace.Duration.ShouldBe(1);
        var open = TraceDocuments.Of(TraceDocuments.Segment("a", "api", end: null));
        open.Duration.ShouldBeNull();
        open.IsPartial.ShouldBeTrue();
        DocumentWriter.Write(open, open.Root).ShouldEndWith("\"in_progress\":true}");
    }

    [Fact]
    public void AFinishedStreamedSubsegmentReplacesTheUnfinishedNestedOne()
    {
        var nested = TraceDocuments.Entity("b", "db", "\"user\":\"open\"", end: null);
        var trace = TraceDocuments.Of(TraceDocuments.Segment("a", "api", $"\"subsegments\":[{nested}]"), TraceDocuments.Subsegment("b", "db", "a", "\"user\":\"done\""));
        trace.Orphans.ShouldBeEmpty();
        trace.Root.Children.ShouldHaveSingleItem().User.ShouldBe("done");
        trace.InProgress.ShouldBeFalse();
        var twice = TraceDocuments.Of(TraceDocuments.Segment("a", "api", $"\"subsegments\":[{TraceDocuments.Entity("b", "db")}]"), TraceDocuments.Subsegment("b", "db", "a"));
        twice.Root.Children.ShouldHaveSingleItem();
    }

    [Fact]
    public void OrphansAndCirclesAreShownNotLost()
    {
        var trace = TraceDocuments.Of(TraceDocuments.Subsegment("b", "x", "c"), TraceDocuments.Subsegment("c", "y", "b"), TraceDocuments.Subsegment("d", "z", "99"));
        trace.Entities.Select(e => e.Name).Order(StringComparer.Ordinal).ShouldBe(["x", "y", "z"]);
        trace.IsPartial.ShouldBeTrue();
        foreach (var top in trace.Tops)
            Should.NotThrow(() => DocumentWriter.Write(trace, top));
    }

    [Fact]
    public void TenThousandNestedStreamedSubsegmentsDontOverflow()
    {
        var documents = Enumerable.Range(1, 10_000).Select(i => TraceDocuments.Subsegment($"{i:x}", "n", $"{i - 1:x}"));
        var trace = TraceDocuments.Of([TraceDocuments.Segment("0fffffffffffffff", "api"), .. documents]);
        trace.Entities.Count().ShouldBe(10_001);
        trace.Tops.Sum(top => DocumentWriter.Write(trace, top).Length).ShouldBeGreaterThan(10_000);
        TraceMap.Of(trace).Visits.ShouldNotBeEmpty();
    }

    [Fact]
    public void CallsOfUnreportedServicesAreInferred()
    {
        var trace = TraceDocuments.Of(TraceDocuments.Segment("a", "api", $$"""
            "subsegments":[{{TraceDocuments.Entity("b", "dynamodb", "\"namespace\":\"aws\",\"aws\":{\"table_name\":\"cruddur\"},\"error\":true")}},
                           {{TraceDocuments.Entity("c", "example.org", "\"namespace\":\"remote\"")}},
                           {{TraceDocuments.Entity("d", "downstream", "\"namespace\":\"remote\"")}},
                           {{TraceDocuments.Entity("e", "local work", "\"namespace\":\"local\"")}},
                           {{TraceDocuments.Entity("f", "pending", "\"namespace\":\"remote\"", end: null)}}]
            """), TraceDocuments.Segment("d1", "worker", parent: "d"));
        trace.Inferred.Select(s => s.Name).ShouldBe(["dynamodb", "example.org"]);
        using var document = JsonDocument.Parse(DocumentWriter.Write(trace, trace.Inferred[0]));
        document.RootElement.GetProperty("inferred").GetBoolean().ShouldBeTrue();
        document.RootElement.GetProperty("parent_id").GetString().ShouldBe("000000000000000b");
        document.RootElement.GetProperty("origin").GetString().ShouldBe("AWS::DynamoDB::Table");
        document.RootElement.GetProperty("error").GetBoolean().ShouldBeTrue();
        var map = TraceMap.Of(trace);
        map.Calls.Select(c => $"{c.From.Name}/{c.From.Type} > {c.To.Name}/{c.To.Type}").ShouldBe(
            ["api/client > api/", "api/ > cruddur/AWS::DynamoDB::Table", "api/ > example.org/remote", "api/ > worker/"]);
    }

    [Theory]
    [InlineData("\"namespace\":\"aws\",\"aws\":{\"bucket_name\":\"b\"}", "S3", "b", "AWS::S3::Bucket")]
    [InlineData("\"namespace\":\"aws\",\"aws\":{\"queue_url\":\"https://sqs/1/q\"}", "sqs", "q", "AWS::SQS::Queue")]
    [InlineData("\"namespace\":\"aws\",\"aws\":{\"function_name\":\"f\"}", "Lambda", "f", "AWS::Lambda")]
    [InlineData("\"namespace\":\"aws\"", "sns", "sns", "AWS::SNS")]
    [InlineData("\"namespace\":\"aws\"", "rdsdataservice", "rdsdataservice", "AWS::rdsdataservice")]
    [InlineData("\"namespace\":\"remote\"", "host", "host", "remote")]
    [InlineData("\"namespace\":\"remote\",\"sql\":{}", "db@host", "db@host", "Database::SQL")]
    public void CallTargets(string more, string name, string target, string type) =>
        EntityReader.Read(TraceDocuments.Entity("b", name, more))!.Target.ShouldBe(new CallTarget(target, type));

    [Fact]
    public void TheGraphCountsEachCallOnce()
    {
        var call = TraceDocuments.Entity("b", "worker", "\"namespace\":\"remote\",\"http\":{\"response\":{\"status\":429}}", end: 100.25);
        var trace = TraceDocuments.Of(
            TraceDocuments.Segment("a", "api", $"\"subsegments\":[{call}]"),
            TraceDocuments.Segment("c", "worker", "\"fault\":true,\"origin\":\"AWS::EC2::Instance\"", parent: "b", end: 100.5));
        var graph = new ServiceGraph();
        graph.Add(TraceMap.Of(trace));
        var services = Write(json => graph.Write(json, GraphPage.Of(graph, null)!)).GetProperty("Services");
        services.GetArrayLength().ShouldBe(3);
        var (api, client, worker) = (services[0], services[1], services[2]);
        api.GetProperty("Root").GetBoolean().ShouldBeTrue();
        api.GetProperty("Edges")[0].GetProperty("SummaryStatistics").GetRawText().ShouldBe(
            """{"OkCount":0,"ErrorStatistics":{"ThrottleCount":1,"OtherCount":0,"TotalCount":1},"FaultStatistics":{"OtherCount":0,"TotalCount":0},"TotalCount":1,"TotalResponseTime":0.25}""");
        api.GetProperty("Edges")[0].GetProperty("ReferenceId").GetInt32().ShouldBe(worker.GetProperty("ReferenceId").GetInt32());
        client.GetProperty("Type").GetString().ShouldBe("client");
        client.GetProperty("State").GetString().ShouldBe("unknown");
        client.TryGetProperty("SummaryStatistics", out _).ShouldBeFalse();
        client.GetProperty("Edges").GetArrayLength().ShouldBe(1);
        worker.GetProperty("SummaryStatistics").GetProperty("FaultStatistics").GetProperty("TotalCount").GetInt32().ShouldBe(1);
        worker.GetProperty("ResponseTimeHistogram").GetRawText().ShouldBe("""[{"Value":0.5,"Count":1}]""");
        worker.TryGetProperty("Root", out _).ShouldBeFalse();
    }

    [Fact]
    public void RootCausesFollowTheFailure()
    {
        const string Cause = "\"fault\":true,\"cause\":{\"exceptions\":[{\"id\":\"0000000000000001\",\"type\":\"ValueError\",\"message\":\"bad\"}]}";
        var trace = TraceDocuments.Of(
            TraceDocuments.Segment("a", "api", $"\"fault\":true,\"subsegments\":[{TraceDocuments.Entity("b", "worker", "\"namespace\":\"remote\",\"fault\":true", end: 100.9)}]"),
            TraceDocuments.Segment("c", "worker", $"\"fault\":true,\"subsegments\":[{TraceDocuments.Entity("d", "parse", Cause, end: 100.8)}]", parent: "b", end: 100.85));
        var cause = RootCauses.Of(trace, CauseKind.Fault).ShouldHaveSingleItem();
        cause.ClientImpacting.ShouldBeTrue();
        cause.Services.Select(s => $"{s.Service.Name}: {string.Join(" > ", s.Entities.Select(e => e.Name))}").ShouldBe(["api: api > worker", "worker: worker > parse"]);
        cause.Services[1].Entities[1].Exceptions.ShouldHaveSingleItem().Type.ShouldBe("ValueError");
        RootCauses.Of(trace, CauseKind.Error).ShouldBeEmpty();
        var slow = RootCauses.Of(trace, CauseKind.ResponseTime).ShouldHaveSingleItem();
        slow.Services.SelectMany(s => s.Entities).Select(e => Math.Round(e.Coverage, 2)).ShouldBe([1, 0.9, 0.85, 0.8]);
    }

    internal static JsonElement Write(Action<Utf8JsonWriter> write)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return JsonDocument.Parse(bytes.WrittenMemory).RootElement;
    }
}
