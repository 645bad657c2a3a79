using Microsoft.Extensions.Options;
using Weir.Core.Settings;
using Weir.Features.Alerts.Notifications;
using Weir.Features.Traces.Groups;
using Weir.Features.Traces.Insights;
using Weir.Protocols.Aws;

namespace Weir.Protocols.XRay.Insights;

/// <summary>Stores which insights recipients were notified of beside the states of alerts, and notifies the same recipients.</summary>
internal sealed class InsightNotices(
    AlertStates states, Outbox outbox, Documents<Recipient> recipients, NotifyOptions notify, IOptions<AwsOptions> aws, TimeProvider time) : IInsightNotices
{
    private const string Active = "ACTIVE";

    public InsightMemory Find(TraceGroup group) => Read(states.Of(Id(group)));

    public Task TellAsync(TraceGroup group, Func<InsightMemory, InsightLook> look, CancellationToken cancellationToken) => states.ChangeAsync(
        Id(group),
        async state =>
        {
            var before = Read(state);
            var (memory, news) = look(before);
            state = state with
            {
                EvaluatedAt = memory.LastLook,
                Insights = memory.Insights.ToDictionary(
                    known => known.Key, known => new InsightState(known.Value.Start, InsightOperations.State(known.Value.IsActive)), StringComparer.Ordinal),
            };
            var now = time.GetUtcNow();
            var alert = new NotifyingAlert("", "", Id(group), RecipientsOf(group));
            foreach (var insight in news)
            {
                var entry = new HistoryEntry(now, InsightOperations.State(insight.IsActive), Insight: insight.Id, Summary: insight.Summary);
                state = await outbox.SendAsync(alert, state, [entry], InsightNotification.Of(insight, now, aws.Value, notify.LinkBase), cancellationToken);
            }
            return before.LastLook == 0 || memory.Insights.Count > 0 ? state : null;
        },
        cancellationToken);

    public IReadOnlyList<InsightNotice> Told(TraceGroup group, string insightId) =>
        [.. (states.Of(Id(group)).History ?? []).Where(entry => entry.Insight == insightId).Select(Notice)];

    public Task ForgetAsync(TraceGroup group, CancellationToken cancellationToken) => states.ForgetAsync(Id(group), cancellationToken);

    /// <summary>The state and history of a group are kept under this id.</summary>
    private static string Id(TraceGroup group) => "xray-insights-" + group.GroupARN[(group.GroupARN.LastIndexOf('/') + 1)..];

    private static InsightMemory Read(AlertState state) => new(
        state.EvaluatedAt,
        (state.Insights ?? new Dictionary<string, InsightState>(StringComparer.Ordinal)).ToDictionary(
            known => known.Key, known => new ToldInsight(known.Value.Start, known.Value.State == Active), StringComparer.Ordinal));

    private static InsightNotice Notice(HistoryEntry entry) => new(
        entry.At, entry.State == Active, [.. (entry.Deliveries ?? []).Select(d => new InsightDelivery(d.Recipient, d.Ok, d.Attempts, d.Detail))]);

    /// <summary>The recipients that the group names, or all webhook and email recipients.</summary>
    private IReadOnlyList<AlertRecipient> RecipientsOf(TraceGroup group)
    {
        var known = recipients.List("");
        var wanted = group.Recipients is { } named
            ? known.Where(r => named.Contains(r.Id, StringComparer.Ordinal))
            : known.Where(r => Recipient.IsDeliveredTo(r.Value.Type));
        return [.. wanted.Select(AlertRecipient.Of)];
    }
}
