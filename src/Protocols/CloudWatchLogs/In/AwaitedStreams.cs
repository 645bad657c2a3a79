using Weir.Core.Ingest;
using Weir.Core.Model;

namespace Weir.Protocols.CloudWatchLogs.In;

/// <summary>
/// Batches that were refused because their group or stream did not exist. Clients such as watchtower put first, create the stream when that
/// fails, and send the same batch once more: nothing is lost then, and nothing is counted as dropped. What is not sent again in
/// <see cref="Patience"/> is. Bounded: past <see cref="Most"/> batches a refusal counts at once. Thread-safe.
/// </summary>
internal sealed class AwaitedStreams : IDisposable
{
    public const int Most = 1_000;

    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Tick = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<Batch, (DateTimeOffset At, string Message)> _awaited = [];
    private readonly IngestCounters _counters;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    public AwaitedStreams(IngestCounters counters, TimeProvider time)
    {
        _counters = counters;
        _time = time;
        _timer = time.CreateTimer(_ => CountOverdue(), null, Tick, Tick);
    }

    /// <summary>The identity of a batch: an exporter sends the same batch again.</summary>
    /// <param name="FirstTime">Of its first event, milliseconds since 1970.</param>
    public readonly record struct Batch(string Group, string Stream, int Events, long FirstTime);

    public void Refused(Batch batch, string message)
    {
        lock (_lock)
        {
            if (_awaited.Count < Most || _awaited.ContainsKey(batch))
            {
                _awaited[batch] = (_time.GetUtcNow(), message);
                return;
            }
        }
        Count(batch, message);
    }

    public void Arrived(Batch batch)
    {
        lock (_lock)
            _awaited.Remove(batch);
    }

    public void Dispose() => _timer.Dispose();

    internal void CountOverdue()
    {
        var latest = _time.GetUtcNow() - Patience;
        List<KeyValuePair<Batch, (DateTimeOffset At, string Message)>> overdue;
        lock (_lock)
        {
            overdue = [.. _awaited.Where(entry => entry.Value.At <= latest)];
            foreach (var entry in overdue)
                _awaited.Remove(entry.Key);
        }
        foreach (var (batch, (_, message)) in overdue)
            Count(batch, message);
    }

    private void Count(Batch batch, string message)
    {
        _counters.Received(WireProtocol.CloudWatchLogs, Signal.Logs, batch.Events);
        _counters.Dropped(WireProtocol.CloudWatchLogs, Signal.Logs, "not-found", batch.Events, $"{message} ({batch.Group}, {batch.Stream})");
    }
}
