using System.Text;
using Shouldly;
using Weir.Core.Model;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Core;

public sealed class TraceIdScannerTests
{
    private const string Id = "5759e988bd862e3fe1be46a994272793";
    private const string Span = "53995c3f42cd8ad8";

    public static TheoryData<string, string, string> Found => new()
    {
        { $"trace_id={Id} span_id={Span} boom", Id, Span },
        { $"traceId: {Id}, spanId: {Span}", Id, Span },
        { $"{{\"trace.id\":\"{Id}\",\"span.id\":\"{Span}\"}}", Id, Span },
        { $"otelTraceID={Id} otelSpanID={Span}", Id, Span },
        { $"traceparent: 00-{Id}-{Span}-01", Id, Span },
        { $"00-{Id}-{Span}-00", Id, Span },
        { $"AWS-XRAY-TRACE-ID: 1-5759e988-bd862e3fe1be46a994272793@{Span}", Id, Span },
        { $"X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Parent={Span};Sampled=1", Id, Span },
        { "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0", Id, "" },
        { "1-5759E988-BD862E3FE1BE46A994272793", Id, "" },
        { $"request {Id} failed", Id, "" },
        { Id, Id, "" },
        { $"[{Id}]", Id, "" },
        { $"trace_id={Id.ToUpperInvariant()}", Id, "" },
        { $"etag 0123456789abcdef0123456789abcdef trace_id={Id}", Id, "" },
        { $"etag 0123456789abcdef0123456789abcdef 1-5759e988-bd862e3fe1be46a994272793", Id, "" },
        { $"first {Id} then 0123456789abcdef0123456789abcdef", Id, "" },
        { $"trace_id={Id} span_id=null spanId={Span}", Id, Span },
        { $"trace_id={Id} span_id={Span}99", Id, "" },
        { $"trace_id={Id} span_id=0000000000000000", Id, "" },
        { new string('x', 1000) + $" {Id} " + new string('y', 1000), Id, "" },
    };

    [Theory]
    [MemberData(nameof(Found))]
    public void Finds_the_id_and_the_span_beside_it(string text, string trace, string span)
    {
        TraceIdScanner.TryFind(Encoding.UTF8.GetBytes(text), out var traceId, out var spanId).ShouldBeTrue();
        traceId.ToHex().ShouldBe(trace);
        (spanId.IsEmpty ? "" : spanId.ToHex()).ShouldBe(span);
    }

    [Theory]
    [InlineData("")]
    [InlineData("test log")]
    [InlineData("[2023-Feb-27 01:09] 172.18.0.1 GET http /api/activities/home? 200 OK")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("trace_id=00000000000000000000000000000000")]
    [InlineData("5759e988bd862e3fe1be46a99427279")]
    [InlineData("5759e988bd862e3fe1be46a9942727931")]
    [InlineData("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    [InlineData("x5759e988bd862e3fe1be46a994272793")]
    [InlineData("5759E988BD862E3FE1BE46A994272793")]
    [InlineData("5759e988-bd86-2e3f-e1be-46a994272793")]
    [InlineData("deadbeef-5759e988bd862e3fe1be46a994272793-deadbeef")]
    [InlineData("2-5759e988-bd862e3fe1be46a994272793")]
    [InlineData("11-5759e988-bd862e3fe1be46a994272793")]
    [InlineData("1-5759e98-bd862e3fe1be46a994272793")]
    [InlineData("1-5759e988-bd862e3fe1be46a99427279")]
    [InlineData("1-00000000-000000000000000000000000")]
    public void Ignores_text_that_is_not_an_id(string text)
    {
        TraceIdScanner.TryFind(Encoding.UTF8.GetBytes(text), out var traceId, out var spanId).ShouldBeFalse();
        traceId.IsEmpty.ShouldBeTrue();
        spanId.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Finds_an_id_at_every_offset()
    {
        for (var offset = 0; offset < 200; offset++)
        {
            var text = Encoding.UTF8.GetBytes(new string(' ', offset) + Id + new string(' ', offset % 7));
            TraceIdScanner.TryFind(text, out var traceId, out _).ShouldBeTrue($"at offset {offset}");
            traceId.ToHex().ShouldBe(Id);
        }
    }

    [Fact]
    [Trait("kind", "fuzz")]
    public void Any_bytes_are_scanned_in_linear_time()
    {
        var random = Fuzz.Random(20230227);
        var samples = Found.Select(row => Encoding.UTF8.GetBytes(row.Data.Item1)).ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            var text = samples[round % samples.Length].ToArray();
            for (var change = 0; change < 3; change++)
                text[random.Next(text.Length)] = (byte)random.Next(256);
            text = text[random.Next(text.Length)..];
            if (TraceIdScanner.TryFind(text, out var traceId, out _))
                traceId.IsEmpty.ShouldBeFalse();
        }
        // Runs of digits just too short or long, and keys without values, must not make it start over.
        foreach (var unit in new[] { "0123456789abcdef01234567 ", "spanid=", "span_id", "1-00000000-", "a" })
        {
            var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(unit, 4_000_000 / unit.Length)) + " " + Id);
            ThreadCpu.Of(() => TraceIdScanner.TryFind(text, out _, out _).ShouldBeTrue(unit)).ShouldBeLessThan(TimeSpan.FromSeconds(2), unit);
        }
    }
}
