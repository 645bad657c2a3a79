using System.Globalization;
using Shouldly;
using Weir.Core.Query;
using Weir.Features.Traces;
using Weir.Features.Traces.Filter;
using Weir.Features.Traces.Graph;
using Weir.Features.Traces.Groups;
using Weir.Features.Traces.Model;
using Weir.Features.Traces.Search;
using Weir.Protocols.XRay;
using Weir.Protocols.XRay.Documents;
using Weir.Protocols.XRay.Filter;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Traces;

/// <summary>The graph as the engine counts it, and as it is put together from whole traces in memory: the same nodes, edges and figures.</summary>
public sealed class ServiceMapDifferenceTests(SharedEngine shared)
{
    private const long Start = 1_012_000_000;
    private const string Account = "000000000000";
    private static readonly TimeRange Range = new(DateTimeOffset.FromUnixTimeSeconds(Start - 10), DateTimeOffset.FromUnixTimeSeconds(Start + 700));

    [Theory]
    [InlineData(11, "")]
    [InlineData(12, "service(\"worker\"){fault}")]
    [InlineData(13, "rootcause.fault.service { name = \"worker\" } or annotation.flag = true")]
    public async Task EngineAndMemoryAgree(int seed, string text)
    {
        var store = await SharedStore.OpenAsync(shared);
        var groups = new TraceGroupStore(new MemorySettings(), FilterParser.Parse);
        var generated = new GeneratedTraces(seed, $"xray-map-{seed}", Start, whole: true);
        await generated.LoadAsync(new LoadingSink(store), 300);
        var loader = new TraceLoader(store.Reader, new StoredDocuments());
        var filter = FilterParser.Parse(text, out _);
        var evaluator = new FilterEvaluator(groups, Account);
        var expected = new ServiceGraph();
        foreach (var trace in await loader.LoadAsync(generated.Ids, generated.Environment, CancellationToken.None))
        {
            var map = TraceMap.Of(trace);
            if (evaluator.Matches(filter, trace, map))
                expected.Add(map);
        }
        var options = new TraceOptions();
        var maps = new ServiceMaps(new MatchingTraces(options, new TraceSearch(store.Reader, groups), loader, groups, TimeProvider.System), new CallGroups(store.Reader), new EventLinks(store.Reader));
        var question = new TraceQuestion(Range, TimeRangeType.TraceId, filter, Account, generated.Environment);
        var actual = await maps.ReadAsync(question, CancellationToken.None);
        actual.Selection.Complete.ShouldBeTrue();
        var (counted, assembled) = (Lines(actual.Graph), Lines(expected));
        assembled.Count.ShouldBeGreaterThan(50);
        counted.Except(assembled).ShouldBeEmpty();
        assembled.Except(counted).ShouldBeEmpty();

        foreach (var selector in new[] { null, "service(\"worker\")", "edge(\"api\",\"worker\")", "service(id(type:\"AWS::DynamoDB::Table\"))" })
        {
            var series = (await maps.SeriesAsync(question, FilterParser.Parse(selector, out _), 60, CancellationToken.None)).Points;
            series.Count.ShouldBeGreaterThan(5);
            series.Sum(point => point.Statistics.Count).ShouldBe(CountOf(expected, selector));
            series.ShouldAllBe(point => point.Time % 60 == 0);
        }
    }

    private static long CountOf(ServiceGraph graph, string? selector) => selector switch
    {
        null => graph.Nodes.Where(n => n.Key.Type == ServiceKey.Client).Sum(n => n.Value.Edges.Sum(e => e.Value.Statistics.Count)),
        _ when selector.StartsWith("edge", StringComparison.Ordinal) => graph.Nodes.Where(n => n.Key.Name == "api" && n.Key.Type != ServiceKey.Client)
            .Sum(n => n.Value.Edges.Where(e => e.Key.Name == "worker").Sum(e => e.Value.Statistics.Count)),
        _ when selector.Contains("Table", StringComparison.Ordinal) => graph.Nodes.Where(n => n.Key.Type == "AWS::DynamoDB::Table").Sum(n => n.Value.Statistics.Count),
        _ => graph.Nodes.Where(n => n.Key.Name == "worker" && n.Key.Type != ServiceKey.Client).Sum(n => n.Value.Statistics.Count),
    };

    private static List<string> Lines(ServiceGraph graph)
    {
        var lines = new List<string>();
        foreach (var (service, node) in graph.Nodes)
        {
            var client = service.Type == ServiceKey.Client;
            lines.Add($"{Name(service)} root {node.Root} reported {node.Reported}{(client ? "" : Figures(node))}");
            foreach (var (target, edge) in node.Edges)
                lines.Add($"{Name(service)} > {Name(target)}{Figures(edge)}");
        }
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static string Name(ServiceKey service) => $"{service.Name} ({service.Type}, {service.AccountId})";

    private static string Figures(Traffic traffic)
    {
        var s = traffic.Statistics;
        var histogram = string.Join(' ', s.Histogram.Select(bucket => $"{bucket.Key / 1_000_000}:{bucket.Value}"));
        return string.Create(CultureInfo.InvariantCulture, $" ok {s.Ok} throttle {s.Throttles} error {s.Errors} fault {s.Faults} {s.Seconds:0.000} s [{histogram}]");
    }
}
