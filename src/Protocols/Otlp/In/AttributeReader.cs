using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp.In;

/// <summary>
/// Reads KeyValue messages into a target: scalars keep their type, bytes become base64 text, arrays JSON text, and lists of keys and
/// values are flattened with dots, five levels deep, then JSON text. Empty keys and empty values are not stored. Holds scratch memory;
/// not thread-safe.
/// </summary>
internal sealed class AttributeReader
{
    private const int DeepestFlattened = 5;

    /// <summary>Protobuf's own limit on nesting.</summary>
    private const int Deepest = 100;

    private readonly ByteBuffer _key = new();
    private readonly ByteBuffer _text = new();
    private long _written;

    /// <summary>Bytes that attributes took beyond those of the messages they were in, since the last call.</summary>
    public long TakeWritten()
    {
        var written = _written;
        _written = 0;
        return written;
    }

    /// <summary>Splits a KeyValue message into its key and its AnyValue message; false when the bytes are not a message.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> keyValue, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        key = default;
        value = default;
        var reader = new ProtobufReader(keyValue);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case Fields.KeyValue.Key:
                    key = reader.Bytes();
                    break;
                case Fields.KeyValue.Value:
                    value = reader.Bytes();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return !reader.Failed;
    }

    /// <summary>Adds one attribute; false when the bytes are invalid.</summary>
    public bool Add<TTarget>(ReadOnlySpan<byte> keyValue, ref TTarget target)
        where TTarget : struct, IAttributeTarget
        => TryOpen(keyValue, out var key, out var value) && Add(key, value, ref target);

    /// <summary>Adds one opened attribute; false when the bytes are invalid.</summary>
    public bool Add<TTarget>(ReadOnlySpan<byte> key, ReadOnlySpan<byte> anyValue, ref TTarget target)
        where TTarget : struct, IAttributeTarget
    {
        if (!AnyValue.TryRead(anyValue, out var value))
            return false;
        if (key.IsEmpty)
            return true;
        if (value.Kind == AnyValueKind.None || AddScalar(key, value, ref target))
            return true;
        _key.Clear();
        _key.Append(key);
        return AddComposite(value, ref target, 0);
    }

    private static bool AddScalar<TTarget>(ReadOnlySpan<byte> key, AnyValue value, ref TTarget target)
        where TTarget : struct, IAttributeTarget
    {
        switch (value.Kind)
        {
            case AnyValueKind.String:
                target.Add(key, value.Bytes);
                return true;
            case AnyValueKind.Int:
                target.Add(key, value.Int);
                return true;
            case AnyValueKind.Double:
                target.Add(key, value.Double);
                return true;
            case AnyValueKind.Bool:
                target.Add(key, value.Bool);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Adds a value that is not a scalar under the key in <see cref="_key"/>.</summary>
    private bool AddComposite<TTarget>(AnyValue value, ref TTarget target, int depth)
        where TTarget : struct, IAttributeTarget
    {
        if (value.Kind == AnyValueKind.KeyValueList && depth < DeepestFlattened)
            return Flatten(value.Bytes, ref target, depth);
        _text.Clear();
        if (value.Kind == AnyValueKind.Bytes)
            JsonText.AppendBase64(_text, value.Bytes);
        else if (!TryAppendJson(value, _text, 0))
            return false;
        _written += _text.Length;
        target.Add(_key.Written, _text.Written);
        return true;
    }

    private bool Flatten<TTarget>(ReadOnlySpan<byte> list, ref TTarget target, int depth)
        where TTarget : struct, IAttributeTarget
    {
        var prefix = _key.Length;
        var reader = new ProtobufReader(list);
        while (reader.Next())
        {
            if (reader.Tag != Fields.List.Values)
            {
                reader.Skip();
                continue;
            }
            if (!TryOpen(reader.Bytes(), out var key, out var anyValue) || !AnyValue.TryRead(anyValue, out var value))
                return false;
            if (key.IsEmpty || value.Kind == AnyValueKind.None)
                continue;
            _key.Truncate(prefix);
            _key.AppendByte((byte)'.');
            _key.Append(key);
            // Past the limit of a key the values would all have the same one.
            _written += Math.Min(_key.Length, IngestLimits.MostKeyBytes);
            if (!target.HasRoom)
                return false;
            if (!AddScalar(_key.Written, value, ref target) && !AddComposite(value, ref target, depth + 1))
                return false;
        }
        _key.Truncate(prefix);
        return !reader.Failed;
    }

    /// <summary>Appends a value as JSON text; bytes as base64, no value as null. False for bad bytes and for nesting past 100.</summary>
    public static bool TryAppendJson(AnyValue value, ByteBuffer output, int depth)
    {
        if (depth > Deepest || output.Length > RequestBudget.MostTextBytes)
            return false;
        switch (value.Kind)
        {
            case AnyValueKind.String:
                JsonText.AppendString(output, Utf8Text.Cut(value.Bytes, RequestBudget.MostTextBytes));
                return true;
            case AnyValueKind.Int:
                JsonText.AppendNumber(output, value.Int);
                return true;
            case AnyValueKind.Double:
                JsonText.AppendNumber(output, value.Double);
                return true;
            case AnyValueKind.Bool:
                JsonText.AppendBool(output, value.Bool);
                return true;
            case AnyValueKind.Bytes:
                output.AppendByte((byte)'"');
                JsonText.AppendBase64(output, value.Bytes);
                output.AppendByte((byte)'"');
                return true;
            case AnyValueKind.Array:
                return TryAppendArray(value.Bytes, output, depth);
            case AnyValueKind.KeyValueList:
                return TryAppendObject(value.Bytes, output, depth);
            default:
                output.Append("null"u8);
                return true;
        }
    }

    private static bool TryAppendArray(ReadOnlySpan<byte> list, ByteBuffer output, int depth)
    {
        output.AppendByte((byte)'[');
        var any = false;
        var reader = new ProtobufReader(list);
        while (reader.Next())
        {
            if (reader.Tag != Fields.List.Values)
            {
                reader.Skip();
                continue;
            }
            if (any)
                output.AppendByte((byte)',');
            any = true;
            if (!AnyValue.TryRead(reader.Bytes(), out var value) || !TryAppendJson(value, output, depth + 1))
                return false;
        }
        output.AppendByte((byte)']');
        return !reader.Failed;
    }

    private static bool TryAppendObject(ReadOnlySpan<byte> list, ByteBuffer output, int depth)
    {
        output.AppendByte((byte)'{');
        var any = false;
        var reader = new ProtobufReader(list);
        while (reader.Next())
        {
            if (reader.Tag != Fields.List.Values)
            {
                reader.Skip();
                continue;
            }
            if (!TryOpen(reader.Bytes(), out var key, out var anyValue) || !AnyValue.TryRead(anyValue, out var value))
                return false;
            if (key.IsEmpty)
                continue;
            if (any)
                output.AppendByte((byte)',');
            any = true;
            JsonText.AppendString(output, key);
            output.AppendByte((byte)':');
            if (!TryAppendJson(value, output, depth + 1))
                return false;
        }
        output.AppendByte((byte)'}');
        return !reader.Failed;
    }
}
