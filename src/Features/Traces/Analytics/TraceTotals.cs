using Weir.Features.Traces.Graph;
using Weir.Features.Traces.Search;

namespace Weir.Features.Traces.Analytics;

/// <summary>Counts the requests that entered: the segments nobody known called, one a trace as a rule.</summary>
internal sealed class TraceTotals(CallGroups groups)
{
    public async Task<CallStatistics> ReadAsync(TraceQuestion question, TraceSelection selection, CancellationToken cancellationToken)
    {
        var total = new CallStatistics();
        foreach (var group in await groups.SegmentsAsync(new CallScope(question.Range, question.Environment, selection.Condition), cancellationToken))
        {
            if (group.Entry)
                total.Add(group.Statistics);
        }
        return total;
    }
}
