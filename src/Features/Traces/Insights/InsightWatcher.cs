using Microsoft.Extensions.Logging;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Groups;

namespace Weir.Features.Traces.Insights;

/// <summary>
/// Checks the groups with notifications enabled once a minute and notifies their recipients when an insight begins and when it ends. The
/// notification of an insight that ended while Weir did not run is sent late.
/// </summary>
internal sealed partial class InsightWatcher(
    TraceOptions options, InsightFinder finder, TraceGroupStore groups, IInsightNotices notices, TimeProvider time, ILogger<InsightWatcher> log) : IHasLoop
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private Loop? _loop;

    public Loop Loop => _loop ??= new Loop("insights", Period, _ => new ValueTask<bool>(options.WatchInsights), LookAsync, time, log);

    /// <summary>One check of all groups. A problem with one does not affect the others.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var group in groups.List().Where(g => g.InsightsEnabled && g.NotificationsEnabled))
        {
            try
            {
                await LookAsync(group, cancellationToken);
            }
            catch (FaultException e)
            {
                LogNotLooked(log, group.GroupName, e.Fault.Message);
            }
#pragma warning disable CA1031 // The watch must outlive a defect over one group; logged with its trace.
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                LogDefect(log, e, group.GroupName);
            }
        }
    }

    private async Task LookAsync(TraceGroup group, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var range = new TimeRange(InsightChanges.Since(notices.Find(group), now), now);
        var found = await finder.FindAsync(range, [group], options.Account, environment: null, cancellationToken);
        await notices.TellAsync(group, memory => InsightChanges.Look(memory, found, now), cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "insights of the X-Ray group {Group} were not evaluated: {Reason}")]
    private static partial void LogNotLooked(ILogger log, string group, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "insights of the X-Ray group {Group} were not evaluated")]
    private static partial void LogDefect(ILogger log, Exception e, string group);
}
