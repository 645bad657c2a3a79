using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Weir.Features.Traces.Groups;
using Weir.Features.Traces.Insights;
using Weir.Protocols.Explore.Alerts;
using Weir.Protocols.Explore.Manage;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.Insights;

/// <summary>
/// Keeps what was told of insights with the states of alerts, and sends it by way of the same recipients. A group's state is
/// <c>{"evaluated_at": SECONDS, "insights": {"ID": {"start": MINUTE, "state": "ACTIVE"|"CLOSED"}}}</c>, the insights those of the last look.
/// </summary>
internal sealed class InsightNotices(
    AlertStates states, Outbox outbox, ManagedStore store, NotifyOptions notify, IOptions<AwsOptions> aws, TimeProvider time) : IInsightNotices
{
    private const string Active = "ACTIVE";

    public InsightMemory Find(TraceGroup group) => Read(states.Of(Id(group)));

    public Task TellAsync(TraceGroup group, Func<InsightMemory, InsightLook> look, CancellationToken cancellationToken) => states.ChangeAsync(
        Id(group),
        async state =>
        {
            var before = Read(state);
            var (memory, news) = look(before);
            state.EvaluatedAt = memory.LastLook;
            state.Json["insights"] = new JsonObject(memory.Insights.Select(told => KeyValuePair.Create(
                told.Key, (JsonNode?)new JsonObject { ["start"] = told.Value.Start, ["state"] = InsightOperations.State(told.Value.IsActive) })));
            var now = time.GetUtcNow();
            foreach (var insight in news)
            {
                var entry = new JsonObject
                {
                    ["at"] = ManagedTime.Text(now),
                    ["state"] = InsightOperations.State(insight.IsActive),
                    ["insight"] = insight.Id,
                    ["summary"] = insight.Summary,
                };
                var alert = new Managed("", "", Id(group), new JsonObject { ["recipients"] = RecipientsOf(group) }, 0);
                await outbox.TellAsync(alert, state, [entry], InsightNotification.Of(insight, now, aws.Value, notify.LinkBase), cancellationToken);
            }
            return before.LastLook == 0 || memory.Insights.Count > 0;
        },
        cancellationToken);

    public IReadOnlyList<InsightNotice> Told(TraceGroup group, string insightId) =>
        [.. states.Of(Id(group)).History.OfType<JsonObject>().Where(entry => (string?)entry["insight"] == insightId).Select(Notice)];

    public Task ForgetAsync(TraceGroup group, CancellationToken cancellationToken) => states.ForgetAsync(Id(group), cancellationToken);

    /// <summary>The state and history of a group are kept under this id.</summary>
    private static string Id(TraceGroup group) => "xray-insights-" + group.GroupARN[(group.GroupARN.LastIndexOf('/') + 1)..];

    private static InsightMemory Read(AlertState state) => new(
        state.EvaluatedAt,
        (state.Json["insights"] as JsonObject ?? []).ToDictionary(
            told => told.Key, told => new ToldInsight((long)told.Value!["start"]!, (string?)told.Value!["state"] == Active), StringComparer.Ordinal));

    private static InsightNotice Notice(JsonObject entry) => new(
        DateTimeOffset.Parse((string)entry["at"]!, CultureInfo.InvariantCulture),
        (string?)entry["state"] == Active,
        [.. (entry["deliveries"] as JsonArray ?? []).Select(d => new InsightDelivery((string)d!["recipient"]!, (bool)d["ok"]!, (int)d["attempts"]!, (string?)d["detail"] ?? ""))]);

    /// <summary>Those the group names, or everybody whom Weir can reach.</summary>
    private JsonArray RecipientsOf(TraceGroup group)
    {
        var known = store.List(Recipients.Kind, "");
        var told = group.Recipients is { } named
            ? known.Where(r => named.Contains(r.Id, StringComparer.Ordinal))
            : known.Where(r => (string?)r.Body["type"] is "webhook" or "email");
        return [.. told.Select(AlertRecipients.Of)];
    }
}
