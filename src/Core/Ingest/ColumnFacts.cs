using System.Text;
using System.Text.Json;
using Weir.Core.Columns;
using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>
/// Which columns the rows of blocks have, by dataset and day, each fact once; written to the journal for the column directory. The cost is per
/// block and not per row when the rows of a block have one dataset and day, which is usual for the rows of a request. Keeps its
/// memory between uses; not thread-safe.
/// </summary>
internal sealed class ColumnFacts
{
    // A fact is: u8 signal, u16 day, string environment, string dataset, u8 kind and 0x80 when on the resource, string key.
    private const byte OnResource = 0x80;
    private const long NanosecondsADay = 86_400_000_000_000;

    /// <summary>Number of facts above which the memory is not kept for the next use.</summary>
    private const int MostKept = 20_000;

    private readonly ByteBuffer _prefix = new();
    private readonly ByteBuffer _fact = new();
    private readonly List<Owner> _owners = [];
    private readonly Dictionary<Owner, int> _numbers = [];
    private readonly HashSet<(int Owner, int Resource)> _pairs = [];
    private readonly List<string?> _named = [];
    private BytesDictionary _facts = new();
    private BytesDictionary _resources = new();
    private int[] _ofRow = [];
    private int[] _seen = [];

    /// <summary>The dataset of the rows. A negative dataset is the complement of a resource's number, which contains the name.</summary>
    private readonly record struct Owner(int Day, int Environment, int Dataset);

    public int Count => _facts.Count;

    /// <summary>The facts one after another, in the form that <see cref="Read"/> reads.</summary>
    public ReadOnlyMemory<byte> Written(int from) => _facts.WrittenFrom(from);

    /// <summary>The day of a time, as in the table's partitions; times that no partition's date can hold become the first or last day.</summary>
    public static int Day(long unixNanoseconds) => (int)Math.Clamp(Math.DivRem(unixNanoseconds, NanosecondsADay).Quotient, 0, ushort.MaxValue);

    public static string TimeColumn(Signal signal) => signal == Signal.Spans ? "start_time" : "time";

    /// <summary>Adds the columns of the block's rows. Blocks without a column that the directory needs are skipped.</summary>
    public void Add(Block block)
    {
        if (block.Rows == 0
            || block.Find<FixedColumn<long>>(TimeColumn(block.Signal)) is not { } times
            || block.Find<LowCardinalityColumn>("environment") is not { } environments
            || block.Find<LowCardinalityColumn>(block.Signal == Signal.Events ? "dataset" : "service") is not { } datasets
            || block.Find<LowCardinalityColumn>("resource") is not { } resources
            || block.Find<JsonColumn>("attributes") is not { } attributes)
            return;
        FindOwners(times.Values, environments, datasets, resources);
        for (var owner = 0; owner < _owners.Count; owner++)
        {
            Begin(block.Signal, owner, environments, datasets);
            Emit(ColumnKind.None, false, []);
        }
        foreach (var (owner, resource) in _pairs)
        {
            Begin(block.Signal, owner, environments, datasets);
            AddResource(resources.Key(resource));
        }
        for (var path = 0; path < attributes.Paths; path++)
            AddPath(block.Signal, attributes, path, environments, datasets);
    }

    public void AddAll(ColumnFacts other)
    {
        for (var i = 0; i < other._facts.Count; i++)
            _facts.GetOrAdd(other._facts[i]);
    }

    public void Clear()
    {
        if (_facts.Count > MostKept || _resources.Bytes > MostKept * 100)
            (_facts, _resources) = (new BytesDictionary(), new BytesDictionary());
        _facts.Clear();
        _resources.Clear();
    }

    /// <summary>Reads facts; throws <see cref="InvalidDataException"/> when they are invalid.</summary>
    public static void Read(ReadOnlySpan<byte> facts, ISet<ColumnFact> into)
    {
        var reader = new NativeReader(facts);
        while (!reader.AtEnd)
        {
            var head = reader.Take(3);
            var (signal, day) = ((Signal)head[0], head[1] | (head[2] << 8));
            var (environment, dataset) = (reader.Text(), reader.Text());
            var kind = reader.Take(1)[0];
            into.Add(new ColumnFact(signal, day, environment, dataset, reader.Text(), (ColumnKind)(kind & ~OnResource), (kind & OnResource) != 0));
        }
    }

