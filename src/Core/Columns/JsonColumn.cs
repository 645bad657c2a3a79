using System.Runtime.CompilerServices;
using System.Text;

namespace Weir.Core.Columns;

/// <summary>
/// A ClickHouse JSON column, written columnar: every attribute key is a path with its own values, each value with its type kept.
/// Dots in a key are levels of the path, as ClickHouse reads them. The first value a row gives for a key wins, so append in order of
/// precedence. Empty keys are not stored.
/// </summary>
public sealed class JsonColumn(string name, string type) : Column(name, type)
{
    // The "flattened" form of Native, which writers can produce without knowing the engine's internals:
    //   UInt64 3; varint paths; path names; per path the prefix of a flattened Dynamic (UInt64 3; varint types; type names);
    //   then per path a UInt8 a row (number of the type, or the count of types for null) and the values type by type.
    private const ulong FlattenedVersion = 3;

    private readonly BytesDictionary _names = new();
    private readonly List<JsonPath> _paths = [];
    private int _row;
    private int _next;

    public override int Count => _row;

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

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> utf8) => Path(key)?.AppendString(utf8);

    public void Add(ReadOnlySpan<byte> key, string text)
    {
        var path = Path(key);
        if (path is null)
            return;
        var size = Encoding.UTF8.GetByteCount(text);
        var utf8 = size <= 512 ? stackalloc byte[size] : new byte[size];
        Encoding.UTF8.GetBytes(text, utf8);
        path.AppendString(utf8);
    }

    public void Add(ReadOnlySpan<byte> key, long value) => Path(key)?.AppendInt64(value);

    public void Add(ReadOnlySpan<byte> key, double value) => Path(key)?.AppendFloat64(value);

    public void Add(ReadOnlySpan<byte> key, bool value) => Path(key)?.AppendBool(value);

    /// <summary>True when the row that is being written has a value for the key.</summary>
    public bool Has(ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < _names.Count; i++)
        {
            if (_names.Is(i, key))
                return _paths[i].Rows > _row;
        }
        return false;
    }

    /// <summary>Where the value goes, or null when the key is empty or the row has a value for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private JsonPath? Path(ReadOnlySpan<byte> key)
    {
        // Rows of one instrumentation list the same keys in the same order: guess the key after the last one first.
        var index = _next;
        if (!_names.Is(index, key))
        {
            if (key.IsEmpty)
                return null;
            index = _names.GetOrAdd(key);
            if (index == _paths.Count)
                _paths.Add(new JsonPath());
        }
        _next = index + 1;
        var path = _paths[index];
        return path.BeginRow(_row) ? path : null;
    }

    internal override void PadTo(int rows)
    {
        _row = Math.Max(_row, rows);
        _next = 0;
    }

    internal override void TruncateTo(int rows)
    {
        for (var i = 0; i < _names.Count; i++)
            _paths[i].TruncateTo(rows);
        _row = rows;
        _next = 0;
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
        // Paths keep their memory for the next block, but a flood of one-off keys must not be kept for ever.
        if (_paths.Count > 1024)
            _paths.RemoveRange(1024, _paths.Count - 1024);
        foreach (var path in _paths)
            path.Clear();
        _names.Clear();
        _row = 0;
        _next = 0;
    }
}
