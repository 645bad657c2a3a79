using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Features.Questions;
using Weir.Protocols.Api;
using Weir.Protocols.XRay.In;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.XRay;

/// <summary>A finished document that is sent again, as a client does that got no answer, counts once everywhere.</summary>
public sealed class RepeatedDocumentTests(SharedEngine shared)
{
    [Fact]
    public async Task CountsOnce()
    {
        await using var stored = await StoredXRay.StartAsync(shared);
        var host = stored.Host;
        var document = stored.Document(1, "1", "api", $"\"subsegments\":[{{\"id\":\"00000000000000b1\",\"name\":\"example.org\",\"namespace\":\"remote\",\"start_time\":{stored.Base + 1},\"end_time\":{stored.Base + 2}}}]");
        await stored.PutAsync(document, document);
        await stored.PutAsync(document);
        // The unfinished version of another one, then it finished, then that again.
        var finished = stored.Document(2, "2", "api");
        await stored.PutAsync(finished.Replace($"\"end_time\":{stored.Base + 3}", "\"in_progress\":true", StringComparison.Ordinal));
        await stored.PutAsync(finished);
        await stored.PutAsync(finished, stored.Document(2, "1", "api", "\"parent_id\":\"0000000000000002\""));
        var range = $"\"StartTime\":{stored.Base},\"EndTime\":{stored.Base + 100}";
        var graph = await host.OkAsync("/ServiceGraph", $"{{{range}}}");
        graph.GetProperty("Services").EnumerateArray().Where(s => s.TryGetProperty("SummaryStatistics", out _))
            .Select(s => $"{s.GetProperty("Name").GetString()} {s.GetProperty("SummaryStatistics").GetProperty("TotalCount")}").Order(StringComparer.Ordinal).ShouldBe(["api 3", "example.org 1"]);
        var series = await host.OkAsync("/TimeSeriesServiceStatistics", $"{{{range},\"EntitySelectorExpression\":\"service(\\\"api\\\")\"}}");
        series.GetProperty("TimeSeriesServiceStatistics").EnumerateArray().Sum(p => p.GetProperty("ServiceSummaryStatistics").GetProperty("TotalCount").GetInt64()).ShouldBe(3);
        (await host.OkAsync("/TraceSummaries", $"{{{range}}}")).GetProperty("TraceSummaries").GetArrayLength().ShouldBe(2);
        Repeated(host).ShouldBe(3);
    }

    [Fact]
    public async Task WhatCouldNotBeStoredIsTakenWhenItComesAgain()
    {
        await using var host = await XRayHost.StartAsync();
        var body = XRayHost.PutBody(Decoding.Segment());
        host.Sink.Fault = new Fault(FaultKind.Busy, "full");
        (await host.FaultAsync("/TraceSegments", body)).Status.ShouldBe(429);
        host.Sink.Fault = null;
        await host.OkAsync("/TraceSegments", body);
        await host.OkAsync("/TraceSegments", body);
        host.Sink.Single(Signal.Spans).Rows.ShouldBe(1);
        Repeated(host).ShouldBe(1);
    }

    [Fact]
    public void OnlyTheSameTraceIdAndEnvironmentAreTheSame()
    {
        var seen = new SeenSegments();
        var trace = new TraceId(1, 2);
        seen.Add([SeenSegments.KeyOf("a", trace, new SpanId(3))]);
        seen.Has(SeenSegments.KeyOf("a", trace, new SpanId(3))).ShouldBeTrue();
        seen.Has(SeenSegments.KeyOf("b", trace, new SpanId(3))).ShouldBeFalse();
        seen.Has(SeenSegments.KeyOf("a", new TraceId(2, 1), new SpanId(3))).ShouldBeFalse();
        seen.Has(SeenSegments.KeyOf("a", trace, new SpanId(4))).ShouldBeFalse();
        var keys = Enumerable.Range(0, 100_000).Select(i => SeenSegments.KeyOf("a", trace, new SpanId((ulong)i))).ToHashSet();
        keys.Count.ShouldBe(100_000);
        // They spread: most of so many are still known afterwards.
        seen.Add([.. keys]);
        keys.Count(seen.Has).ShouldBeGreaterThan(70_000);
    }

    private static long Repeated(XRayHost host) => host.Counters.Snapshot().SelectMany(s => s.Drops).Where(d => d.Reason == "repeated").Sum(d => d.Count);
}
