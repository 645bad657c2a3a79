using System.Globalization;
using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Features.Logs;
using Weir.Features.Requests;
using Weir.Protocols.Api;
using Weir.Store;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Story;

/// <summary>Whole stories over the real engine, from the recorded traffic of identical requests and from parts that share ids.</summary>
public sealed class StoryTellerTests(SharedEngine engine)
{
    // The recording is moved to a day of its own, away from what other tests store.
    private static readonly long Moved = -TimeSpan.FromDays(19).Ticks * 100;
    private static readonly SemaphoreSlim Loading = new(1, 1);
    private static bool _loaded;

    [Theory]
    [InlineData(1, "home", 9, 8)]
    [InlineData(2, "home", 0, 0)]
    [InlineData(3, "broken", 7, 6)]
    [InlineData(4, "broken", 0, 0)]
    public async Task Stories_of_identical_requests_contain_only_their_own_parts(int series, string what, int traces, int lines)
    {
        var teller = new StoryTeller((await LoadedAsync()).Reader);
        var (linkedTraces, linkedLines, explained) = (0, 0, 0);
        for (var request = 1; request <= 10; request++)
        {
            var number = string.Create(CultureInfo.InvariantCulture, $"{series:x2}{request:x22}");
            TraceId.TryParse("aaaaaaaa" + number, out var id).ShouldBeTrue();
            var story = (await teller.TellAsync(id, CancellationToken.None)).ShouldNotBeNull();
            story.Title.ShouldBe($"GET /api/activities/{what}");
            foreach (var part in story.Parts.Where(p => p.Kind == "xray"))
            {
                part.TraceId.ShouldBe("65536500" + number);
                part.Link.By.ShouldBe("match");
                part.Link.DistanceMs.ShouldNotBeNull().ShouldBeLessThan(25);
                part.Link.MatchedOn.ShouldBe(["method", "path", "status", "client", "time"]);
                linkedTraces++;
            }
            foreach (var line in story.Logs)
            {
                line.Body.ShouldContain($"?n={series}-{request} ");
                linkedLines++;
            }
            story.Errors.ShouldBeEmpty("ten errors within a second have the same right to it");
            explained += story.Candidates.Count > 0 ? 1 : 0;
        }
        linkedTraces.ShouldBeGreaterThanOrEqualTo(traces);
        linkedLines.ShouldBeGreaterThanOrEqualTo(lines);
        if (series is 2 or 4)
            explained.ShouldBeGreaterThan(0, "what can't be told apart is told as such");
    }

    [Fact]
    public async Task Parts_that_carry_the_id_are_facts_whatever_form_the_id_has()
    {
        var store = await LoadedAsync();
        TraceId.TryParse("1-5eed5eed-000000000000000000000001", out var id).ShouldBeTrue();
        var batch = new IngestBatchPool().Rent(WireProtocol.Otlp);
        var start = Recorded.Start + Moved - 3_600_000_000_000;
        Span(batch, WireProtocol.Otlp, id, 1, 0, "GET /x", SpanKind.Server, start, 10_000_000);
        Span(batch, WireProtocol.XRay, id, 2, 1, "x", SpanKind.Segment, start + 1_000_000, 5_000_000);
        Span(batch, WireProtocol.XRay, id, 3, 99, "lost", SpanKind.Subsegment, start + 2_000_000, 1_000_000);
        Line(batch, id, TraceIdFrom.Field, "in a field", start + 3_000_000);
        Line(batch, id, TraceIdFrom.Text, "in the text", start + 4_000_000);
        await new LoadingSink(store).CommitAsync(batch, CancellationToken.None);

        var story = (await new StoryTeller(store.Reader).TellAsync(id, CancellationToken.None)).ShouldNotBeNull();
        story.Parts.Select(p => (p.Kind, p.Link.By)).ShouldBe(
            [("trace", "origin"), ("xray", "sameId"), ("logs", "sameId"), ("logs", "idInText")], ignoreOrder: true);
        story.Spans.Select(s => (s.SpanId, s.Depth, s.ParentMissing)).ShouldBe(
            [("0000000000000001", 0, false), ("0000000000000002", 1, false), ("0000000000000003", 0, true)]);
        story.Logs.Select(l => l.OffsetNs).ShouldBe([3_000_000, 4_000_000]);
    }

