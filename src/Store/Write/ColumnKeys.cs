using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Weir.Core.Model;
using Weir.Store.Engine;
using Weir.Store.Read;

namespace Weir.Store.Write;

/// <summary>
/// Notes which columns the loaded blocks have in <c>column_keys</c>. A block's own header lists its keys, so this costs per block, not
/// per row; only what is new is written. Noted before the rows, which the journal keeps until they are loaded: a crash between the two
/// brings the segment again.
/// </summary>
internal sealed class ColumnKeys(IEngine engine, TimeProvider time)
{
    /// <summary>Facts kept in memory; past it they are forgotten and noted once more, which the table makes one again.</summary>
    private const int MostKnown = 500_000;

    /// <summary>How late the directory may tell that a dataset was written to.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ColumnFact, long> _known = new();
    private long _nextWalk;

    public async Task NoteAsync(Signal signal, IReadOnlyList<ReadOnlyMemory<byte>> blocks, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var news = new HashSet<ColumnFact>();
        foreach (var block in blocks)
        {
            try
            {
                Collect(signal, block.Span, now, news);
            }
            catch (Exception error) when (error is InvalidDataException or ArgumentException or IndexOutOfRangeException or OverflowException)
            {
                // A block of another version of Weir, laid out in a way this one can't read: its rows are stored, its keys stay unlisted
                // until newer blocks have them.
            }
        }
        if (news.Count == 0)
            return;
        await WriteAsync(news, now, cancellationToken);
        if (_known.Count > MostKnown)
            _known.Clear();
        foreach (var fact in news)
            _known[fact] = now;
    }

    private void Collect(Signal signal, ReadOnlySpan<byte> bytes, long now, HashSet<ColumnFact> news)
    {
        var block = new NativeBlock(bytes);
        if (block.Rows == 0)
            return;
        ReadOnlySpan<long> times = default;
        DictionaryColumn environments = default, datasets = default, resources = default;
        var dataset = signal == Signal.Events ? "dataset" : "service";
        while (block.NextColumn(out var name, out var type))
        {
            if (name == SignalFields.TimeColumn(signal))
                times = block.Int64s();
            else if (name == "environment")
                environments = block.LowCardinality();
            else if (name == dataset)
                datasets = block.LowCardinality();
            else if (name == "resource")
                resources = block.LowCardinality();
            else if (name == "attributes")
            {
                var owners = BlockOwners.Of(times, environments, datasets, resources);
                NoteOwners(signal, owners, now, news);
                NoteAttributes(signal, owners, block.Json(), block, now, news);
                return;
            }
            else
                block.Skip(type);
        }
    }

    private void NoteOwners(Signal signal, BlockOwners owners, long now, HashSet<ColumnFact> news)
    {
        foreach (var owner in owners.Owners)
        {
            var itself = new ColumnFact(signal, owner.Day, owner.Environment, owner.Dataset, "", ColumnKind.None, false);
            if (!_known.TryGetValue(itself, out var noted) || now - noted >= Freshness.TotalSeconds)
                news.Add(itself);
        }
        foreach (var (index, resource) in owners.Resources)
        {
            foreach (var (key, kind) in ResourceKeys.Of(resource))
                Add(news, new ColumnFact(signal, owners.Owners[index].Day, owners.Owners[index].Environment, owners.Owners[index].Dataset, key, kind, true));
        }
    }

    private void NoteAttributes(Signal signal, BlockOwners owners, List<NativeJsonPath> paths, NativeBlock block, long now, HashSet<ColumnFact> news)
    {
        ColumnFact Fact(BlockOwner owner, NativeJsonPath path, int type) =>
            new(signal, owner.Day, owner.Environment, owner.Dataset, path.Key, KindOf(path.Types[type]), false);
        if (owners.Owners.Count == 1)
        {
            foreach (var path in paths)
            {
                for (var type = 0; type < path.Types.Count; type++)
                    Add(news, Fact(owners.Owners[0], path, type));
            }
            return;
        }
        // Whose of several a key is takes a look at the rows: at once when nobody is known to have the key, else once a second.
        var isNew = false;
        var isOpen = false;
        foreach (var path in paths)
        {
            for (var type = 0; type < path.Types.Count; type++)
            {
                var known = 0;
                foreach (var owner in owners.Owners)
                    known += _known.ContainsKey(Fact(owner, path, type)) ? 1 : 0;
                isNew |= known == 0;
                isOpen |= known < owners.Owners.Count;
            }
        }
        if (!isNew && !(isOpen && now >= Interlocked.Read(ref _nextWalk)))
            return;
        Interlocked.Exchange(ref _nextWalk, now + 1);
        foreach (var path in paths)
        {
            var kinds = block.Kinds(path);
            var seen = new bool[owners.Owners.Count, path.Types.Count + 1];
            var left = owners.Owners.Count * path.Types.Count;
            for (var row = 0; row < kinds.Length && left > 0; row++)
            {
                ref var known = ref seen[owners.OfRow(row), kinds[row]];
                if (known || kinds[row] == path.Types.Count)
                    continue;
                known = true;
                left--;
                Add(news, Fact(owners.Owners[owners.OfRow(row)], path, kinds[row]));
            }
        }
    }

    private void Add(HashSet<ColumnFact> news, ColumnFact fact)
    {
        if (!_known.ContainsKey(fact))
            news.Add(fact);
    }

    private static ColumnKind KindOf(string type) => type switch
    {
        "Int64" => ColumnKind.Integer,
        "Float64" => ColumnKind.Float,
        "Bool" => ColumnKind.Boolean,
        _ => ColumnKind.String,
    };

    private async Task WriteAsync(HashSet<ColumnFact> facts, long now, CancellationToken cancellationToken)
    {
        foreach (var some in facts.Chunk(5_000))
        {
            await engine.ExecuteAsync(
                """
                INSERT INTO column_keys
                SELECT toDate(day), environment, signal, dataset, key, type, resource, toDateTime(seen, 'UTC')
                FROM format(JSONEachRow, 'day UInt16, environment String, signal String, dataset String, key String, type String, resource UInt8, seen UInt32', {rows:String})
                """,
                [EngineParameter.Text("rows", Rows(some, now))],
                cancellationToken);
        }
    }

    private static string Rows(ColumnFact[] facts, long now)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true }))
        {
            foreach (var fact in facts)
            {
                json.WriteStartObject();
                json.WriteNumber("day", fact.Day);
                json.WriteString("environment", fact.Environment);
                json.WriteString("signal", SignalTable.Name(fact.Signal));
                json.WriteString("dataset", fact.Dataset);
                json.WriteString("key", fact.Key);
                json.WriteString("type", fact.Kind switch { ColumnKind.None => "", _ => fact.Kind.ToString().ToLowerInvariant() });
                json.WriteNumber("resource", fact.OnResource ? 1 : 0);
                json.WriteNumber("seen", now);
                json.WriteEndObject();
                json.Flush();
                output.WriteByte((byte)'\n');
                json.Reset();
            }
        }
        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
    }
}

internal enum ColumnKind : byte
{
    /// <summary>The dataset itself.</summary>
    None,
    String,
    Integer,
    Float,
    Boolean,
}

/// <param name="Day">Days since 1970, UTC.</param>
/// <param name="Key">Empty: the dataset itself.</param>
internal readonly record struct ColumnFact(
    Signal Signal, int Day, string Environment, string Dataset, string Key, ColumnKind Kind, bool OnResource);
