using System.Collections.Concurrent;
using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>
/// Received, stored and dropped records by protocol and signal since the start; every drop has a reason. Rooms count what they
/// receive and reject, the pipeline what it stores. Thread-safe.
/// </summary>
public sealed class IngestCounters(TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Protocol, Signal Signal), Entry> _entries = new();

    /// <summary>Counts records on arrival, before they are checked.</summary>
    public void Received(string protocol, Signal signal, long records)
    {
        if (records <= 0)
            return;
        var entry = Of(protocol, signal);
        Interlocked.Add(ref entry.Received, records);
        Touch(entry);
    }

    public void Stored(string protocol, Signal signal, long records) => Interlocked.Add(ref Of(protocol, signal).Stored, records);

    /// <summary>
    /// Counts records that are not stored. An unreadable request counts as one record. <paramref name="reason"/> is a short
    /// lower-case word out of a small set (<see cref="Fault.Reason"/>); <paramref name="message"/> is the newest message.
    /// </summary>
    public void Dropped(string protocol, Signal signal, string reason, long records, string message)
    {
        if (records <= 0)
            return;
        var entry = Of(protocol, signal);
        Add(entry.Drops, reason, records, message);
        Touch(entry);
    }

    private void Add(ConcurrentDictionary<string, Drop> counts, string reason, long records, string message)
    {
        var drop = counts.GetOrAdd(reason, static _ => new Drop());
        Interlocked.Add(ref drop.Count, records);
        drop.LastMessage = message;
        drop.LastAt = time.GetUtcNow();
    }

    public void Dropped(string protocol, Signal signal, Fault fault, long records = 1) =>
        Dropped(protocol, signal, fault.Reason, records, fault.Message);

    /// <summary>
    /// Counts records that were stored after a repair or truncation. The values of
    /// <paramref name="reason"/> are those of <see cref="Repair"/>.
    /// </summary>
    public void Repaired(string protocol, Signal signal, string reason, long records, string message)
    {
        if (records <= 0)
            return;
        Add(Of(protocol, signal).Repairs, reason, records, message);
    }

    /// <summary>Counts truncated keys and names of a batch's rows.</summary>
    public void Repaired(IngestBatch batch)
    {
        foreach (var signal in SignalTable.All)
        {
            if (batch.Peek(signal) is { CutNames: > 0 and var cut })
            {
                Repaired(batch.Protocol, signal, Repair.LongKey, cut,
                    $"keys are truncated to {IngestLimits.MostKeyBytes} bytes, names to {IngestLimits.MostNameBytes}");
            }
        }
    }

    public IReadOnlyList<IngestCounter> Snapshot() =>
        [.. _entries.OrderBy(e => e.Key.Protocol, StringComparer.Ordinal).ThenBy(e => e.Key.Signal).Select(e => new IngestCounter(
            e.Key.Protocol,
            e.Key.Signal,
            Interlocked.Read(ref e.Value.Received),
            Interlocked.Read(ref e.Value.Stored),
            Counts(e.Value.Drops),
            e.Value.FirstAt,
            e.Value.LastAt)
        {
            Repairs = Counts(e.Value.Repairs),
        })];

    private static IReadOnlyList<DropCounter> Counts(ConcurrentDictionary<string, Drop> counts) =>
        [.. counts.OrderBy(d => d.Key, StringComparer.Ordinal)
            .Select(d => new DropCounter(d.Key, Interlocked.Read(ref d.Value.Count), d.Value.LastMessage, d.Value.LastAt))];

    private Entry Of(string protocol, Signal signal) => _entries.GetOrAdd((protocol, signal), static _ => new Entry());

    private void Touch(Entry entry)
    {
        var now = time.GetUtcNow();
        entry.FirstAt ??= now;
        entry.LastAt = now;
    }

    private sealed class Entry
    {
        public long Received;
        public long Stored;
        public readonly ConcurrentDictionary<string, Drop> Drops = new(StringComparer.Ordinal);
        public readonly ConcurrentDictionary<string, Drop> Repairs = new(StringComparer.Ordinal);

        public DateTimeOffset? FirstAt { get; set; }

        public DateTimeOffset? LastAt { get; set; }
    }

    private sealed class Drop
    {
        public long Count;

        public string LastMessage { get; set; } = "";

        public DateTimeOffset LastAt { get; set; }
    }
}

/// <summary>The counts of one protocol and signal at a moment.</summary>
public sealed record IngestCounter(
    string Protocol,
    Signal Signal,
    long Received,
    long Stored,
    IReadOnlyList<DropCounter> Drops,
    DateTimeOffset? FirstAt,
    DateTimeOffset? LastAt)
{
    /// <summary>Records that were stored after a repair, by kind of repair.</summary>
    public IReadOnlyList<DropCounter> Repairs { get; init; } = [];
}

/// <summary>Repairs of stored records: the reasons of repairs in <see cref="IngestCounters"/>.</summary>
public static class Repair
{
    /// <summary>A time in another unit than the protocol's, which was converted.</summary>
    public const string TimeUnit = "time-unit";

    /// <summary>A time too far in the future, which was replaced by the time of receipt.</summary>
    public const string TimeAhead = "time-ahead";

    /// <summary>Invalid text: an unpaired surrogate, or bytes that are not UTF-8; replaced by U+FFFD.</summary>
    public const string Text = "text";

    /// <summary>A value of the wrong type, which was left out.</summary>
    public const string Value = "value";

    /// <summary>A name or key that is too long, which was truncated.</summary>
    public const string LongKey = "long-key";
}

/// <summary>Records dropped for one reason.</summary>
public sealed record DropCounter(string Reason, long Count, string LastMessage, DateTimeOffset LastAt);
