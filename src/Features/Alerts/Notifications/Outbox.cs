using Microsoft.Extensions.Logging;
using Weir.Core.Settings;

namespace Weir.Features.Alerts.Notifications;

/// <summary>
/// Notifications to be delivered, stored until they are delivered or given up, also across restarts. The evaluation of alerts only adds them;
/// a separate loop delivers them. A failed one is retried after 5 s, 30 s, 2 min, 10 min, 30 min; after that, or after an hour, the
/// history shows the reason. A recipient gets one notification at a time, and a failing one delays only those to the same recipient.
/// When too many are waiting, further ones are dropped, which is reported in the history, the log and a counter.
/// </summary>
internal sealed partial class Outbox(
    Documents<Letter> letters, AlertStates states, Couriers couriers, AlertCounters counters, NotifyOptions options, TimeProvider time, ILogger<Outbox> log) : IHasLoop
{
    /// <summary>Maximum number of waiting notifications.</summary>
    public const int MostWaiting = 1000;

    /// <summary>Maximum number of waiting notifications for one recipient, so that an unreachable one leaves room for the others.</summary>
    public const int MostOfOne = 100;

    /// <summary>Recipients that are delivered to in parallel.</summary>
    private const int AtOnce = 16;

    private const long LongestWaitSeconds = 3600;
    private static readonly int[] Delays = [5, 30, 120, 600, 1800];

    private readonly Lock _lock = new();
    private readonly List<Task> _underWay = [];
    private Dictionary<string, Waiting>? _waiting;
    private int _count;
    private Loop? _loop;

    /// <summary>Checks every second for due notifications. A recipient that doesn't answer delays neither others nor the next check.</summary>
    public Loop Loop => _loop ??= new Loop(
        "notifications",
        TimeSpan.FromSeconds(1),
        turn: null,
        stop =>
        {
            _underWay.RemoveAll(t => t.IsCompleted);
            _underWay.AddRange(Start(stop));
            return Task.CompletedTask;
        },
        time,
        log);

    /// <summary>Nothing may write to the settings after the store is closed.</summary>
    public Task EndAsync() => Task.WhenAll(_underWay).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <summary>
    /// Adds a notification for each of the alert's recipients. Returns the state with the events in its history, including
    /// dropped notifications.
    /// </summary>
    public async Task<AlertState> SendAsync(
        NotifyingAlert alert, AlertState state, IReadOnlyList<HistoryEntry> events, Notification notification, CancellationToken cancellationToken)
    {
        var id = DocumentIds.New();
        foreach (var entry in events)
            state = state.Remember(entry with { Notification = id, Deliveries = [] }, options.MostHistory);
        foreach (var recipient in alert.Recipients)
        {
            var key = Letter.KeyOf(recipient);
            if (!TryReserve(key, out var reason))
            {
                counters.Delivery(recipient.Type, "dropped");
                Dropped(log, recipient.Type, reason);
                state = state.Note(id, Delivery.Of(recipient, ok: false, attempts: 0, "dropped: " + reason));
                continue;
            }
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            var letter = new Stored<Letter>(
                alert.Environment, alert.Dataset, DocumentIds.New(), new Letter(alert.Id, id, recipient, notification, Attempts: 0, NextAt: now, Since: now));
            var isKept = false;
            try
            {
                letter = await letters.PutAsync(letter, cancellationToken);
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
        return state;
    }

    /// <summary>Number of waiting notifications.</summary>
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

    /// <summary>Delivers all due notifications, and returns when none is due any more.</summary>
    public async Task DeliverAsync(CancellationToken cancellationToken)
    {
        while (Start(cancellationToken) is { Count: > 0 } started)
            await Task.WhenAll(started);
    }

    /// <summary>Starts a delivery to each recipient with a due notification and no running delivery. The tasks do not fail, except by being cancelled.</summary>
    public IReadOnlyList<Task> Start(CancellationToken cancellationToken)
    {
        var started = new List<Waiting>();
        lock (_lock)
        {
            Load();
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            var places = AtOnce - _waiting!.Values.Count(w => w.IsUnderWay);
            // Longest waiting time first.
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
            // It is tried again after the next start.
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

    /// <summary>False: wait before the next delivery to this recipient.</summary>
    private async Task<bool> DeliverAsync(Waiting waiting, Stored<Letter> letter, CancellationToken cancellationToken)
    {
        var to = letter.Value.To();
        var attempts = letter.Value.Attempts + 1;
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var isTooOld = now - (letter.Value.Since ?? now) > LongestWaitSeconds;
        // The state is stored first, so that a recipient who opens the alert finds the state of the notification.
        await states.SettleAsync(cancellationToken);
        var outcome = isTooOld
            ? new Outcome(false, MayRetry: false, "given up after an hour: the recipient did not accept any of the earlier notifications")
            : await couriers.DeliverAsync(letter, cancellationToken);
        var isLast = outcome.IsDelivered || !outcome.MayRetry || attempts > Delays.Length;
        counters.Delivery(to.Type, outcome.IsDelivered ? "delivered" : outcome.IsUnsupported ? "unsupported" : isLast ? "failed" : "retried");
        if (!outcome.IsDelivered)
            NotDelivered(log, to.Type, attempts, outcome.Detail);
        // Failed attempts that will be repeated are recorded too, because users look at the history while they wait.
        var delivery = Delivery.Of(to, outcome.IsDelivered, attempts, outcome.Detail);
        await states.ChangeAsync(
            letter.Value.Alert,
            // The state of a deleted alert is not created again.
            state => Task.FromResult(state.History is null ? null : state.Note(letter.Value.Notification, delivery)),
            cancellationToken);
        now = time.GetUtcNow().ToUnixTimeSeconds();
        Stored<Letter>? again = null;
        if (isLast)
            await letters.DeleteAsync(letter, cancellationToken);
        else
            again = await letters.PutAsync(letter with { Value = letter.Value with { Attempts = attempts, NextAt = now + Delays[attempts - 1] } }, cancellationToken);
        lock (_lock)
        {
            if (waiting.Letters.Remove(letter) && again is null)
                _count--;
            if (again is not null)
                waiting.Letters.Add(again);
            if (outcome.IsDelivered)
                waiting.Failures = 0;
            if (outcome.MayRetry && !outcome.IsDelivered)
                waiting.NotBefore = now + Delays[Math.Min(waiting.Failures++, Delays.Length - 1)];
        }
        return outcome.IsDelivered || !outcome.MayRetry;
    }

    private Stored<Letter>? Due(Waiting waiting)
    {
        lock (_lock)
            return waiting.Due(time.GetUtcNow().ToUnixTimeSeconds());
    }

    private bool TryReserve(string key, out string reason)
    {
        lock (_lock)
        {
            Load();
            reason = _count >= MostWaiting ? $"{MostWaiting} notifications are already waiting"
                : Of(key).Letters.Count >= MostOfOne ? $"{MostOfOne} notifications are already waiting for this recipient"
                : "";
            if (reason.Length > 0)
                return false;
            _count++;
            return true;
        }
    }

    /// <summary>Notifications that were waiting when the process ended.</summary>
    private void Load()
    {
        if (_waiting is not null)
            return;
        _waiting = new Dictionary<string, Waiting>(StringComparer.Ordinal);
        foreach (var letter in letters.List(""))
        {
            Of(Letter.KeyOf(letter.Value.To())).Letters.Add(letter);
            _count++;
        }
    }

    private Waiting Of(string key)
    {
        if (_waiting!.TryGetValue(key, out var waiting))
            return waiting;
        // Recipients without waiting notifications are removed before there are many.
        if (_waiting.Count >= 2 * MostWaiting)
        {
            foreach (var (idle, _) in _waiting.Where(w => w.Value is { IsUnderWay: false, Letters.Count: 0 }).ToList())
                _waiting.Remove(idle);
        }
        return _waiting[key] = new Waiting();
    }

    [LoggerMessage(1, LogLevel.Warning, "a {Type} notification was not delivered in attempt {Attempt}: {Detail}")]
    private static partial void NotDelivered(ILogger logger, string type, int attempt, string detail);

    [LoggerMessage(2, LogLevel.Error, "a {Type} notification was dropped: {Reason}")]
    private static partial void Dropped(ILogger logger, string type, string reason);

    [LoggerMessage(3, LogLevel.Error, "notifications could not be delivered")]
    private static partial void Failed(ILogger logger, Exception error);

    /// <summary>Waiting notifications of one recipient. Guarded by the outbox's lock.</summary>
    private sealed class Waiting
    {
        public List<Stored<Letter>> Letters { get; } = [];

        public bool IsUnderWay { get; set; }

        /// <summary>Time of the last delivery, in seconds since 1970.</summary>
        public long LastAt { get; set; }

        /// <summary>After a failure no delivery is tried before this time.</summary>
        public long NotBefore { get; set; }

        /// <summary>Consecutive failures.</summary>
        public int Failures { get; set; }

        public Stored<Letter>? Due(long now) => now < NotBefore ? null : Letters.Where(l => l.Value.NextAt <= now).MinBy(l => l.Value.NextAt);
    }
}
