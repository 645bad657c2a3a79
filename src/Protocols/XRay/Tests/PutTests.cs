using Shouldly;
using Weir.Core.Model;
using Weir.Protocols.Api;
using Weir.Protocols.XRay;
using Xunit;

namespace Weir.Tests.XRay;

public sealed class PutTests
{
    [Fact]
    public async Task GoodDocumentsAreStoredAndBadOnesListed()
    {
        await using var host = await XRayHost.StartAsync();
        var reply = await host.OkAsync("/TraceSegments", XRayHost.PutBody(Decoding.Segment(), "{}", Decoding.Segment(id: "00000000000000b2", name: "a;b")));
        var rejects = reply.GetProperty("UnprocessedTraceSegments");
        rejects.GetArrayLength().ShouldBe(2);
        rejects[0].GetRawText().ShouldBe("""{"ErrorCode":"MissingId","Message":"Invalid segment. ErrorCode: MissingId"}""");
        rejects[1].GetRawText().ShouldBe("""{"Id":"00000000000000b2","ErrorCode":"InvalidName","Message":"Invalid segment. ErrorCode: InvalidName"}""");
        host.Sink.Single(Signal.Spans).Rows.ShouldBe(1);
    }

    [Fact]
    public async Task SuccessIsAnEmptyList()
    {
        await using var host = await XRayHost.StartAsync();
        (await host.OkAsync("/TraceSegments", XRayHost.PutBody(Decoding.Segment()))).GetRawText().ShouldBe("""{"UnprocessedTraceSegments":[]}""");
    }

    [Theory]
    [InlineData("""{"TraceSegmentDocuments":[]}""", 400, "InvalidRequestException", "Segments can not be empty")]
    [InlineData("{}", 400, "ValidationException", null)]
    [InlineData("", 400, "SerializationException", null)]
    [InlineData("[]", 400, "SerializationException", null)]
    [InlineData("{\"TraceSegmentDocuments\":[", 400, "SerializationException", null)]
    [InlineData("""{"TraceSegmentDocuments":[5]}""", 400, "SerializationException", null)]
    [InlineData("""{"TraceSegmentDocuments":"x"}""", 400, "SerializationException", null)]
    public async Task RefusesRequests(string body, int status, string type, string? message)
    {
        await using var host = await XRayHost.StartAsync();
        var fault = await host.FaultAsync("/TraceSegments", body);
        fault.Status.ShouldBe(status);
        fault.Type.ShouldBe(type);
        if (message is not null)
            fault.Message.ShouldBe(message);
        host.Sink.Blocks.ShouldBeEmpty();
    }

    [Fact]
    public async Task FiftyDocumentsAreTheMost()
    {
        await using var host = await XRayHost.StartAsync();
        await host.OkAsync("/TraceSegments", XRayHost.PutBody([.. Enumerable.Repeat(Decoding.Segment(), 50)]));
        (await host.FaultAsync("/TraceSegments", XRayHost.PutBody([.. Enumerable.Repeat(Decoding.Segment(), 51)])))
            .ShouldBe((400, "InvalidRequestException", "Exceeding maximum segment count: 50"));
    }

    [Theory]
    [InlineData(FaultKind.Busy, 429, "ThrottledException")]
    [InlineData(FaultKind.Unavailable, 503, "ServiceUnavailableException")]
    public async Task WhatIsNotOnDiskIsNotAcknowledged(FaultKind kind, int status, string type)
    {
        await using var host = await XRayHost.StartAsync();
        host.Sink.Fault = new Fault(kind, "full", TimeSpan.FromSeconds(2));
        var (response, body) = await host.PostAsync("/TraceSegments", XRayHost.PutBody(Decoding.Segment()));
        ((int)response.StatusCode).ShouldBe(status);
        body.GetProperty("__type").GetString().ShouldBe(type);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task OversizeRequestsAre413()
    {
        await using var host = await XRayHost.StartAsync(new XRayOptions { UdpPort = 0, MaxRequestBytes = 4096 });
        (await host.FaultAsync("/TraceSegments", XRayHost.PutBody(new string('x', 5000)))).Status.ShouldBe(413);
    }

    [Fact]
    public async Task UnknownOperationsAre404()
    {
        await using var host = await XRayHost.StartAsync();
        var fault = await host.FaultAsync("/NoSuchOperation", "{}");
        fault.Status.ShouldBe(404);
        fault.Type.ShouldBe("UnknownOperationException");
    }

    [Fact]
    public async Task TelemetryRecordsCountTheDaemonsLosses()
    {
        await using var host = await XRayHost.StartAsync();
        var reply = await host.OkAsync("/TelemetryRecords", """
            {"TelemetryRecords":[{"Timestamp":1700000000,"SegmentsReceivedCount":10,"SegmentsSentCount":7,"SegmentsSpilloverCount":2,"SegmentsRejectedCount":1,
              "BackendConnectionErrors":{"TimeoutCount":0,"HTTPCode4XXCount":0}}],"EC2InstanceId":"","Hostname":"web-1","ResourceARN":""}
            """);
        reply.GetRawText().ShouldBe("{}");
        host.Counters.Snapshot().Single().Drops.Select(d => $"{d.Reason}={d.Count}").ShouldBe(["daemon-rejected=1", "daemon-spillover=2"]);
        (await host.FaultAsync("/TelemetryRecords", "{}")).Type.ShouldBe("ValidationException");
    }
}
