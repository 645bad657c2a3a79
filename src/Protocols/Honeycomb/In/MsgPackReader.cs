using System.Buffers.Binary;

namespace Weir.Protocols.Honeycomb.In;

internal enum MsgPackKind
{
    Nil,
    Bool,
    Int,
    /// <summary>Past the largest signed number.</summary>
    UInt,
    Float,
    String,
    Binary,
    Array,
    Map,
    Extension,
}

/// <summary>One value, or the header of an array or map that is followed by <see cref="Count"/> values or pairs.</summary>
internal readonly ref struct MsgPackToken
{
    public MsgPackKind Kind { get; init; }

    public bool Bool { get; init; }

    public long Int { get; init; }

    public double Float { get; init; }

    /// <summary>Of arrays: values; of maps: pairs.</summary>
    public int Count { get; init; }

    /// <summary>Of an extension.</summary>
    public sbyte Type { get; init; }

    /// <summary>For strings, binaries and extensions: a slice of the input.</summary>
    public ReadOnlySpan<byte> Bytes { get; init; }
}

/// <summary>Reads MessagePack, https://github.com/msgpack/msgpack/blob/master/spec.md . Bad bytes make <see cref="Failed"/> and end the reading.</summary>
internal ref struct MsgPackReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>As deep as the JSON reader goes.</summary>
    private const int Deepest = 64;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public bool Failed { get; private set; }

    public readonly bool IsAtEnd => Position >= _bytes.Length;

    public bool TryRead(out MsgPackToken token)
    {
        token = default;
        if (Failed || IsAtEnd)
            return Fail();
        var head = _bytes[Position++];
        switch (head)
        {
            case <= 0x7f:
                token = Int(head);
                return true;
            case <= 0x8f:
                return Container(MsgPackKind.Map, head & 0x0f, out token);
            case <= 0x9f:
                return Container(MsgPackKind.Array, head & 0x0f, out token);
            case <= 0xbf:
                return Run(MsgPackKind.String, head & 0x1f, out token);
            case 0xc0:
                token = new MsgPackToken { Kind = MsgPackKind.Nil };
                return true;
            case 0xc2 or 0xc3:
                token = new MsgPackToken { Kind = MsgPackKind.Bool, Bool = head == 0xc3 };
                return true;
            case 0xc4 or 0xc5 or 0xc6:
                return Length(1 << (head - 0xc4), out var binary) & Run(MsgPackKind.Binary, binary, out token);
            case 0xc7 or 0xc8 or 0xc9:
                return Length(1 << (head - 0xc7), out var extension) & Extension(extension, out token);
            case 0xca or 0xcb:
                return ReadFloat(head == 0xca ? 4 : 8, out token);
            case >= 0xcc and <= 0xcf:
                return ReadUnsigned(1 << (head - 0xcc), out token);
            case >= 0xd0 and <= 0xd3:
                return ReadSigned(1 << (head - 0xd0), out token);
            case >= 0xd4 and <= 0xd8:
                return Extension(1 << (head - 0xd4), out token);
            case >= 0xd9 and <= 0xdb:
                return Length(1 << (head - 0xd9), out var text) & Run(MsgPackKind.String, text, out token);
            case 0xdc or 0xdd:
                return Length(head == 0xdc ? 2 : 4, out var values) & Container(MsgPackKind.Array, values, out token);
            case 0xde or 0xdf:
                return Length(head == 0xde ? 2 : 4, out var pairs) & Container(MsgPackKind.Map, pairs, out token);
            case >= 0xe0:
                token = Int((sbyte)head);
                return true;
            default:
                // 0xc1 is never used.
                return Fail();
        }
    }

    /// <summary>Reads a complete value with its content; false when it is invalid or nested too deeply.</summary>
    public bool Skip()
    {
        Span<long> left = stackalloc long[Deepest];
        var depth = 0;
        while (true)
        {
            if (!TryRead(out var token))
                return false;
            if (token.Kind is MsgPackKind.Array or MsgPackKind.Map && token.Count > 0)
            {
                if (depth == Deepest)
                    return Fail();
                left[depth++] = token.Kind == MsgPackKind.Map ? token.Count * 2L : token.Count;
                continue;
            }
            while (depth > 0 && --left[depth - 1] == 0)
                depth--;
            if (depth == 0)
                return true;
        }
    }

    private bool Fail()
    {
        Failed = true;
        return false;
    }

    private static MsgPackToken Int(long value) => new() { Kind = MsgPackKind.Int, Int = value };

    /// <summary>Every value needs at least one byte, so a count alone can't cause a large allocation.</summary>
    private bool Container(MsgPackKind kind, int count, out MsgPackToken token)
    {
        token = new MsgPackToken { Kind = kind, Count = count };
        return (!Failed && (long)count * (kind == MsgPackKind.Map ? 2 : 1) <= _bytes.Length - Position) || Fail();
    }

    private bool Run(MsgPackKind kind, int length, out MsgPackToken token)
    {
        token = default;
        if (!Take(length, out var bytes))
            return false;
        token = new MsgPackToken { Kind = kind, Bytes = bytes };
        return true;
    }

    private bool Extension(int length, out MsgPackToken token)
    {
        token = default;
        if (!Take(1, out var type) || !Take(length, out var bytes))
            return false;
        token = new MsgPackToken { Kind = MsgPackKind.Extension, Type = (sbyte)type[0], Bytes = bytes };
        return true;
    }

    private bool ReadFloat(int size, out MsgPackToken token)
    {
        token = default;
        if (!Take(size, out var bytes))
            return false;
        token = new MsgPackToken
        {
            Kind = MsgPackKind.Float,
            Float = size == 4 ? BinaryPrimitives.ReadSingleBigEndian(bytes) : BinaryPrimitives.ReadDoubleBigEndian(bytes),
        };
        return true;
    }

    private bool ReadUnsigned(int size, out MsgPackToken token)
    {
        token = default;
        if (!Take(size, out var bytes))
            return false;
        var value = Unsigned(bytes);
        token = value <= long.MaxValue ? Int((long)value) : new MsgPackToken { Kind = MsgPackKind.UInt, Float = value };
        return true;
    }

    private bool ReadSigned(int size, out MsgPackToken token)
    {
        token = default;
        if (!Take(size, out var bytes))
            return false;
        var unused = 64 - (8 * size);
        token = Int((long)(Unsigned(bytes) << unused) >> unused);
        return true;
    }

    private bool Length(int size, out int length)
    {
        length = 0;
        if (!Take(size, out var bytes))
            return false;
        var value = Unsigned(bytes);
        length = (int)Math.Min(value, int.MaxValue);
        return true;
    }

    private bool Take(int length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (Failed || length > _bytes.Length - Position)
            return Fail();
        bytes = _bytes.Slice(Position, length);
        Position += length;
        return true;
    }

    private static ulong Unsigned(ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        foreach (var b in bytes)
            value = (value << 8) | b;
        return value;
    }
}
