using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Weir.Protocols.Explore.Manage;

namespace Weir.Protocols.Explore.Alerts;

/// <summary>
/// Notifications on their way, kept until they are delivered or given up, over restarts too. Whoever evaluates alerts only puts them
/// here; <see cref="NotificationSender"/> delivers. A failed one is tried again after 5 s, 30 s, 2 min, 10 min, 30 min; then, or after an hour, the
/// history says why it failed. A recipient's notifications go one after the other, and one that fails holds up those to the same recipient
/// only. What comes when too many wait is dropped, which the history, the log and a counter say.
/// </summary>
internal sealed partial class Outbox(ManagedStore store, AlertStates states, Couriers couriers, AlertCounters counters, NotifyOptions options, TimeProvider time, ILogger<Outbox> log)
{
    /// <summary>Notifications that may wait in all.</summary>
    public const int MostWaiting = 1000;

    /// <summary>Notifications that may wait for one recipient, so that a dead one leaves room for the others.</summary>
    public const int MostOfOne = 100;

    /// <summary>Recipients that are delivered to side by side.</summary>
    private const int AtOnce = 16;

    private const string Kind = "notifications";
    private const long LongestWaitSeconds = 3600;
    private static readonly int[] Delays = [5, 30, 120, 600, 1800];

    private readonly Lock _lock = new();
    private Dictionary<string, Waiting>? _waiting;
    private int _count;

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
        foreach (var recipient in (alert.Body["recipients"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var key = KeyOf(recipient);
            if (!TryReserve(key, out var reason))
            {
                Drop(recipient, entries, reason);
                continue;
            }
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            var letter = new Managed(alert.Environment, alert.Dataset, ManageCall.NewId(), new JsonObject
            {
                ["alert"] = alert.Id,
                ["notification"] = id,
                ["recipient"] = recipient.DeepClone(),
                ["body"] = notification.DeepClone(),
                ["attempts"] = 0,
                ["next_at"] = now,
                ["since"] = now,
            }, 0);
            var isKept = false;
            try
            {
                await store.PutAsync(Kind, letter, cancellationToken);
                isKept = true;
            }
            finally
            {
                lock (_lock)
                {
                    if (isKept)
                        Of(key).Letters.Add(letter);
                    else
                        _count--;
                }
            }
        }
    }

    /// <summary>How many notifications wait now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                Load();
                return _count;
            }
        }
    }

    /// <summary>Delivers all that is due, and ends when nothing is due any more.</summary>
    public async Task DeliverAsync(CancellationToken cancellationToken)
    {
        while (Start(cancellationToken) is { Count: > 0 } started)
            await Task.WhenAll(started);
    }

    /// <summary>Begins to deliver to each recipient for whom something is due and nothing is under way. The tasks do not fail, except by being cancelled.</summary>
    public IReadOnlyList<Task> Start(CancellationToken cancellationToken)
    {
        var started = new List<Waiting>();
        lock (_lock)
        {
            Load();
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            var places = AtOnce - _waiting!.Values.Count(w => w.IsUnderWay);
            // Whoever has waited longest first.
            foreach (var waiting in _waiting.Values.Where(w => !w.IsUnderWay && w.Due(now) is not null).OrderBy(w => w.LastAt).Take(Math.Max(0, places)))
            {
                waiting.IsUnderWay = true;
                waiting.LastAt = now;
                started.Add(waiting);
            }
        }
        return [.. started.Select(w => Task.Run(() => DeliverAsync(w, cancellationToken), cancellationToken))];
    }

    private async Task DeliverAsync(Waiting waiting, CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested && Due(waiting) is { } letter && await DeliverAsync(waiting, letter, cancellationToken))
            {
                // The next one of the same recipient.
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Tried again after the next start.
        }
