using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Weir.Protocols.Explore.Manage;

namespace Weir.Protocols.Explore.Alerts;

/// <summary>
/// Notifications on their way, kept until they are delivered or given up, over restarts too. A failed one is tried again after 5 s,
/// 30 s, 2 min, 10 min, 30 min; then the history says why it failed.
/// </summary>
internal sealed partial class Outbox(ManagedStore store, AlertStates states, Couriers couriers, AlertCounters counters, NotifyOptions options, TimeProvider time, ILogger<Outbox> log)
{
    private const string Kind = "notifications";
    private const int AtOnce = 8;
    private static readonly int[] Delays = [5, 30, 120, 600, 1800];

    /// <summary>Puts a notification on its way to each of the alert's recipients, and the events it tells of into the history.</summary>
    public async Task TellAsync(Managed alert, AlertState state, IReadOnlyList<JsonObject> entries, JsonObject notification, CancellationToken cancellationToken)
    {
        var id = ManageCall.NewId();
        foreach (var entry in entries)
        {
            entry["notification"] = id;
            entry["deliveries"] = new JsonArray();
            state.Remember(entry, options.MostHistory);
        }
        foreach (var recipient in alert.Body["recipients"] as JsonArray ?? [])
        {
            var letter = ManageCall.NewId();
            await store.PutAsync(
                Kind,
                new Managed(alert.Environment, alert.Dataset, letter, new JsonObject
                {
                    ["alert"] = alert.Id,
                    ["notification"] = id,
                    ["recipient"] = recipient!.DeepClone(),
                    ["body"] = notification.DeepClone(),
                    ["attempts"] = 0,
                    ["next_at"] = time.GetUtcNow().ToUnixTimeSeconds(),
                }, 0),
                cancellationToken);
        }
    }

    /// <summary>Tries what is due, several at once.</summary>
    public Task DeliverAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var due = store.List(Kind, "").Where(l => (long?)l.Body["next_at"] <= now).ToList();
        return Parallel.ForEachAsync(
            due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (letter, stop) => await DeliverAsync(letter, stop));
    }

    private async Task DeliverAsync(Managed letter, CancellationToken cancellationToken)
    {
        var named = (JsonObject)letter.Body["recipient"]!;
        var type = (string?)named["type"] ?? "";
        var attempts = ((int?)letter.Body["attempts"] ?? 0) + 1;
        var outcome = await couriers.DeliverAsync(letter, named, cancellationToken);
        var isLast = outcome.IsDelivered || !outcome.MayRetry || attempts > Delays.Length;
        counters.Delivery(type, outcome.IsDelivered ? "delivered" : outcome.IsUnsupported ? "unsupported" : isLast ? "failed" : "retried");
        if (!outcome.IsDelivered)
            NotDelivered(log, type, attempts, outcome.Detail);
        // An attempt that will be repeated is told too: people look at the history while they wait.
        await NoteAsync(letter, named, attempts, outcome, cancellationToken);
        if (isLast)
        {
            await store.DeleteAsync(Kind, letter, cancellationToken);
            return;
        }
        letter.Body["attempts"] = attempts;
        letter.Body["next_at"] = time.GetUtcNow().ToUnixTimeSeconds() + Delays[attempts - 1];
        await store.PutAsync(Kind, letter, cancellationToken);
    }

    private async Task NoteAsync(Managed letter, JsonObject named, int attempts, Outcome outcome, CancellationToken cancellationToken)
    {
        var alert = (string)letter.Body["alert"]!;
        await states.ChangeAsync(
            alert,
            state =>
            {
                foreach (var entry in state.History.OfType<JsonObject>().Where(e => (string?)e["notification"] == (string?)letter.Body["notification"]))
                {
                    var deliveries = (JsonArray)entry["deliveries"]!;
                    var id = (string?)named["id"];
                    if (deliveries.FirstOrDefault(d => (string?)d!["recipient_id"] == id) is { } earlier)
                        deliveries.Remove(earlier);
                    deliveries.Add(new JsonObject
                    {
                        ["recipient"] = $"{(string?)named["type"]} {(string?)named["target"]}".TrimEnd(),
                        ["recipient_id"] = id,
                        ["ok"] = outcome.IsDelivered,
                        ["attempts"] = attempts,
                        ["detail"] = outcome.Detail,
                    });
                }
            },
            cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Warning, "a notification by {Type} was not delivered at attempt {Attempt}: {Detail}")]
    private static partial void NotDelivered(ILogger logger, string type, int attempt, string detail);
}
