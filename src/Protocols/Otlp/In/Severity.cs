using System.Text;

namespace Weir.Protocols.Otlp.In;

/// <summary>OpenTelemetry's severity numbers 1-24, four to a word, and the words.</summary>
internal static class Severity
{
    private const byte Largest = 24;

    /// <summary>The number of a record; when it gives only a text, the first number of the word the text means. 0 when unknown.</summary>
    public static byte NumberOf(ulong number, ReadOnlySpan<byte> text)
    {
        if (number is > 0 and <= Largest)
            return (byte)number;
        if (text.IsEmpty || text.Length > 16 || number != 0)
            return 0;
        return Is(text, "trace"u8) || Is(text, "verbose"u8) ? (byte)1
            : Is(text, "debug"u8) ? (byte)5
            : Is(text, "info"u8) || Is(text, "information"u8) || Is(text, "notice"u8) ? (byte)9
            : Is(text, "warn"u8) || Is(text, "warning"u8) ? (byte)13
            : Is(text, "error"u8) || Is(text, "err"u8) ? (byte)17
            : Is(text, "fatal"u8) || Is(text, "critical"u8) || Is(text, "emergency"u8) || Is(text, "alert"u8) ? (byte)21
            : (byte)0;
    }

    public static ReadOnlySpan<byte> WordOf(byte number) => ((number + 3) / 4) switch
    {
        1 => "trace"u8,
        2 => "debug"u8,
        3 => "info"u8,
        4 => "warn"u8,
        5 => "error"u8,
        6 => "fatal"u8,
        _ => default,
    };

    /// <summary>The level of an occurrence that a log record of this severity tells of.</summary>
    public static string LevelOf(byte number) => ((number + 3) / 4) switch
    {
        1 or 2 => "debug",
        3 => "info",
        4 => "warning",
        6 => "critical",
        _ => "error",
    };

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(text, word);
}
