using Weir.Features.Traces.Graph;
using Weir.Features.Traces.Search;

namespace Weir.Features.Traces.Analytics;

/// <summary>Counts the entering requests: the segments without a known caller, usually one per trace.</summary>
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
