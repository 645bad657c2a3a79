using System.Text;

namespace Weir.Features.Logs;

/// <summary>
/// Severities with OpenTelemetry's numbers, 1 to 24 and four for each word, and the words that loggers use for them. When a record has no
/// level of its own, the level is read from the line:
/// <code>
/// 2023-02-27 01:09:00,123 ERROR app: boom          upper case anywhere near the start
/// [warn] low on disk      level=debug msg=x        lower case only in the place of a level
/// info: Microsoft.Hosting.Lifetime[14]             first word, then a colon or a dash
/// </code>
/// </summary>
internal static class LineSeverity
{
    public const byte Unknown = 0;
    public const byte Trace = 1;
    public const byte Debug = 5;
    public const byte Info = 9;
    public const byte Warn = 13;
    public const byte Error = 17;
    public const byte Fatal = 21;
    public const byte Most = 24;

    /// <summary>Levels are near the start, after a time and a name or two.</summary>
    private const int Looked = 160;

    public static ReadOnlySpan<byte> Name(byte number) => number switch
    {
        >= 21 => "fatal"u8,
        >= 17 => "error"u8,
        >= 13 => "warn"u8,
        >= 9 => "info"u8,
        >= 5 => "debug"u8,
        >= 1 => "trace"u8,
        _ => default,
    };

    /// <summary>The level of an occurrence that is derived from a log record with this severity.</summary>
    public static string OccurrenceLevel(byte number) => number switch
    {
        >= Fatal => "critical",
        >= Error or Unknown => "error",
        >= Warn => "warning",
        >= Info => "info",
        _ => "debug",
    };

    /// <summary>
    /// The severity of a record's severity text: a word as in <see cref="OfWord"/>, also with OpenTelemetry's digit (<c>INFO2</c>).
    /// </summary>
    public static byte OfText(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t"u8);
        // In severity texts, verbose is the lowest level.
        if (Ascii.EqualsIgnoreCase(text, "verbose"u8))
            return Trace;
        if (text.Length > 4 && text[^1] is >= (byte)'2' and <= (byte)'4' && OfWord(text[..^1]) is var word and not Unknown)
            return (byte)(word + text[^1] - '1');
        return OfWord(text);
    }

    /// <summary>The level of a word, in any letter case; 0 for other words.</summary>
    public static byte OfWord(ReadOnlySpan<byte> word)
    {
        if (word.Length is < 3 or > 13)
            return Unknown;
        Span<byte> lower = stackalloc byte[16];
        if (Ascii.ToLower(word, lower, out var length) != System.Buffers.OperationStatus.Done)
            return Unknown;
        return lower[..length] switch
        {
            var w when w.SequenceEqual("error"u8) || w.SequenceEqual("err"u8) || w.SequenceEqual("fail"u8) || w.SequenceEqual("severe"u8) => Error,
            var w when w.SequenceEqual("warn"u8) || w.SequenceEqual("warning"u8) => Warn,
            var w when w.SequenceEqual("info"u8) || w.SequenceEqual("notice"u8) || w.SequenceEqual("information"u8)
                || w.SequenceEqual("informational"u8) => Info,
            var w when w.SequenceEqual("debug"u8) || w.SequenceEqual("dbug"u8) || w.SequenceEqual("verbose"u8) => Debug,
            var w when w.SequenceEqual("trace"u8) || w.SequenceEqual("trce"u8) || w.SequenceEqual("silly"u8) => Trace,
            var w when w.SequenceEqual("fatal"u8) || w.SequenceEqual("critical"u8) || w.SequenceEqual("crit"u8) || w.SequenceEqual("panic"u8)
                || w.SequenceEqual("emerg"u8) || w.SequenceEqual("emergency"u8) || w.SequenceEqual("alert"u8) => Fatal,
            _ => Unknown,
        };
    }

    /// <summary>Numeric levels of JSON loggers (bunyan, pino): 10 trace … 60 fatal.</summary>
    public static byte OfNumber(long level) => level switch
    {
        >= 60 and < 100 => Fatal,
        >= 50 and < 60 => Error,
        >= 40 and < 50 => Warn,
        >= 30 and < 40 => Info,
        >= 20 and < 30 => Debug,
        >= 10 and < 20 => Trace,
        _ => Unknown,
    };

    /// <summary>The numbers of Python's logging module: 10 debug … 50 critical.</summary>
    public static byte OfPythonLevel(long level) => level switch
    {
        >= 50 => Fatal,
        >= 40 => Error,
        >= 30 => Warn,
        >= 20 => Info,
        >= 10 => Debug,
        _ => Unknown,
    };

    public static byte OfHttpStatus(long status) => status >= 500 ? Error : status >= 400 ? Warn : Info;

    public static byte Detect(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("Traceback (most recent call last)"u8))
            return Error;
        line = line[..Math.Min(line.Length, Looked)];
        var first = true;
        for (var at = 0; at < line.Length;)
        {
            if (!IsWord(line[at]))
            {
                at++;
                continue;
            }
            var end = at;
            while (end < line.Length && IsWord(line[end]))
                end++;
            var level = OfWord(line[at..end]);
            if (level != Unknown && IsLevel(line, at, end, first))
                return level;
            first = false;
            at = end;
        }
        return Unknown;
    }

    private static bool IsLevel(ReadOnlySpan<byte> line, int start, int end, bool first)
    {
        var word = line[start..end];
        if (word.IndexOfAnyInRange((byte)'a', (byte)'z') < 0)
            return !IsPartOfPath(line, start, end);
        var before = start > 0 ? line[start - 1] : (byte)0;
        var after = end < line.Length ? line[end] : (byte)0;
        if ((before, after) is ((byte)'[', (byte)']') or ((byte)'<', (byte)'>') or ((byte)'(', (byte)')'))
            return true;
        if (first && (after is (byte)':' or (byte)0 || line[end..].StartsWith(" - "u8) || line[end..].StartsWith(" ["u8)))
            return true;
        var key = line[..start].TrimEnd("\" :="u8);
        return start - key.Length > 0
            && (EndsWith(key, "level"u8) || EndsWith(key, "lvl"u8) || EndsWith(key, "severity"u8) || EndsWith(key, "levelname"u8));
    }

    /// <summary>In <c>GET /ERROR/x</c> or <c>a.INFO=b</c> the word is not a level.</summary>
    private static bool IsPartOfPath(ReadOnlySpan<byte> line, int start, int end) =>
        (start > 0 && line[start - 1] is (byte)'/' or (byte)'?' or (byte)'&') || (end < line.Length && line[end] is (byte)'/' or (byte)'=');

    private static bool EndsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) =>
        text.Length >= lower.Length && Ascii.EqualsIgnoreCase(text[^lower.Length..], lower);

    private static bool IsWord(byte b) => char.IsAsciiLetterOrDigit((char)b) || b == '_' || b >= 0x80;
}