    private void FindOwners(ReadOnlySpan<long> times, LowCardinalityColumn environments, LowCardinalityColumn datasets, LowCardinalityColumn resources)
    {
        _owners.Clear();
        _numbers.Clear();
        _pairs.Clear();
        _named.Clear();
        for (var i = 0; i < resources.Keys; i++)
            _named.Add(DatasetOf(resources.Key(i)));
        if (_ofRow.Length < times.Length || _ofRow.Length > times.Length * 16L + 65_536)
            _ofRow = new int[times.Length];
        var environment = environments.Indexes;
        var dataset = datasets.Indexes;
        var resource = resources.Indexes;
        var last = new Owner(-1, -1, -1);
        var lastPair = (-1, -1);
        var (number, dayFrom, dayTo, day) = (-1, 0L, 0L, 0);
        for (var row = 0; row < times.Length; row++)
        {
            if (times[row] < dayFrom || times[row] >= dayTo)
            {
                day = Day(times[row]);
                dayFrom = day * NanosecondsADay;
                dayTo = day == ushort.MaxValue ? long.MaxValue : dayFrom + NanosecondsADay;
            }
            var owner = new Owner(day, environment[row], _named[resource[row]] is null ? dataset[row] : ~resource[row]);
            if (owner != last)
            {
                last = owner;
                if (!_numbers.TryGetValue(owner, out number))
                {
                    number = _numbers[owner] = _owners.Count;
                    _owners.Add(owner);
                }
            }
            _ofRow[row] = number;
            var pair = (number, resource[row]);
            if (pair != lastPair)
                _pairs.Add(lastPair = pair);
        }
    }

    private void Begin(Signal signal, int owner, LowCardinalityColumn environments, LowCardinalityColumn datasets)
    {
        var of = _owners[owner];
        _prefix.Clear();
        _prefix.AppendByte((byte)signal);
        _prefix.AppendFixed((ushort)of.Day);
        _prefix.AppendString(environments.Key(of.Environment));
        if (of.Dataset >= 0)
            _prefix.AppendString(datasets.Key(of.Dataset));
        else
            _prefix.AppendString(Encoding.UTF8.GetBytes(_named[~of.Dataset]!));
    }

    private ReadOnlySpan<byte> Fact(ColumnKind kind, bool onResource, ReadOnlySpan<byte> key)
    {
        _fact.Clear();
        _fact.Append(_prefix.Written);
        _fact.AppendByte((byte)((byte)kind | (onResource ? OnResource : 0)));
        _fact.AppendString(key);
        return _fact.Written;
    }

    private void Emit(ColumnKind kind, bool onResource, ReadOnlySpan<byte> key) => _facts.GetOrAdd(Fact(kind, onResource, key));

    private void AddPath(Signal signal, JsonColumn attributes, int path, LowCardinalityColumn environments, LowCardinalityColumn datasets)
    {
        var kinds = attributes.KindsOf(path);
        var key = attributes.Key(path);
        if (_owners.Count == 1)
        {
            Begin(signal, 0, environments, datasets);
            for (var kind = 0; kind < JsonPath.Kinds; kind++)
            {
                if ((kinds & (1 << kind)) != 0)
                    Emit(Kind(kind), false, key);
            }
            return;
        }
        // With several datasets the rows are checked to find those that have the key, until all are known to have it.
        if (_seen.Length < _owners.Count)
            _seen = new int[_owners.Count * 2];
        Array.Clear(_seen);
        var left = _owners.Count;
        var rows = attributes.Kinds(path);
        for (var row = 0; row < rows.Length && left > 0; row++)
        {
            var kind = rows[row];
            if (kind == JsonPath.None)
                continue;
            ref var seen = ref _seen[_ofRow[row]];
            if ((seen & (1 << kind)) != 0)
                continue;
            seen |= 1 << kind;
            left -= seen == kinds ? 1 : 0;
            Begin(signal, _ofRow[row], environments, datasets);
            Emit(Kind(kind), false, key);
        }
    }

    private static ColumnKind Kind(int kind) => kind switch
    {
        JsonPath.Int64 => ColumnKind.Integer,
        JsonPath.Float64 => ColumnKind.Float,
        JsonPath.Bool => ColumnKind.Boolean,
        _ => ColumnKind.String,
    };

    /// <summary>The keys of a resource, which is JSON text with one flat object. Other text has no keys.</summary>
    private void AddResource(ReadOnlySpan<byte> resource)
    {
        if (resource.IsEmpty)
            return;
        _fact.Clear();
        _fact.Append(_prefix.Written);
        _fact.Append(resource);
        var known = _resources.Count;
        if (_resources.GetOrAdd(_fact.Written) < known)
            return;
        var reader = new Utf8JsonReader(resource);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString() ?? "") : reader.ValueSpan;
                reader.Read();
                if (!key.IsEmpty && KindOf(reader) is { } kind)
                    Emit(kind, true, key);
                reader.Skip();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The keys that were read so far are kept.
        }
    }

    private static ColumnKind? KindOf(in Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.TryGetInt64(out _) ? ColumnKind.Integer : ColumnKind.Float,
        JsonTokenType.True or JsonTokenType.False => ColumnKind.Boolean,
        JsonTokenType.Null => null,
        _ => ColumnKind.String,
    };

    private static readonly byte[] QuotedHeaderKey = Encoding.UTF8.GetBytes($"\"{ColumnFact.DatasetHeaderKey}\"");

    /// <summary>The dataset header of the sender; null when there was none.</summary>
    private static string? DatasetOf(ReadOnlySpan<byte> resource)
    {
        if (resource.IndexOf(QuotedHeaderKey) < 0)
            return null;
        var reader = new Utf8JsonReader(resource);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isName = reader.ValueTextEquals(ColumnFact.DatasetHeaderKey);
                reader.Read();
                if (isName)
                    return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not a resource that Weir wrote.
        }
        return null;
    }
}
