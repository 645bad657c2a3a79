using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Features;
using Weir.Features.Alerts.Notifications;
using Weir.Protocols.Wire;
using Weir.Protocols.XRay.Groups;

namespace Weir.Protocols.XRay.Insights;

/// <summary>
/// Looks once a minute at the groups whose notifications are on and notifies their recipients when an insight begins and when it ends. What
/// recipients know is kept with the state of alerts, over restarts; an insight that ended while Weir did not run is notified of late.
/// </summary>
internal sealed partial class InsightWatcher(
    XRayOptions options,
    InsightFinder finder,
    GroupStore groups,
    AlertStates states,
    Outbox outbox,
    Documents<Recipient> recipients,
    NotifyOptions notify,
    IOptions<AwsOptions> aws,
    TimeProvider time,
    ILogger<InsightWatcher> log) : IHasLoop
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private Loop? _loop;

    public Loop Loop => _loop ??= new Loop("insights", Period, _ => new ValueTask<bool>(options.WatchInsights), LookAsync, time, log);

    /// <summary>One look at all groups. Trouble with one does not keep the others.</summary>
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

    /// <summary>The notifications of an insight, newest first.</summary>
    public IEnumerable<HistoryEntry> Notifications(GroupRecord group, string insightId) =>
        (states.Of(StateId(group)).History ?? []).Where(entry => entry.Insight == insightId);

    /// <summary>The state and history of a group are kept under this id.</summary>
    public static string StateId(GroupRecord group) => "xray-insights-" + group.GroupARN[(group.GroupARN.LastIndexOf('/') + 1)..];

    private async Task LookAsync(GroupRecord group, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var since = InsightChanges.Since(states.Of(StateId(group)), now);
        var found = await finder.FindAsync(new TimeRange(since, now), [group], aws.Value.AccountId, environment: null, cancellationToken);
        await states.ChangeAsync(
            StateId(group),
            async before =>
            {
                var (state, changes) = InsightChanges.Take(before, found, now.ToUnixTimeSeconds());
                var alert = new NotifyingAlert("", "", StateId(group), Recipients(group));
                foreach (var insight in changes)
                {
                    var entry = new HistoryEntry(now, InsightOperations.State(insight), Insight: insight.Id, Summary: insight.Summary);
                    state = await outbox.SendAsync(alert, state, [entry], InsightNotification.Of(insight, now, aws.Value, notify.LinkBase), cancellationToken);
                }
                return before.EvaluatedAt == 0 || found.Count > 0 ? state : null;
            },
            cancellationToken);
    }

    /// <summary>Those the group names, or everybody whom Weir can reach.</summary>
    private IReadOnlyList<AlertRecipient> Recipients(GroupRecord group)
    {
        var known = recipients.List("");
        var wanted = group.Recipients is { } named
            ? known.Where(r => named.Contains(r.Id, StringComparer.Ordinal))
            : known.Where(r => Recipient.IsDeliveredTo(r.Value.Type));
        return [.. wanted.Select(AlertRecipient.Of)];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "insights of the X-Ray group {Group} were not looked for: {Reason}")]
    private static partial void LogNotLooked(ILogger log, string group, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "insights of the X-Ray group {Group} were not looked for")]
    private static partial void LogDefect(ILogger log, Exception e, string group);
}
