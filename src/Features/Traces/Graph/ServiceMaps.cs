using Weir.Features.Traces.Filter;
using Weir.Features.Traces.Model;
using Weir.Features.Traces.Search;

namespace Weir.Features.Traces.Graph;

/// <summary>A graph, and the traces that had to be evaluated completely for it.</summary>
internal sealed record ServiceMap(ServiceGraph Graph, TraceSelection Selection);

/// <summary>Statistics by start of their interval, and the traces that had to be evaluated completely for them.</summary>
internal sealed record ServiceSeries(IReadOnlyList<(long Time, CallStatistics Statistics)> Points, TraceSelection Selection);

/// <summary>Graphs of services and their statistics over time, counted in the engine; a filter restricts them to the matching traces.</summary>
internal sealed class ServiceMaps(MatchingTraces traces, CallGroups groups, EventLinks links)
{
    // A trace that began before the range may have segments in it.
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(5);

    public async Task<ServiceMap> ReadAsync(TraceQuestion question, CancellationToken cancellationToken)
    {
        var (scope, selection) = await ScopeAsync(question, 0, cancellationToken);
        var graph = new ServiceGraph();
        var cut = new List<string>();
        // In parallel they would only compete for the same cores.
        var segments = await groups.SegmentsAsync(scope, cancellationToken, cut);
        graph.Add(segments, await groups.CallsAsync(scope, cancellationToken, cut));
        foreach (var sentence in cut)
            selection = selection.With(sentence);
        var found = await links.ReadAsync(scope, cancellationToken);
        graph.Add(found.Links);
        return new ServiceMap(graph, found.IsCut
            ? selection.With($"Message links are shown for the newest {EventLinks.MostReceivers:N0} messages received in this time range.") : selection);
    }

    /// <summary>
    /// Statistics by start of the interval. <c>service(…)</c>: of a service; <c>edge(…)</c>: of calls between two; null: what clients saw
    /// of the entry services.
    /// </summary>
    public async Task<ServiceSeries> SeriesAsync(TraceQuestion question, FilterExpr? selector, int seconds, CancellationToken cancellationToken)
    {
        var (scope, selection) = await ScopeAsync(question, seconds, cancellationToken);
        return new ServiceSeries(await PointsAsync(scope, question.Account, selector, cancellationToken), selection);
    }

    private async Task<IReadOnlyList<(long Time, CallStatistics Statistics)>> PointsAsync(
        CallScope scope, string account, FilterExpr? selector, CancellationToken cancellationToken)
    {
        var segments = await groups.SegmentsAsync(scope, cancellationToken);
        var clients = segments.Where(s => s.Entry).Select(s => (From: new ServiceKey(s.Service.Name, ServiceKey.Client, null), s.Service, s.Time, s.Statistics));
        switch (selector)
        {
            case null:
                return [.. clients.Select(c => (c.Time, c.Statistics))];
            case ServiceFilter { Service: var service }:
                var inferred = (await groups.CallsAsync(scope, cancellationToken)).Where(c => c.Inferred && service.Matches(c.To, account));
                return
                [
                    .. segments.Where(s => service.Matches(s.Service, account)).Select(s => (s.Time, s.Statistics)),
                    .. inferred.Select(c => (c.Time, c.Statistics)),
                ];
            case EdgeFilter edge:
                var callers = segments.Select(s => s.Service).Distinct().ToLookup(s => s.Name);
                var calls = (await groups.CallsAsync(scope, cancellationToken))
                    .Where(c => edge.From.Matches(ServiceGraph.Caller(callers, c), account) && edge.To.Matches(c.To, account));
                return
                [
                    .. calls.Select(c => (c.Time, c.Statistics)),
                    .. clients.Where(c => edge.From.Matches(c.From, account) && edge.To.Matches(c.Service, account)).Select(c => (c.Time, c.Statistics)),
                ];
            default:
                return [];
        }
    }

    private async Task<(CallScope Scope, TraceSelection Selection)> ScopeAsync(TraceQuestion question, int seconds, CancellationToken cancellationToken)
    {
        var selection = await traces.SelectAsync(
            question with { Range = question.Range with { From = question.Range.From - Before } }, cancellationToken);
        return (new CallScope(question.Range, question.Environment, selection.Condition, seconds), selection);
    }
}
