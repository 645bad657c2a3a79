using System.Collections.Concurrent;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Store.Engine;

namespace Weir.Store.Write;

/// <summary>
/// Records in <c>column_keys</c> which columns the rows of segments have; only new facts are written. They are written before the rows, which the
/// journal keeps until they are loaded: after a crash in between, the segment is loaded again.
/// </summary>
internal sealed class ColumnKeys(IEngine engine, TimeProvider time) : IPoolStatus
{
    private const string Columns = "day, environment, signal, dataset, key, type, on_resource, last_seen";
    private const string Structure =
        "day Date, environment LowCardinality(String), signal LowCardinality(String), dataset LowCardinality(String), key String, "
        + "type LowCardinality(String), on_resource UInt8, last_seen DateTime('UTC')";

    /// <summary>Maximum facts of one insert.</summary>
    private const int MostAtOnce = 50_000;

    /// <summary>Maximum facts in memory; above it they are removed and recorded again, and the table merges the duplicates.</summary>
    internal const int MostKnown = 500_000;

    /// <summary>Approximate memory of those facts.</summary>
    internal const long MostBytes = 128L << 20;

    /// <summary>Memory of one fact without its texts: the record, its entry and the headers of two strings.</summary>
    private const int FactBytes = 160;

    /// <summary>Maximum delay with which the directory records that a dataset was written to.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ColumnFact, long> _known = new();
    private long _bytes;
    private long _forgotten;

    /// <summary>How often the facts were removed because they exceeded a limit; each is then recorded again.</summary>
    public long Forgotten => Interlocked.Read(ref _forgotten);

    public IReadOnlyList<PoolFigures> Pools => [new("column_facts", _known.Count, MostKnown, Interlocked.Read(ref _bytes), MostBytes, Forgotten)];

    public async Task NoteAsync(IReadOnlySet<ColumnFact> facts, string token, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var isNew = facts.Where(fact => !_known.TryGetValue(fact, out var noted) || (fact.Kind == ColumnKind.None && now - noted >= Freshness.TotalSeconds)).ToList();
        if (isNew.Count == 0)
            return;
        var part = 0;
        foreach (var some in isNew.Chunk(MostAtOnce))
            await engine.InsertAsync("column_keys", Columns, Structure, [Block(some, now)], $"{token}-{part++}", cancellationToken);
        foreach (var fact in isNew)
        {
            if (_known.TryAdd(fact, now))
                Interlocked.Add(ref _bytes, BytesOf(fact));
            else
                _known[fact] = now;
        }
        if (_known.Count <= MostKnown && Interlocked.Read(ref _bytes) <= MostBytes)
            return;
        _known.Clear();
        Interlocked.Exchange(ref _bytes, 0);
        Interlocked.Increment(ref _forgotten);
    }

    /// <summary>Texts of facts that were read together are often the same object; here each counts as separate.</summary>
    private static long BytesOf(in ColumnFact fact) => FactBytes + (2L * (fact.Key.Length + fact.Dataset.Length + fact.Environment.Length));

    private static ReadOnlyMemory<byte> Block(ColumnFact[] facts, long now)
    {
        var rows = new KeyBlock();
        foreach (var fact in facts)
        {
            rows.Day.Append((ushort)fact.Day);
            rows.Environment.Append(fact.Environment);
            rows.Signal.Append(SignalTable.Name(fact.Signal));
            rows.Dataset.Append(fact.Dataset);
            rows.Key.Append(fact.Key);
            rows.Type.Append(fact.Kind == ColumnKind.None ? "" : fact.Kind.ToString().ToLowerInvariant());
            rows.OnResource.Append(fact.OnResource ? (byte)1 : (byte)0);
            rows.LastSeen.Append((uint)now);
        }
        return rows.Native(facts.Length);
    }

    /// <summary>Rows of <c>column_keys</c>.</summary>
    private sealed class KeyBlock
    {
        public FixedColumn<ushort> Day { get; } = new("day", "Date");

        public LowCardinalityColumn Environment { get; } = new("environment");

        public LowCardinalityColumn Signal { get; } = new("signal");

        public LowCardinalityColumn Dataset { get; } = new("dataset");

        public StringColumn Key { get; } = new("key");

        public LowCardinalityColumn Type { get; } = new("type");

        public FixedColumn<byte> OnResource { get; } = new("on_resource", "UInt8");

        public FixedColumn<uint> LastSeen { get; } = new("last_seen", "DateTime('UTC')");

        public ReadOnlyMemory<byte> Native(int rows)
        {
            var output = new ByteBuffer();
            Column[] columns = [Day, Environment, Signal, Dataset, Key, Type, OnResource, LastSeen];
            NativeFormat.Write(output, rows, columns);
            return output.WrittenMemory;
        }
    }
}
