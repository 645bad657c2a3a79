using System.Runtime.CompilerServices;
using System.Text;
using Weir.Core.Model;

namespace Weir.Core.Columns;

/// <summary>
/// A ClickHouse JSON column, written by columns: every attribute key is a path with its own values, and each value keeps its type.
/// Dots in a key are levels of the path, as in ClickHouse. The first value of a row for a key is kept, so append in order of
/// precedence. Empty keys are not stored. The number of paths in a block is limited, because each costs a byte in every row; further
/// keys are stored as text, one JSON object per row under the key <c>meta.more_attributes</c>.
/// </summary>
public sealed class JsonColumn(string name, string type) : Column(name, type)
{
    // The "flattened" Native form, which can be written without knowledge of the engine's internals:
    //   UInt64 3; varint paths; path names; per path the prefix of a flattened Dynamic (UInt64 3; varint types; type names);
    //   then per path a UInt8 a row (number of the type, or the count of types for null) and the values type by type.
    private const ulong FlattenedVersion = 3;

    /// <summary>Number of paths that every block may have, for any number of rows.</summary>
    private const int AlwaysPaths = 128;

    private const int MostPaths = 1024;

    /// <summary>Limit of paths times rows; above it no path is added. This is the size in bytes of a block's type tables.</summary>
    private const int MostCells = 16 << 20;

    /// <summary>Maximum bytes of a row's text of further keys; the rest is left out and counted.</summary>
    private const int MostMoreBytes = 1 << 20;

    private readonly ByteBuffer _more = new();
    private readonly ByteBuffer _spill = new();
    private readonly BytesDictionary _names = new();
    private readonly List<JsonPath> _paths = [];
    private int _row;
    private int _next;

    /// <summary>Values whose key was longer than <see cref="IngestLimits.MostKeyBytes"/> and was truncated.</summary>
    internal int CutKeys { get; private set; }

    public override int Count => _row;

    /// <summary>Distinct keys.</summary>
    internal int Paths => _names.Count;

