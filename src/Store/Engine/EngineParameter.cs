using System.Buffers;
using System.Globalization;
using System.Text;

namespace Weir.Store.Engine;

/// <summary>
/// A value for a <c>{name:Type}</c> placeholder. The engine parses the value as that type; it never becomes SQL text.
/// Both engines expect the escaped form of the TSV format, which the factories write, so any bytes survive unchanged.
/// </summary>
public readonly struct EngineParameter
{
    private static readonly SearchValues<byte> Escaped = SearchValues.Create("\\\t\n\r\0'"u8);

    private EngineParameter(string name, ReadOnlyMemory<byte> encoded)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Encoded = encoded;
    }

    /// <summary>The placeholder's name.</summary>
    public string Name { get; }

    /// <summary>The escaped value as passed to the engine.</summary>
    internal ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>A value that is already in the escaped form.</summary>
    internal static EngineParameter FromEncoded(string name, ReadOnlyMemory<byte> encoded) => new(name, encoded);

    /// <summary>For <c>String</c>, <c>Nullable(String)</c>, <c>FixedString</c>, <c>UUID</c>, enums: written as UTF-8.</summary>
    public static EngineParameter Text(string name, string value) => Bytes(name, Encoding.UTF8.GetBytes(value));

    /// <summary>For <c>Identifier</c>, such as the path of a JSON subcolumn: the only type whose value the engine does not unescape.</summary>
    public static EngineParameter Identifier(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));

    /// <summary>For <c>String</c> and <c>FixedString</c> holding any bytes.</summary>
    public static EngineParameter Bytes(string name, ReadOnlySpan<byte> value)
    {
        if (!value.ContainsAny(Escaped))
            return new(name, value.ToArray());
        var buffer = new ArrayBufferWriter<byte>(value.Length + 16);
        WriteEscaped(buffer, value);
        return new(name, buffer.WrittenMemory);
    }

    /// <summary>For the signed integers, and for unsigned ones when the value is not negative.</summary>
    public static EngineParameter Int64(string name, long value) => Plain(name, value.ToString(CultureInfo.InvariantCulture));

    public static EngineParameter UInt64(string name, ulong value) => Plain(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>For <c>Float64</c>, written so that it reads back as the same number.</summary>
    public static EngineParameter Float64(string name, double value) => Plain(name, Text(value));

    /// <summary>A number as the engine reads it, back to the same one.</summary>
    public static string Text(double value) => value switch
    {
        double.NaN => "nan",
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    public static EngineParameter Bool(string name, bool value) => Plain(name, value ? "true" : "false");

    /// <summary>For <c>DateTime64(9)</c>: nanoseconds since 1970-01-01 UTC, not negative.</summary>
    public static EngineParameter Nanoseconds(string name, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return Plain(name, string.Create(CultureInfo.InvariantCulture, $"{value / 1_000_000_000:D10}.{value % 1_000_000_000:D9}"));
    }

    /// <summary>NULL, for <c>Nullable</c> types.</summary>
    public static EngineParameter Null(string name) => Plain(name, "\\N");

    /// <summary>For <c>Array(String)</c>.</summary>
    public static EngineParameter Texts(string name, IEnumerable<string> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write("["u8);
        var first = true;
        foreach (var value in values)
        {
            buffer.Write(first ? "'"u8 : ",'"u8);
            WriteEscaped(buffer, Encoding.UTF8.GetBytes(value));
            buffer.Write("'"u8);
            first = false;
        }

        buffer.Write("]"u8);
        return new(name, buffer.WrittenMemory);
    }

    /// <summary>For <c>Array(Int64)</c> and narrower.</summary>
    public static EngineParameter Int64s(string name, IEnumerable<long> values) => Plain(name, $"[{string.Join(',', values)}]");

    private static EngineParameter Plain(string name, string encoded) => new(name, Encoding.ASCII.GetBytes(encoded));

    private static void WriteEscaped(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> value)
    {
        while (value.IndexOfAny(Escaped) is >= 0 and var at)
        {
            to.Write(value[..at]);
            to.Write(value[at] switch
            {
                (byte)'\t' => "\\t"u8,
                (byte)'\n' => "\\n"u8,
                (byte)'\r' => "\\r"u8,
                0 => "\\0"u8,
                (byte)'\'' => "\\'"u8,
                _ => "\\\\"u8,
            });
            value = value[(at + 1)..];
        }

        to.Write(value);
    }
}