    [Fact]
    public async Task Parents_in_a_circle_are_shown()
    {
        var store = await LoadedAsync();
        TraceId.TryParse("1-5eed5eed-000000000000000000000002", out var id).ShouldBeTrue();
        var batch = new IngestBatchPool().Rent(WireProtocol.Otlp);
        var start = Recorded.Start + Moved - 7_200_000_000_000;
        Span(batch, WireProtocol.Otlp, id, 1, 2, "a", SpanKind.Internal, start, 1);
        Span(batch, WireProtocol.Otlp, id, 2, 1, "b", SpanKind.Internal, start, 1);
        Span(batch, WireProtocol.Otlp, id, 3, 3, "itself", SpanKind.Internal, start, 1);
        await new LoadingSink(store).CommitAsync(batch, CancellationToken.None);
        var story = (await new StoryTeller(store.Reader).TellAsync(id, CancellationToken.None)).ShouldNotBeNull();
        story.Spans.Select(s => s.Name).ShouldBe(["a", "b", "itself"], ignoreOrder: true);
    }

    [Fact]
    public async Task Nothing_stored_is_no_story()
    {
        var store = await LoadedAsync();
        (await new StoryTeller(store.Reader).TellAsync(new TraceId(404, 404), CancellationToken.None)).ShouldBeNull();
        // Lines without a trace are stored under the empty id.
        (await new StoryTeller(store.Reader).TellAsync(default, CancellationToken.None)).ShouldBeNull();
    }