    internal override long Bytes
    {
        get
        {
            var bytes = _names.Bytes;
            for (var i = 0; i < _names.Count; i++)
                bytes += _paths[i].Bytes;
            return bytes;
        }
    }

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> utf8)
    {
        if (Path(key, out var isMore) is { } path)
            path.AppendString(utf8);
        else if (isMore)
            JsonText.AppendString(More(key), utf8);
    }

    public void Add(ReadOnlySpan<byte> key, string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        var utf8 = size <= 512 ? stackalloc byte[size] : new byte[size];
        Encoding.UTF8.GetBytes(text, utf8);
        Add(key, utf8);
    }

    public void Add(ReadOnlySpan<byte> key, long value)
    {
        if (Path(key, out var isMore) is { } path)
            path.AppendInt64(value);
        else if (isMore)
            JsonText.AppendNumber(More(key), value);
    }

    /// <summary>NaN and the infinities are stored as the texts "NaN", "Infinity" and "-Infinity"; as numbers they would make every sum NaN or infinite.</summary>
    public void Add(ReadOnlySpan<byte> key, double value)
    {
        if (!double.IsFinite(value))
            Add(key, double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8);
        else if (Path(key, out var isMore) is { } path)
            path.AppendFloat64(value);
        else if (isMore)
            JsonText.AppendNumber(More(key), value);
    }

    public void Add(ReadOnlySpan<byte> key, bool value)
    {
        if (Path(key, out var isMore) is { } path)
            path.AppendBool(value);
        else if (isMore)
            JsonText.AppendBool(More(key), value);
    }

    /// <summary>True when the current row has a value for the key.</summary>
    public bool Has(ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < _names.Count; i++)
        {
            if (_names.Is(i, key))
                return _paths[i].Rows > _row;
        }
        return false;
    }

    /// <summary>
    /// Adds the attributes of the last finished row of <paramref name="from"/> under the same keys; attributes with an
    /// <paramref name="alias"/> are also added under the alias.
    /// </summary>
    public void AddLastRowOf(JsonColumn from, KeyAlias alias)
    {
        Copy(from, static key => key);
        Copy(from, alias);
    }

    private void Copy(JsonColumn from, KeyAlias name)
    {
        for (var i = 0; i < from._names.Count; i++)
        {
            var values = from._paths[i];
            if (!values.EndsWith(from._row - 1))
                continue;
            var key = name(from._names[i]);
            if (Path(key, out var isMore) is { } path)
                values.CopyLastTo(path);
            else if (isMore)
                values.AppendLastTo(More(key));
        }
    }

    /// <summary>
    /// The path for the value; null when the key is empty, when the row already has a value for it, or (<paramref name="isMore"/>) when there are too many
    /// keys.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private JsonPath? Path(ReadOnlySpan<byte> key, out bool isMore)
    {
        isMore = false;
        // Rows of one instrumentation list the same keys in the same order, so try the key after the last one first.
        var index = _next;
        if (!_names.Is(index, key))
        {
            if (key.IsEmpty)
                return null;
            if (key.Length > IngestLimits.MostKeyBytes)
            {
                key = Utf8Text.Cut(key, IngestLimits.MostKeyBytes);
                CutKeys++;
            }
            index = _names.GetOrAdd(key, _names.Count < AlwaysPaths ? int.MaxValue : Math.Clamp(MostCells / (_row + 1), AlwaysPaths, MostPaths));
            if (index < 0)
            {
                isMore = true;
                return null;
            }
            if (index == _paths.Count)
                _paths.Add(new JsonPath());
        }
        _next = index + 1;
        var path = _paths[index];
        return path.BeginRow(_row) ? path : null;
    }

    /// <summary>The row's text of further attributes, with the key written.</summary>
    private ByteBuffer More(ReadOnlySpan<byte> key)
    {
        if (_more.Length > MostMoreBytes)
        {
            CutKeys++;
            _spill.Clear();
            return _spill;
        }
        _more.AppendByte((byte)(_more.Length == 0 ? '{' : ','));
        JsonText.AppendString(_more, Utf8Text.Cut(key, IngestLimits.MostKeyBytes));
        _more.AppendByte((byte)':');
        return _more;
    }

    private void EndMore()
    {
        _more.AppendByte((byte)'}');
        var index = _names.GetOrAdd("meta.more_attributes"u8);
        if (index == _paths.Count)
            _paths.Add(new JsonPath());
        if (_paths[index].BeginRow(_row))
            _paths[index].AppendString(_more.Written);
        _more.Clear();
    }

    internal override void PadTo(int rows)
    {
        if (_more.Length > 0)
            EndMore();
        _row = Math.Max(_row, rows);
        _next = 0;
    }

    internal override void TruncateTo(int rows)
    {
        for (var i = 0; i < _names.Count; i++)
            _paths[i].TruncateTo(rows);
        _row = rows;
        _next = 0;
        _more.Clear();
    }

    internal override void AppendAll(Column other)
    {
        var from = (JsonColumn)other;
        for (var i = 0; i < from._names.Count; i++)
        {
            var index = _names.GetOrAdd(from._names[i]);
            if (index == _paths.Count)
                _paths.Add(new JsonPath());
            _paths[index].AppendAll(from._paths[i], _row);
        }
        _row += from._row;
    }

    internal override void AppendNative(ref NativeReader reader, RowSelection rows)
    {
        if (reader.UInt64() != FlattenedVersion)
            throw new InvalidDataException("a block has attributes in an unknown form");
        var keys = new (int Start, int Length)[reader.Length()];
        var start = reader.Position;
        for (var i = 0; i < keys.Length; i++)
        {
            var key = reader.String();
            keys[i] = (reader.Position - start - key.Length, key.Length);
        }
        var names = reader.Since(start);
        // Types of a path as numbers of JsonPath's kinds, four bits each, starting with the lowest bits.
        var types = new uint[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            reader.Take(sizeof(ulong));
            types[i] = JsonPath.ReadTypes(ref reader);
        }
        for (var i = 0; i < keys.Length; i++)
        {
            var path = new NativePath(ref reader, types[i], rows.Count);
            if (!path.HasAny(rows))
                continue;
            var index = _names.GetOrAdd(names.Slice(keys[i].Start, keys[i].Length));
            if (index == _paths.Count)
                _paths.Add(new JsonPath());
            _paths[index].AppendNative(path, rows, _row);
        }
        _row += rows.Kept;
    }

    internal ReadOnlySpan<byte> Key(int path) => _names[path];

    /// <summary>For each row up to the last one with a value: the number of the value's kind, or 255.</summary>
    internal ReadOnlySpan<byte> Kinds(int path) => _paths[path].KindOfRows;

    /// <summary>Bit set of the kinds of the path's values.</summary>
    internal int KindsOf(int path) => _paths[path].KindsUsed;

    internal override void WriteNative(ByteBuffer output)
    {
        output.AppendFixed(FlattenedVersion);
        output.AppendVarint((ulong)_names.Count);
        for (var i = 0; i < _names.Count; i++)
            output.AppendString(_names[i]);
        for (var i = 0; i < _names.Count; i++)
            _paths[i].WritePrefix(output);
        for (var i = 0; i < _names.Count; i++)
            _paths[i].WriteData(output, _row);
    }

    internal override void Clear()
    {
        // Paths keep their memory for the next block, but the memory of many keys that occur once must be released.
        if (_paths.Count > 1024)
            _paths.RemoveRange(1024, _paths.Count - 1024);
        foreach (var path in _paths)
            path.Clear();
        CutKeys = 0;
        _names.Clear();
        _more.Clear();
        _row = 0;
        _next = 0;
    }
}

/// <summary>An alias of an attribute key; empty when there is none.</summary>
public delegate ReadOnlySpan<byte> KeyAlias(ReadOnlySpan<byte> key);
