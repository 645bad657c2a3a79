using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Protocols.Explore.Alerts;
using Weir.Protocols.Explore.Manage;
using Weir.Protocols.Wire;
using Weir.Protocols.XRay.Groups;

namespace Weir.Protocols.XRay.Insights;

/// <summary>
/// Looks once a minute at the groups whose notifications are on and tells their recipients when an insight begins and when it ends. What
/// was told is kept with the state of alerts, over restarts; an insight that ended while Weir did not run is told late.
/// </summary>
internal sealed partial class InsightWatcher(
    XRayOptions options,
    InsightFinder finder,
    GroupStore groups,
    AlertStates states,
    Outbox outbox,
    ManagedStore store,
    NotifyOptions notify,
    IOptions<AwsOptions> aws,
    TimeProvider time,
    ILogger<InsightWatcher> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.WatchInsights)
            return;
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The stop itself.
        }
    }

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

    /// <summary>What was told of an insight, newest first: <c>{"at","state","summary","deliveries":[{"recipient","ok","attempts","detail"}]}</c>.</summary>
    public IEnumerable<JsonObject> Told(GroupRecord group, string insightId) =>
        states.Of(StateId(group)).History.OfType<JsonObject>().Where(entry => (string?)entry["insight"] == insightId);

    /// <summary>The state and history of a group are kept under this id.</summary>
    public static string StateId(GroupRecord group) => "xray-insights-" + group.GroupARN[(group.GroupARN.LastIndexOf('/') + 1)..];

    private async Task LookAsync(GroupRecord group, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var since = InsightChanges.Since(states.Of(StateId(group)).Json, now);
        var found = await finder.FindAsync(new TimeRange(since, now), [group], aws.Value.AccountId, environment: null, cancellationToken);
        await states.ChangeAsync(
            StateId(group),
            async state =>
            {
                var changes = InsightChanges.Take(state.Json, found, state.EvaluatedAt);
                var isFirst = state.EvaluatedAt == 0;
                state.EvaluatedAt = now.ToUnixTimeSeconds();
                foreach (var insight in changes)
                {
                    var entry = new JsonObject
                    {
                        ["at"] = At(now),
                        ["state"] = InsightOperations.State(insight),
                        ["insight"] = insight.Id,
                        ["summary"] = insight.Summary,
                    };
                    var alert = new Managed("", "", StateId(group), new JsonObject { ["recipients"] = Recipients(group) }, 0);
                    await outbox.TellAsync(alert, state, [entry], InsightNotification.Of(insight, now, aws.Value, notify.LinkBase), cancellationToken);
                }
                return isFirst || changes.Count > 0 || found.Count > 0;
            },
            cancellationToken);
    }

    /// <summary>Those the group names, or everybody whom Weir can reach.</summary>
    private JsonArray Recipients(GroupRecord group)
    {
        var known = store.List(Explore.Manage.Recipients.Kind, "");
        var told = group.Recipients is { } named
            ? known.Where(r => named.Contains(r.Id, StringComparer.Ordinal))
            : known.Where(r => (string?)r.Body["type"] is "webhook" or "email");
        return [.. told.Select(AlertRecipients.Of)];
    }

    private static string At(DateTimeOffset time) => ManagedTime.Text(time);

    [LoggerMessage(Level = LogLevel.Warning, Message = "insights of the X-Ray group {Group} were not looked for: {Reason}")]
    private static partial void LogNotLooked(ILogger log, string group, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "insights of the X-Ray group {Group} were not looked for")]
    private static partial void LogDefect(ILogger log, Exception e, string group);
}
