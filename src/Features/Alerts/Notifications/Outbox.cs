using Microsoft.Extensions.Logging;
using Weir.Core.Settings;

namespace Weir.Features.Alerts.Notifications;

/// <summary>
/// Notifications on their way, kept until they are delivered or given up, over restarts too. Whoever evaluates alerts only puts them
/// here; its loop delivers, beside the evaluation. A failed one is tried again after 5 s, 30 s, 2 min, 10 min, 30 min; then, or after an hour, the
/// history says why it failed. A recipient's notifications go one after the other, and one that fails holds up those to the same recipient
/// only. What comes when too many wait is dropped, which the history, the log and a counter say.
/// </summary>
internal sealed partial class Outbox(
    Documents<Letter> letters, AlertStates states, Couriers couriers, AlertCounters counters, NotifyOptions options, TimeProvider time, ILogger<Outbox> log) : IHasLoop
{
    /// <summary>Notifications that may wait in all.</summary>
    public const int MostWaiting = 1000;

    /// <summary>Notifications that may wait for one recipient, so that a dead one leaves room for the others.</summary>
    public const int MostOfOne = 100;

    /// <summary>Recipients that are delivered to side by side.</summary>
    private const int AtOnce = 16;

    private const long LongestWaitSeconds = 3600;
    private static readonly int[] Delays = [5, 30, 120, 600, 1800];

    private readonly Lock _lock = new();
    private readonly List<Task> _underWay = [];
    private Dictionary<string, Waiting>? _waiting;
    private int _count;
    private Loop? _loop;

    /// <summary>Looks every second for what is due. A recipient that doesn't answer delays neither others nor the next look.</summary>
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
    /// Puts a notification on its way to each of the alert's recipients. Returns the state with the events it is about in the history, and in them what
    /// was dropped.
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
    private async Task<bool> DeliverAsync(Waiting waiting, Stored<Letter> letter, CancellationToken cancellationToken)
    {
        var to = letter.Value.To();
        var attempts = letter.Value.Attempts + 1;
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var isTooOld = now - (letter.Value.Since ?? now) > LongestWaitSeconds;
        // Whoever is told of an alert finds it as it was told.
        await states.SettleAsync(cancellationToken);
        var outcome = isTooOld
            ? new Outcome(false, MayRetry: false, "given up after an hour: the recipient did not accept any of the earlier notifications")
            : await couriers.DeliverAsync(letter, cancellationToken);
        var isLast = outcome.IsDelivered || !outcome.MayRetry || attempts > Delays.Length;
        counters.Delivery(to.Type, outcome.IsDelivered ? "delivered" : outcome.IsUnsupported ? "unsupported" : isLast ? "failed" : "retried");
        if (!outcome.IsDelivered)
            NotDelivered(log, to.Type, attempts, outcome.Detail);
        // An attempt that will be repeated is noted too: people look at the history while they wait.
        var delivery = Delivery.Of(to, outcome.IsDelivered, attempts, outcome.Detail);
        await states.ChangeAsync(
            letter.Value.Alert,
            // The state of an alert that was deleted is gone and stays so.
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

    /// <summary>What waited when the process ended.</summary>
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
        // Recipients for whom nothing waits are forgotten before there are many.
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

    /// <summary>What waits for one recipient. Guarded by the outbox's lock.</summary>
    private sealed class Waiting
    {
        public List<Stored<Letter>> Letters { get; } = [];

        public bool IsUnderWay { get; set; }

        /// <summary>Seconds since 1970 of the last turn.</summary>
        public long LastAt { get; set; }

        /// <summary>After a failure the recipient is left alone until then.</summary>
        public long NotBefore { get; set; }

        /// <summary>In a row.</summary>
        public int Failures { get; set; }

        public Stored<Letter>? Due(long now) => now < NotBefore ? null : Letters.Where(l => l.Value.NextAt <= now).MinBy(l => l.Value.NextAt);
    }
}
