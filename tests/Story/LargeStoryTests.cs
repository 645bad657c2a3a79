using System.Globalization;
using System.Text.Json;
using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Features.Requests;
using Weir.Protocols.Api;
using Weir.Protocols.Api.Routes;
using Weir.Store;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Story;

/// <summary>A story with more spans than are returned completely, over the engine: a table, and the rest on demand.</summary>
public sealed class LargeStoryTests(SharedEngine engine)
{
    private const int Spans = 2_500;
    private static readonly TraceId Trace = new(0xb16_0000, 0x57041);
    private static readonly long Start = (DateTimeOffset.UtcNow.UtcDateTime.Date.AddDays(-21) - DateTimeOffset.UnixEpoch.UtcDateTime).Ticks * 100;
    private static readonly SemaphoreSlim Loading = new(1, 1);
    private static bool _loaded;

    [Fact]
    public async Task Its_spans_are_a_table_with_marks_messages_and_missing_parents()
    {
        var store = await LoadedAsync();
        var story = (await new StoryTeller(store.Reader).TellAsync(Trace, CancellationToken.None)).ShouldNotBeNull();
        story.Spans.ShouldBeEmpty();
        story.SpanCount.ShouldBe(Spans);
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(story, StoryJson.Default.StoryAnswer));
        var table = json.RootElement.GetProperty("table");
        table.GetProperty("count").GetInt32().ShouldBe(Spans);
        table.GetProperty("ids").GetString()!.Length.ShouldBe(Spans * 16);
        foreach (var column in new[] { "parent", "part", "trace", "protocol", "service", "name", "kind", "status", "start", "duration" })
            table.GetProperty(column).GetArrayLength().ShouldBe(Spans, column);
        var parents = table.GetProperty("parent").EnumerateArray().Select(p => p.GetInt32()).ToList();
        parents.Select((parent, i) => parent < i).ShouldAllBe(before => before);
        parents.Count(parent => parent < 0).ShouldBe(2);

