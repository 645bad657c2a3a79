using System.Globalization;

namespace Weir.Protocols.Honeycomb.In;

/// <summary>
/// How many events an event says that it stands for: rounded to a whole number, 2,147,483,647 at most. 0 where it says nothing that is a rate
/// (zero, below it, no number, not finite); it then stands for itself.
/// </summary>
internal static class EventRate
{
    private const double Largest = int.MaxValue;

    public static uint Of(double rate) => rate >= 0.5 && double.IsFinite(rate) ? (uint)Math.Min(Math.Floor(rate + 0.5), Largest) : 0;

    public static uint Of(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) ? Of(rate) : 0;

    public static uint Of(ReadOnlySpan<byte> text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) ? Of(rate) : 0;
}
