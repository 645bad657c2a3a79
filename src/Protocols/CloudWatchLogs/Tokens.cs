using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Weir.Features.Logs;

namespace Weir.Protocols.CloudWatchLogs;

/// <summary>Positions of lines as AWS's ids and tokens have them.</summary>
internal static class PositionDigits
{
    extension(LogPosition position)
    {
        /// <summary>
        /// 56 digits, as long as AWS's own: time, sequence and a check number, so that invented tokens are recognized. Also the id of
        /// the event at this position.
        /// </summary>
        public string Digits => string.Create(
            CultureInfo.InvariantCulture, $"{position.Time:D19}{position.Sequence:D20}{Check(position.Time, position.Sequence):D17}");
    }

    public static bool TryParse(ReadOnlySpan<char> digits, out LogPosition position)
    {
        position = default;
        if (digits.Length != 56
            || !long.TryParse(digits[..19], NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            || !ulong.TryParse(digits[19..39], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            || !ulong.TryParse(digits[39..], NumberStyles.None, CultureInfo.InvariantCulture, out var check)
            || check != Check(time, sequence))
            return false;
        position = new LogPosition(time, sequence);
        return true;
    }

    private static ulong Check(long time, ulong sequence)
    {
        var mixed = ((ulong)time * 0x9E3779B97F4A7C15UL) ^ (ulong.RotateLeft(sequence, 29) * 0xBF58476D1CE4E5B9UL);
        mixed ^= mixed >> 31;
        return mixed % 100_000_000_000_000_000UL;
    }
}

/// <summary>
/// The tokens of GetLogEvents: <c>f/</c> goes on with newer lines, <c>b/</c> with older ones. They hold a position, not a page, so a
/// forward token at the end later finds what arrived since.
/// </summary>
internal static class EventToken
{
    public static string Forward(LogPosition after) => "f/" + after.Digits;

    public static string Backward(LogPosition before) => "b/" + before.Digits;

    public static bool TryParse(string token, out bool forward, out LogPosition position)
    {
        forward = token.StartsWith("f/", StringComparison.Ordinal);
        position = default;
        return (forward || token.StartsWith("b/", StringComparison.Ordinal)) && PositionDigits.TryParse(token.AsSpan(2), out position);
    }
}

/// <summary>The token of a describe operation: the last name shown.</summary>
internal static class PageToken
{
    public static string After(string name) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(name));

    public static bool TryParse(string token, out string name)
    {
        name = "";
        if (!Base64Url.IsValid(token))
            return false;
        name = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
        return name.Length > 0;
    }
}

/// <summary>Upload sequence tokens: any is accepted, and older clients want one back.</summary>
internal static class SequenceToken
{
    public static string Text(ulong sequence) => string.Create(CultureInfo.InvariantCulture, $"{sequence:D56}");
}