        var missing = table.GetProperty("missing");
        missing.GetProperty("span").GetArrayLength().ShouldBe(1);
        missing.GetProperty("parentIds").GetString().ShouldBe("00000000000f4240");
        table.GetProperty("messages").GetProperty("texts")[0].GetString().ShouldBe("no such offer");
        table.GetProperty("events").GetProperty("span").GetArrayLength().ShouldBe(Spans / 100);
        table.GetProperty("events").GetProperty("at")[0].GetInt64().ShouldBe(104);
        table.GetProperty("links").GetProperty("traceIds")[0].GetString().ShouldBe("00000000000000000000000000000009");
    }

    [Fact]
    public async Task Details_left_out_of_a_large_story_are_loaded_on_demand()
    {
        var lookups = new StoryLookups((await LoadedAsync()).Reader);
        var span = (await lookups.SpanAsync(Trace, new SpanId(100), CancellationToken.None)).Spans.ShouldHaveSingleItem();
        span.Attributes.Find("app.shard").ShouldBe("3");
        span.OffsetNs.ShouldBe(0);
        span.Events.ShouldHaveSingleItem().OffsetNs.ShouldBe(5);
        (await Should.ThrowAsync<FaultException>(() => lookups.SpanAsync(Trace, new SpanId(77_777), CancellationToken.None)))
            .Fault.Kind.ShouldBe(FaultKind.NotFound);

        var values = await lookups.ValuesAsync(Trace, "app.shard", CancellationToken.None);
        values.Of.Count.ShouldBe(Spans);
        values.Ids.Length.ShouldBe(Spans * 16);
        values.Values.Order(StringComparer.Ordinal).ShouldBe(["0", "1", "2", "3"]);
        (await lookups.ValuesAsync(Trace, "of.the.resource", CancellationToken.None)).Values.ShouldBe(["here"]);
        (await lookups.ValuesAsync(Trace, "status_code", CancellationToken.None)).Values.Order(StringComparer.Ordinal).ShouldBe(["0", "2"]);
        (await lookups.ValuesAsync(Trace, "duration_ms", CancellationToken.None)).Values.Count.ShouldBe(Spans);
        (await lookups.ValuesAsync(Trace, "nobody.has.this", CancellationToken.None)).Of.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("order-77", 11)] // and 770 to 779
    [InlineData("ORDER-77", 11)]
    [InlineData("app.order=order-12", 111)]
    [InlineData("app.shard=3", Spans / 4)]
    [InlineData("span.kind=internal", Spans)]
    [InlineData("name=root", 1)]
    [InlineData("cache miss", Spans / 100)]
    [InlineData("no such offer", 1)]
    [InlineData("app.only.one", 1)]
    [InlineData("%_'; DROP TABLE spans", 0)]
    [InlineData("=", 0)]
    public async Task A_text_is_found_in_every_field(string text, int count)
    {
        var found = await new StoryLookups((await LoadedAsync()).Reader).FindAsync(Trace, text, CancellationToken.None);
        found.Count.ShouldBe(count);
        found.Ids.Length.ShouldBe(count * 16);
    }

    [Fact]
    public async Task A_duration_is_ranked_among_spans_of_the_same_name()
    {
        var range = new TimeRange(StorySource.Time(Start).AddMinutes(-1), StorySource.Time(Start).AddHours(1));
        var durations = new Durations((await LoadedAsync()).Reader);
        var answer = await durations.ReadAsync("large-story", "step", 1_000_000, range, CancellationToken.None);
        answer.Count.ShouldBe(Spans - 1);
        answer.Errors.ShouldBe(1);
        answer.Below.ShouldBe(999);
        answer.Percentile.ShouldNotBeNull().ShouldBe(40, 0.1);
        answer.Bins.Sum(bin => bin.Count).ShouldBe(answer.Count);
        foreach (var bin in answer.Bins.Where(bin => bin.FromNs > 0))
            (bin.ToNs / bin.FromNs).ShouldBe(Math.Sqrt(2), 1e-9);
        (await durations.ReadAsync("large-story", "never", 1, range, CancellationToken.None)).Percentile.ShouldBeNull();
    }

    private async Task<ClickHouseStore> LoadedAsync()
    {
        var store = await SharedStore.OpenAsync(engine);
        await Loading.WaitAsync();
        try
        {
            if (!_loaded)
                await new LoadingSink(store).CommitAsync(Batch(), CancellationToken.None);
            _loaded = true;
        }
        finally
        {
            Loading.Release();
        }
        return store;
    }

    private static IngestBatch Batch()
    {
        var batch = new IngestBatchPool().Rent(WireProtocol.Otlp);
        var spans = batch.Spans;
        for (var i = 0; i < Spans; i++)
        {
            spans.Attributes.Add("app.shard"u8, (long)(i % 4));
            spans.Attributes.Add("app.order"u8, string.Create(CultureInfo.InvariantCulture, $"order-{i}"));
            if (i == 7)
                spans.Attributes.Add("app.only.one"u8, true);
            spans.TraceId.Append(Trace);
            spans.SpanId.Append(new SpanId((ulong)i + 1));
            // A chain of fifty and then leaves; one whose parent never came.
            spans.ParentSpanId.Append(new SpanId(i == 0 ? 0 : i == 2_000 ? 1_000_000 : (ulong)Math.Min(i, 50)));
            spans.StartTime.Append(Start + i);
            spans.DurationNs.Append((ulong)i * 1_000);
            spans.Protocol.Append(WireProtocol.Otlp);
            spans.Service.Append("large-story");
            spans.Name.Append(i == 0 ? "root" : "step");
            spans.Kind.Append(SpanKind.Internal);
            spans.Status.Append(i == 9 ? SpanStatus.Error : SpanStatus.Unset);
            spans.StatusMessage.Append(i == 9 ? "no such offer" : "");
            spans.Resource.Append("""{"service.name":"large-story","of.the.resource":"here"}""");
            spans.Events.Append(i % 100 == 99 ? $$$"""[{"time":{{{Start + i + 5}}},"name":"cache miss","attributes":{"key":"k"}}]""" : "");
            spans.Links.Append(i == 3 ? """[{"traceId":"00000000000000000000000000000009","spanId":"0000000000000008","attributes":{}}]""" : "");
            spans.EndRow();
        }
        return batch;
    }
}
