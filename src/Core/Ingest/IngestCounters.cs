using System.Collections.Concurrent;
using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>
/// What Weir received, stored and dropped, by protocol and signal, since it started; every drop with a reason. Rooms count what they
/// receive and refuse, the pipeline what it stores. Thread-safe.
/// </summary>
public sealed class IngestCounters(TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Protocol, Signal Signal), Entry> _entries = new();

    /// <summary>Counts records as they arrive, before anything can go wrong with them.</summary>
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
    /// Counts records that are not kept. A request that can't be read counts as one record. <paramref name="reason"/> is a short
    /// lower-case word of a small set (<see cref="Fault.Reason"/>); <paramref name="message"/> is the newest one's text for people.
    /// </summary>
    public void Dropped(string protocol, Signal signal, string reason, long records, string message)
    {
        if (records <= 0)
            return;
        var entry = Of(protocol, signal);
        var drop = entry.Drops.GetOrAdd(reason, static _ => new Drop());
        Interlocked.Add(ref drop.Count, records);
        drop.LastMessage = message;
        drop.LastAt = time.GetUtcNow();
        Touch(entry);
    }

    public void Dropped(string protocol, Signal signal, Fault fault, long records = 1) =>
        Dropped(protocol, signal, fault.Reason, records, fault.Message);

    public IReadOnlyList<IngestCounter> Snapshot() =>
        [.. _entries.OrderBy(e => e.Key.Protocol, StringComparer.Ordinal).ThenBy(e => e.Key.Signal).Select(e => new IngestCounter(
            e.Key.Protocol,
            e.Key.Signal,
            Interlocked.Read(ref e.Value.Received),
            Interlocked.Read(ref e.Value.Stored),
            [.. e.Value.Drops.OrderBy(d => d.Key, StringComparer.Ordinal)
                .Select(d => new DropCounter(d.Key, Interlocked.Read(ref d.Value.Count), d.Value.LastMessage, d.Value.LastAt))],
            e.Value.FirstAt,
            e.Value.LastAt))];

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

/// <summary>One protocol's and signal's counts at a moment.</summary>
public sealed record IngestCounter(
    string Protocol,
    Signal Signal,
    long Received,
    long Stored,
    IReadOnlyList<DropCounter> Drops,
    DateTimeOffset? FirstAt,
    DateTimeOffset? LastAt);

/// <summary>Records dropped for one reason.</summary>
public sealed record DropCounter(string Reason, long Count, string LastMessage, DateTimeOffset LastAt);