#pragma warning disable CA1031 // A defect over one recipient must not end the others; logged with its trace, tried again later, given up after an hour.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Failed(log, error);
            lock (_lock)
                waiting.NotBefore = time.GetUtcNow().ToUnixTimeSeconds() + Delays[1];
        }
        finally
        {
            lock (_lock)
                waiting.IsUnderWay = false;
        }
    }

    /// <summary>False: the recipient is to be left alone for a while.</summary>
    private async Task<bool> DeliverAsync(Waiting waiting, Managed letter, CancellationToken cancellationToken)
    {
        var named = (JsonObject)letter.Body["recipient"]!;
        var type = (string?)named["type"] ?? "";
        var attempts = ((int?)letter.Body["attempts"] ?? 0) + 1;
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var isTooOld = now - ((long?)letter.Body["since"] ?? now) > LongestWaitSeconds;
        // Whoever is told of an alert finds it as it was told.
        await states.SettleAsync(cancellationToken);
        var outcome = isTooOld
            ? new Outcome(false, MayRetry: false, "given up after an hour: the recipient took none of the notifications before it")
            : await couriers.DeliverAsync(letter, named, cancellationToken);
        var isLast = outcome.IsDelivered || !outcome.MayRetry || attempts > Delays.Length;
        counters.Delivery(type, outcome.IsDelivered ? "delivered" : outcome.IsUnsupported ? "unsupported" : isLast ? "failed" : "retried");
        if (!outcome.IsDelivered)
            NotDelivered(log, type, attempts, outcome.Detail);
        // An attempt that will be repeated is told too: people look at the history while they wait.
        await NoteAsync(letter, named, attempts, outcome, cancellationToken);
        now = time.GetUtcNow().ToUnixTimeSeconds();
        if (!isLast)
        {
            letter.Body["attempts"] = attempts;
            letter.Body["next_at"] = now + Delays[attempts - 1];
            await store.PutAsync(Kind, letter, cancellationToken);
        }
        else
        {
            await store.DeleteAsync(Kind, letter, cancellationToken);
        }
        lock (_lock)
        {
            if (isLast && waiting.Letters.Remove(letter))
                _count--;
            if (outcome.IsDelivered)
                waiting.Failures = 0;
            if (outcome.MayRetry && !outcome.IsDelivered)
                waiting.NotBefore = now + Delays[Math.Min(waiting.Failures++, Delays.Length - 1)];
        }
        return outcome.IsDelivered || !outcome.MayRetry;
    }

    private Managed? Due(Waiting waiting)
    {
        lock (_lock)
            return waiting.Due(time.GetUtcNow().ToUnixTimeSeconds());
    }

    private async Task NoteAsync(Managed letter, JsonObject named, int attempts, Outcome outcome, CancellationToken cancellationToken)
    {
        var alert = (string)letter.Body["alert"]!;
        await states.ChangeAsync(
            alert,
            state =>
            {
                foreach (var entry in state.History.OfType<JsonObject>().Where(e => (string?)e["notification"] == (string?)letter.Body["notification"]))
                    Note(entry, named, attempts, outcome.IsDelivered, outcome.Detail);
            },
            cancellationToken);
    }

    private static void Note(JsonObject entry, JsonObject named, int attempts, bool isDelivered, string detail)
    {
        var deliveries = (JsonArray)entry["deliveries"]!;
        var id = (string?)named["id"];
        if (deliveries.FirstOrDefault(d => (string?)d!["recipient_id"] == id) is { } earlier)
            deliveries.Remove(earlier);
        deliveries.Add(new JsonObject
        {
            ["recipient"] = $"{(string?)named["type"]} {(string?)named["target"]}".TrimEnd(),
            ["recipient_id"] = id,
            ["ok"] = isDelivered,
            ["attempts"] = attempts,
            ["detail"] = detail,
        });
    }

    private void Drop(JsonObject recipient, IReadOnlyList<JsonObject> entries, string reason)
    {
        var type = (string?)recipient["type"] ?? "";
        counters.Delivery(type, "dropped");
        Dropped(log, type, reason);
        foreach (var entry in entries)
            Note(entry, recipient, attempts: 0, isDelivered: false, "dropped: " + reason);
    }

    private bool TryReserve(string key, out string reason)
    {
        lock (_lock)
        {
            Load();
            reason = _count >= MostWaiting ? $"{MostWaiting} notifications wait already"
                : Of(key).Letters.Count >= MostOfOne ? $"{MostOfOne} notifications wait for this recipient already"
                : "";
            if (reason.Length > 0)
                return false;
            _count++;
            return true;
        }
    }

    /// <summary>What waited when the process ended.</summary>
    private void Load()
    {
        if (_waiting is not null)
            return;
        _waiting = new Dictionary<string, Waiting>(StringComparer.Ordinal);
        foreach (var letter in store.List(Kind, ""))
        {
            Of(KeyOf(letter.Body["recipient"] as JsonObject ?? [])).Letters.Add(letter);
            _count++;
        }
    }

    private Waiting Of(string key)
    {
        if (_waiting!.TryGetValue(key, out var waiting))
            return waiting;
        // Recipients for whom nothing waits are forgotten before there are many.
        if (_waiting.Count >= 2 * MostWaiting)
        {
            foreach (var (idle, _) in _waiting.Where(w => w.Value is { IsUnderWay: false, Letters.Count: 0 }).ToList())
                _waiting.Remove(idle);
        }
        return _waiting[key] = new Waiting();
    }

    private static string KeyOf(JsonObject recipient) => $"{(string?)recipient["type"]} {(string?)recipient["id"]}";

    [LoggerMessage(1, LogLevel.Warning, "a notification by {Type} was not delivered at attempt {Attempt}: {Detail}")]
    private static partial void NotDelivered(ILogger logger, string type, int attempt, string detail);

    [LoggerMessage(2, LogLevel.Error, "a notification by {Type} was dropped: {Reason}")]
    private static partial void Dropped(ILogger logger, string type, string reason);

    [LoggerMessage(3, LogLevel.Error, "notifications could not be delivered")]
    private static partial void Failed(ILogger logger, Exception error);

    /// <summary>What waits for one recipient. Guarded by the outbox's lock.</summary>
    private sealed class Waiting
    {
        public List<Managed> Letters { get; } = [];

        public bool IsUnderWay { get; set; }

        /// <summary>Seconds since 1970 of the last turn.</summary>
        public long LastAt { get; set; }

        /// <summary>After a failure the recipient is left alone until then.</summary>
        public long NotBefore { get; set; }

        /// <summary>In a row.</summary>
        public int Failures { get; set; }

        public Managed? Due(long now) =>
            now < NotBefore ? null : Letters.Where(l => ((long?)l.Body["next_at"] ?? 0) <= now).MinBy(l => (long?)l.Body["next_at"] ?? 0);
    }
}
