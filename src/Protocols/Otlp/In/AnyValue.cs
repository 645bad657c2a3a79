using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp.In;

internal enum AnyValueKind
{
    /// <summary>No value, or one of a kind we don't know: not stored.</summary>
    None,
    String,
    Bool,
    Int,
    Double,
    Array,
    KeyValueList,
    Bytes,
}

/// <summary>An AnyValue message, opened but not copied.</summary>
internal readonly ref struct AnyValue(AnyValueKind kind, ReadOnlySpan<byte> bytes, ulong number)
{
    public AnyValueKind Kind { get; } = kind;

    /// <summary>The text, the bytes, or the message of an array or list.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public long Int => (long)number;

    public double Double => BitConverter.UInt64BitsToDouble(number);

    public bool Bool => number != 0;

    /// <summary>False when the bytes are not a message.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out AnyValue value)
    {
        var kind = AnyValueKind.None;
        ReadOnlySpan<byte> bytes = default;
        ulong number = 0;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case Fields.AnyValue.String:
                    kind = AnyValueKind.String;
                    bytes = reader.Bytes();
                    break;
                case Fields.AnyValue.Int:
                    kind = AnyValueKind.Int;
                    number = reader.Varint();
                    break;
                case Fields.AnyValue.Bool:
                    kind = AnyValueKind.Bool;
                    number = reader.Varint();
                    break;
                case Fields.AnyValue.Double:
                    kind = AnyValueKind.Double;
                    number = reader.Fixed64();
                    break;
                case Fields.AnyValue.Array:
                    kind = AnyValueKind.Array;
                    bytes = reader.Bytes();
                    break;
                case Fields.AnyValue.KeyValueList:
                    kind = AnyValueKind.KeyValueList;
                    bytes = reader.Bytes();
                    break;
                case Fields.AnyValue.Bytes:
                    kind = AnyValueKind.Bytes;
                    bytes = reader.Bytes();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        value = new AnyValue(kind, bytes, number);
        return !reader.Failed;
    }
}