    /// <summary>Both recorders sampled, every access line written: the story contains nothing of another request, and explains missing links.</summary>
    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 5)]
    [InlineData(3, 6)]
    public async Task Stories_of_sampled_requests_contain_no_parts_of_other_requests(int seed, int daysBefore)
    {
        var store = await LoadedAsync();
        var random = new Random(seed);
        var moved = Moved - TimeSpan.FromDays(daysBefore).Ticks * 100;
        var kept = Recorded.Read()
            .Where(r => r.Kind == "line" || (r.Kind == "span" && random.NextDouble() < (r.Protocol == WireProtocol.XRay ? 0.3 : 0.5)))
            .Select(r => r.Kind == "span" ? r with { Id = Renamed(r.Id, seed) } : r)
            .ToList();
        await new LoadingSink(store).CommitAsync(Traffic(kept, moved), CancellationToken.None);
        var teller = new StoryTeller(store.Reader);
        var linked = 0;
        foreach (var one in kept.Where(r => r.Kind == "span" && r.Protocol == WireProtocol.Otlp && !r.Id[8..].StartsWith("00", StringComparison.Ordinal)))
        {
            TraceId.TryParse(one.Id, out var id).ShouldBeTrue();
            var story = (await teller.TellAsync(id, CancellationToken.None)).ShouldNotBeNull();
            foreach (var part in story.Parts.Where(p => p.Kind == "xray"))
            {
                part.TraceId.ShouldNotBeNull()[8..].ShouldBe(one.Id[8..]);
                linked++;
            }
            var (series, number) = (Convert.ToInt32(one.Id[8..10], 16), Convert.ToInt32(one.Id[24..], 16));
            story.Logs.ShouldAllBe(line => line.Body.Contains($"?n={series}-{number} "));
            linked += story.Logs.Count;
        }
        linked.ShouldBeGreaterThan(0);
    }

    /// <summary>As pyrollbar reports without a request: a route, the exception and our own time of arrival.</summary>
    [Fact]
    public async Task A_report_without_a_url_is_linked_by_its_route_its_exception_and_when_it_came_in()
    {
        var store = await LoadedAsync();
        var start = Recorded.Start + Moved - TimeSpan.FromDays(40).Ticks * 100;
        var batch = new IngestBatchPool().Rent(WireProtocol.Otlp);
        for (var i = 0; i < 20; i++)
        {
            var (trace, at) = (new TraceId(0xfa11ed, (ulong)i + 1), start + (i * 1_000_000_000L));
            var one = new Recorded("span", WireProtocol.Otlp, "", "GET", "/api/fails/1", 500, "127.0.0.1", at, at + 10_000_000);
            Request(batch.Spans.Attributes, one);
            Span(batch, WireProtocol.Otlp, trace, 1, 0, "GET /api/fails/1", SpanKind.Server, at, 10_000_000);
            Occurrence(batch, WireProtocol.Otlp, trace, "e" + i, at + 9_000_000, at + 60_000_000);
            Occurrence(batch, WireProtocol.Rollbar, TraceId.Empty, "r" + i, (at + 12_000_000) / 1_000_000_000 * 1_000_000_000, at + 12_000_000 + (i % 3 * 1_000_000));
        }
        await new LoadingSink(store).CommitAsync(batch, CancellationToken.None);
        for (var i = 0; i < 20; i++)
        {
            var story = (await new StoryTeller(store.Reader).TellAsync(new TraceId(0xfa11ed, (ulong)i + 1), CancellationToken.None)).ShouldNotBeNull();
            var report = story.Errors.Where(e => e.Protocol == WireProtocol.Rollbar).ShouldHaveSingleItem();
            report.OccurrenceId.ShouldBe("r" + i);
            story.Parts.Single(p => p.Protocol == WireProtocol.Rollbar).Link.MatchedOn.ShouldBe(["route", "exception", "time"]);
        }
    }

    private static void Occurrence(IngestBatch batch, string protocol, TraceId trace, string id, long time, long received)
    {
        var errors = batch.Occurrences;
        errors.Time.Append(time);
        errors.ReceivedAt.Append(received);
        errors.OccurrenceId.Append(id);
        errors.Protocol.Append(protocol);
        errors.Service.Append(protocol);
        errors.Title.Append("TypeError: no response");
        errors.ExceptionClass.Append("TypeError");
        errors.Message.Append("no response");
        errors.TraceId.Append(trace);
        errors.TraceIdFrom.Append(trace.IsEmpty ? TraceIdFrom.None : TraceIdFrom.Field);
        if (trace.IsEmpty)
            errors.Attributes.Add("rollbar.context"u8, "/api/fails/<int:id>");
        errors.EndRow();
    }

    private static string Renamed(string traceId, int seed) => string.Create(CultureInfo.InvariantCulture, $"{traceId[..6]}{seed:x2}{traceId[8..]}");

    private async Task<ClickHouseStore> LoadedAsync()
    {
        var store = await SharedStore.OpenAsync(engine);
        await Loading.WaitAsync();
        try
        {
            if (!_loaded)
                await new LoadingSink(store).CommitAsync(Traffic(Recorded.Read(), Moved), CancellationToken.None);
            _loaded = true;
        }
        finally
        {
            Loading.Release();
        }
        return store;
    }

    private static IngestBatch Traffic(IReadOnlyList<Recorded> recorded, long moved)
    {
        var batch = new IngestBatchPool().Rent(WireProtocol.Otlp);
        ulong sequence = 7_000_000;
        foreach (var one in recorded)
        {
            switch (one.Kind)
            {
                case "span":
                    TraceId.TryParse(one.Id, out var id).ShouldBeTrue();
                    Request(batch.Spans.Attributes, one);
                    Span(batch, one.Protocol, id, 1, 0, one.Method + " " + one.Target, one.Protocol == WireProtocol.XRay ? SpanKind.Segment : SpanKind.Server,
                        one.StartNs + moved, (ulong)(one.EndNs - one.StartNs));
                    break;
                case "line":
                    Request(batch.Logs.Attributes, one);
                    batch.Logs.Sequence.Append(sequence++);
                    Line(batch, TraceId.Empty, TraceIdFrom.None, one.Id, one.StartNs + moved);
                    break;
                default:
                    var errors = batch.Occurrences;
                    errors.Time.Append(one.StartNs + moved);
                    errors.OccurrenceId.Append(Guid.NewGuid().ToString("N"));
                    errors.Protocol.Append(one.Protocol);
                    errors.Title.Append("broken");
                    errors.Method.Append(one.Method);
                    errors.Url.Append(one.Target);
                    errors.UserIp.Append(one.Client);
                    errors.EndRow();
                    break;
            }
        }
        return batch;
    }

    private static void Request(JsonColumn attributes, Recorded one)
    {
        attributes.Add("http.request.method"u8, one.Method);
        attributes.Add("url.path"u8, one.Target);
        attributes.Add("http.response.status_code"u8, one.Status);
        attributes.Add("client.address"u8, one.Client);
    }

    private static void Span(IngestBatch batch, string protocol, TraceId trace, ulong span, ulong parent, string name, SpanKind kind, long start, ulong duration)
    {
        var spans = batch.Spans;
        spans.TraceId.Append(trace);
        spans.SpanId.Append(new SpanId(span));
        spans.ParentSpanId.Append(new SpanId(parent));
        spans.StartTime.Append(start);
        spans.DurationNs.Append(duration);
        spans.Protocol.Append(protocol);
        spans.Service.Append("backend-flask");
        spans.Name.Append(name);
        spans.Kind.Append(kind);
        spans.EndRow();
    }

    private static void Line(IngestBatch batch, TraceId trace, TraceIdFrom from, string body, long time)
    {
        var logs = batch.Logs;
        logs.Time.Append(time);
        logs.Protocol.Append(WireProtocol.CloudWatchLogs);
        logs.Service.Append("cruddur");
        logs.LogGroup.Append("story-tests");
        logs.LogStream.Append("one");
        logs.Body.Append(body);
        logs.TraceId.Append(trace);
        logs.TraceIdFrom.Append(from);
        if (logs.Sequence.Count == logs.Rows)
            logs.Sequence.Append((ulong)time);
        logs.EndRow();
    }
}
