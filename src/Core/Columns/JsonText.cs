using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Weir.Core.Columns;

/// <summary>
/// Writes JSON text in pieces to a buffer, without structural checks and without allocations. The text is minimal: only characters
/// that JSON requires to be escaped are escaped. Bytes that are not UTF-8 become U+FFFD.
/// </summary>
public static class JsonText
{
    private static readonly SearchValues<byte> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    public static void AppendString(ByteBuffer output, ReadOnlySpan<byte> utf8)
    {
        output.AppendByte((byte)'"');
        if (utf8.IndexOfAny(Escaped) < 0 && Utf8.IsValid(utf8))
            output.Append(utf8);
        else
            AppendEscaped(output, utf8);
        output.AppendByte((byte)'"');
    }

    public static void AppendString(ByteBuffer output, string text)
    {
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = ArrayPool<byte>.Shared.Rent(size);
        AppendString(output, rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented)));
        ArrayPool<byte>.Shared.Return(rented);
    }

    public static void AppendNumber(ByteBuffer output, long value)
    {
        value.TryFormat(output.GetSpan(20), out var written);
        output.Advance(written);
    }

    public static void AppendNumber(ByteBuffer output, ulong value)
    {
        value.TryFormat(output.GetSpan(20), out var written);
        output.Advance(written);
    }

    /// <summary>The shortest text that parses to the same number; "NaN", "Infinity" and "-Infinity" as strings, because JSON has no numbers for them.</summary>
    public static void AppendNumber(ByteBuffer output, double value)
    {
        if (!double.IsFinite(value))
        {
            output.Append(double.IsNaN(value) ? "\"NaN\""u8 : value > 0 ? "\"Infinity\""u8 : "\"-Infinity\""u8);
            return;
        }
        value.TryFormat(output.GetSpan(32), out var written);
        output.Advance(written);
    }

    public static void AppendBool(ByteBuffer output, bool value) => output.Append(value ? "true"u8 : "false"u8);

    /// <summary>Lower-case hex digits in quotes.</summary>
    public static void AppendHex(ByteBuffer output, ReadOnlySpan<byte> bytes)
    {
        output.AppendByte((byte)'"');
        Convert.TryToHexStringLower(bytes, output.Reserve(bytes.Length * 2), out _);
        output.AppendByte((byte)'"');
    }

    /// <summary>Base64 without quotes.</summary>
    public static void AppendBase64(ByteBuffer output, ReadOnlySpan<byte> bytes) =>
        Base64.EncodeToUtf8(bytes, output.Reserve(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out _);

    private static void AppendEscaped(ByteBuffer output, ReadOnlySpan<byte> utf8)
    {
        while (!utf8.IsEmpty)
        {
            if (utf8[0] < 0x80)
            {
                AppendEscaped(output, utf8[0]);
                utf8 = utf8[1..];
                continue;
            }
            var status = Rune.DecodeFromUtf8(utf8, out _, out var consumed);
            output.Append(status == OperationStatus.Done ? utf8[..consumed] : "\uFFFD"u8);
            utf8 = utf8[consumed..];
        }
    }

    private static void AppendEscaped(ByteBuffer output, byte ascii)
    {
        switch (ascii)
        {
            case (byte)'"' or (byte)'\\':
                output.AppendByte((byte)'\\');
                output.AppendByte(ascii);
                break;
            case (byte)'\n':
                output.Append("\\n"u8);
                break;
            case (byte)'\r':
                output.Append("\\r"u8);
                break;
            case (byte)'\t':
                output.Append("\\t"u8);
                break;
            case < 0x20:
                output.Append("\\u00"u8);
                Convert.TryToHexStringLower([ascii], output.Reserve(2), out _);
                break;
            default:
                output.AppendByte(ascii);
                break;
        }
    }
}
