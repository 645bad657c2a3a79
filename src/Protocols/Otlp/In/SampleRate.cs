using System.Buffers.Text;
using System.Globalization;

namespace Weir.Protocols.Otlp.In;

/// <summary>
/// The sample rate of a span or log record: the attribute <c>sampleRate</c> (or <c>SampleRate</c>) of the record, its scope
/// or its resource, which is then removed from the attributes; otherwise OpenTelemetry's probability threshold in the trace state.
/// </summary>
internal static class SampleRate
{
    private const int KeyLength = 10;
    private const double Largest = int.MaxValue;

    /// <summary>Hex digits of a full threshold, 56 bits.</summary>
    private const int ThresholdDigits = 14;

    public static bool IsKey(ReadOnlySpan<byte> key) =>
        key.Length == KeyLength && (key.SequenceEqual("sampleRate"u8) || key.SequenceEqual("SampleRate"u8));

    /// <summary>Uses the rate of an attribute; false when its value is not a string or number, so that it stays an attribute.</summary>
    public static bool TryRead(ReadOnlySpan<byte> key, ReadOnlySpan<byte> anyValue, ref uint rate)
    {
        if (!AnyValue.TryRead(anyValue, out var value))
            return false;
        double number;
        switch (value.Kind)
        {
            case AnyValueKind.Int:
                number = value.Int;
                break;
            case AnyValueKind.Double:
                number = value.Double;
                break;
            case AnyValueKind.String:
                number = double.TryParse(value.Bytes, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) ? parsed : 1;
                break;
            default:
                return false;
        }
        // "sampleRate" is the preferred spelling: the other one never replaces it.
        if (key[0] == 's' || rate == 0)
            rate = Round(number);
        return true;
    }

    private static uint Round(double number) => number >= 0.5 ? (uint)Math.Min(Math.Floor(number + 0.5), Largest) : 1;

    /// <summary>
    /// The adjusted count of a trace state such as <c>vendor=x,ot=p:8;th:c;r:62</c>: 1 / (1 - T/2^56), T being the threshold's digits
    /// filled up with zeros on the right. 0 when there is none or it is not valid. A broken number goes up or down by chance, drawn
    /// from <paramref name="entropy"/>, so that sums stay right and a retried span keeps its rate.
    /// </summary>
    public static uint OfTraceState(ReadOnlySpan<byte> traceState, ulong entropy)
    {
        while (!traceState.IsEmpty)
        {
            var comma = traceState.IndexOf((byte)',');
            var entry = (comma < 0 ? traceState : traceState[..comma]).Trim((byte)' ');
            traceState = comma < 0 ? default : traceState[(comma + 1)..];
            if (entry.StartsWith("ot="u8))
                return OfSubKeys(entry[3..], entropy);
        }
        return 0;
    }

    private static uint OfSubKeys(ReadOnlySpan<byte> list, ulong entropy)
    {
        while (!list.IsEmpty)
        {
            var end = list.IndexOf((byte)';');
            var part = end < 0 ? list : list[..end];
            list = end < 0 ? default : list[(end + 1)..];
            if (part.StartsWith("th:"u8))
                return OfThreshold(part[3..], entropy);
        }
        return 0;
    }

    private static uint OfThreshold(ReadOnlySpan<byte> digits, ulong entropy)
    {
        if (digits.Length is 0 or > ThresholdDigits
            || !Utf8Parser.TryParse(digits, out ulong threshold, out var used, 'x') || used != digits.Length)
        {
            return 0;
        }
        threshold <<= 4 * (ThresholdDigits - digits.Length);
        var count = Math.Min(1 / (1 - (threshold / (double)(1UL << 56))), Largest);
        var whole = Math.Floor(count);
        var up = whole <= 100 && count - whole > (entropy >> 11) / (double)(1UL << 53);
        return (uint)(up ? whole + 1 : whole);
    }
}
