using System.Text.Json;
using Shouldly;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Features.Traces.Filter;
using Weir.Features.Traces.Groups;
using Weir.Features.Traces.Model;
using Weir.Protocols.XRay;
using Weir.Protocols.XRay.Documents;
using Weir.Protocols.XRay.Filter;
using Weir.Tests.Support;
using Weir.Tests.XRay;
using Xunit;

namespace Weir.Tests.Traces;

/// <summary>A group holds the traces that came while it was there and matched the filter it had then.</summary>
public sealed class GroupMembershipTests(SharedEngine shared)
{
    [Fact]
    public async Task GraphsHoldWhatCameSinceTheGroupWasMade()
    {
        await using var stored = await StoredXRay.StartAsync(shared);
        var host = stored.Host;
        var range = $"\"StartTime\":{stored.Base - 10},\"EndTime\":{stored.Base + 100}";
        var inUi = $"start={stored.Base - 10}&end={stored.Base + 100}&group=apis";
        await stored.PutAsync(stored.Document(1, "1", "api"));
        await host.OkAsync("/CreateGroup", """{"GroupName":"apis","FilterExpression":"service(\"api\")"}""");
        await stored.PutAsync(stored.Document(2, "2", "api"), stored.Document(3, "3", "other"));
        (await GraphAsync()).ShouldBe("api 1");
        (await SeriesAsync()).ShouldBe(1);
        (await TracesAsync("traces")).ShouldBe([2]);

        // The new filter takes what comes from now on; what the old one took stays.
        await host.OkAsync("/UpdateGroup", """{"GroupName":"apis","FilterExpression":"service(\"other\")"}""");
        (await GraphAsync()).ShouldBe("api 1, old versions");
        await stored.PutAsync(stored.Document(4, "4", "api"), stored.Document(5, "5", "other"));
        (await GraphAsync()).ShouldBe("api 1, other 1, old versions");
        (await SeriesAsync()).ShouldBe(2);
        (await TracesAsync("traces")).ShouldBe([5, 2]);
        // A list by name asks with the filter of today, whenever the traces came.
        (await TracesAsync("summaries")).ShouldBe([5, 3]);
        // A part that comes later brings its trace in.
        await stored.PutAsync(stored.Document(3, "31", "other"));
        (await GraphAsync()).ShouldBe("api 1, other 3, old versions");
        // One made anew begins anew.
        await host.OkAsync("/DeleteGroup", """{"GroupName":"apis"}""");
        await host.OkAsync("/CreateGroup", """{"GroupName":"apis","FilterExpression":"service(\"api\")"}""");
        (await GraphAsync()).ShouldBe("");
        (await TracesAsync("traces")).ShouldBeEmpty();
        (await TracesAsync("summaries")).ShouldBe([4, 2, 1]);

        async Task<string> GraphAsync()
        {
            var graph = await host.OkAsync("/ServiceGraph", $"{{{range},\"GroupName\":\"apis\"}}");
            var services = graph.GetProperty("Services").EnumerateArray().Where(s => s.TryGetProperty("SummaryStatistics", out _))
                .Select(s => $"{s.GetProperty("Name").GetString()} {s.GetProperty("SummaryStatistics").GetProperty("TotalCount")}").Order(StringComparer.Ordinal);
            return string.Join(", ", graph.GetProperty("ContainsOldGroupVersions").GetBoolean() ? services.Append("old versions") : services);
        }

        async Task<long> SeriesAsync()
        {
            var series = await host.OkAsync("/TimeSeriesServiceStatistics", $"{{{range},\"GroupName\":\"apis\"}}");
            return series.GetProperty("TimeSeriesServiceStatistics").EnumerateArray().Sum(p => p.GetProperty("EdgeSummaryStatistics").GetProperty("TotalCount").GetInt64());
        }

        async Task<List<int>> TracesAsync(string where)
        {
            IEnumerable<string?> ids;
            if (where == "summaries")
            {
                var page = await host.OkAsync("/TraceSummaries", $"{{{range},\"FilterExpression\":\"group.name = \\\"apis\\\"\"}}");
                ids = page.GetProperty("TraceSummaries").EnumerateArray().Select(t => t.GetProperty("Id").GetString());
            }
            else
            {
                using var answer = await host.Client.GetAsync(new Uri($"/api/xray/traces?{inUi}", UriKind.Relative));
                var page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(CancellationToken.None)).RootElement;
                ids = page.GetProperty("traces").EnumerateArray().Select(t => t.GetProperty("xrayTraceId").GetString());
            }
            return [.. ids.Select(id => Enumerable.Range(0, 10).Single(n => stored.TraceId(n) == id))];
        }
    }

    /// <summary>In memory, where whole traces are judged, a group means the same. Arrivals are seconds.</summary>
    [Theory]
    [InlineData(5, true)]
    [InlineData(9, true)]
    [InlineData(10, false)]
    [InlineData(4, false)]
    [InlineData(25, true)]
    public void MembershipIsOfTheTimeOfArrival(long arrived, bool member)
    {
        // From 5 on "fault", from 10 on "ok", from 20 on "fault" again.
        var group = new TraceGroup("g", "arn", "fault", false, false) { CreatedAt = 5, Earlier = [new EarlierFilter("fault", 10), new EarlierFilter("ok", 20)] };
        var trace = Trace.Assemble(default, [EntityReader.Read(TraceDocuments.Segment("a1", "api", "\"fault\":true"))!], 1, arrived)!;
        var groups = new TraceGroupStore(new MemorySettings(), FilterParser.Parse);
        new FilterEvaluator(groups, "").Matches(groups.MembersOf(group), trace, TraceMap.Of(trace)).ShouldBe(member);
    }

    [Fact]
    public void OfManyFiltersTheNewestAreRemembered()
    {
        var group = new TraceGroup("g", "arn", "0", false, false) { CreatedAt = 1 };
        for (var i = 1; i <= 50; i++)
            group = group.WithFilter($"{i}", i * 10);
        group.WithFilter("50", 1000).ShouldBe(group);
        var versions = group.Versions().ToList();
        (versions.Count, versions[0].From, versions[^1].FilterExpression, versions[^1].From).ShouldBe((21, 300, "50", 500));
        versions.Zip(versions.Skip(1)).ShouldAllBe(pair => pair.First.Until == pair.Second.From);
        (group.HasOlderThan(499), group.HasOlderThan(500)).ShouldBe((true, false));
    }

    [Fact]
    public async Task AGraphThatIsCutSaysSo()
    {
        await using var stored = await StoredXRay.StartAsync(shared, new XRayOptions { Udp = false, TracesJudged = 1 });
        await stored.PutAsync([.. Enumerable.Range(0, 300).Select(i => stored.Document(i % 60, $"{i + 1:x}", "api", $"\"trace_id\":\"1-{stored.Base:x8}-{i:x24}\",\"fault\":true,\"cause\":{{\"exceptions\":[{{\"id\":\"00000000000000c1\",\"type\":\"E\"}}]}}"))]);
        await stored.Host.OkAsync("/CreateGroup", """{"GroupName":"thrown"}""");
        var filter = Uri.EscapeDataString("rootcause.fault.exception { name = \"E\" }");
        using var map = await stored.Host.Client.GetAsync(new Uri($"/api/xray/map?start={stored.Base}&end={stored.Base + 100}&filter={filter}", UriKind.Relative));
        var shown = JsonDocument.Parse(await map.Content.ReadAsStringAsync(CancellationToken.None)).RootElement;
        shown.GetProperty("notice").GetString()!.ShouldContain("the newest 250 were");
        shown.GetProperty("traces").GetInt64().ShouldBe(250);
        await stored.Host.OkAsync("/UpdateGroup", """{"GroupName":"thrown","FilterExpression":"rootcause.fault.exception { name = \"E\" }"}""");
        await stored.PutAsync([.. Enumerable.Range(0, 300).Select(i => stored.Document(i % 60, $"{i + 1:x}", "api", $"\"trace_id\":\"1-{stored.Base:x8}-{i + 1000:x24}\",\"fault\":true,\"cause\":{{\"exceptions\":[{{\"id\":\"00000000000000c1\",\"type\":\"E\"}}]}}"))]);
        var (graph, _) = await stored.Host.PostAsync("/ServiceGraph", $"{{\"StartTime\":{stored.Base},\"EndTime\":{stored.Base + 100},\"GroupName\":\"thrown\"}}");
        graph.Headers.GetValues("x-weir-notice").Single().ShouldContain("older ones are not counted");
        var (whole, _) = await stored.Host.PostAsync("/ServiceGraph", $"{{\"StartTime\":{stored.Base},\"EndTime\":{stored.Base + 100}}}");
        whole.Headers.Contains("x-weir-notice").ShouldBeFalse();
    }
}
