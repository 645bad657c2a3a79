using Weir.Core.Columns;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.In;

/// <summary>Documents (or datagrams) that arrived together, one after another in one buffer.</summary>
internal sealed class DocumentBatch
{
    private readonly ByteBuffer _bytes = new();
    private readonly List<(int Start, int Length)> _documents = [];

    public int Count => _documents.Count;

    public long Bytes => _bytes.Length;

    public ReadOnlySpan<byte> this[int index] => _bytes.Written.Slice(_documents[index].Start, _documents[index].Length);

    public void Add(ReadOnlySpan<byte> document)
    {
        _documents.Add((_bytes.Length, document.Length));
        _bytes.Append(document);
    }

    /// <summary>Adds the text of a JSON string token (with its quotes).</summary>
    public void AddUnquoted(ReadOnlySpan<byte> token)
    {
        var start = _bytes.Length;
        var room = _bytes.Reserve(token.Length);
        var text = JsonTokens.Unquote(token, room);
        var length = text.Length;
        text.CopyTo(room);
        _bytes.Truncate(start + length);
        _documents.Add((start, length));
    }

    public void Clear()
    {
        _bytes.Clear();
        _documents.Clear();
    }
}
