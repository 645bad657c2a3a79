using System.Globalization;
using System.Text.Json;

namespace Weir.Protocols.XRay;

/// <summary>Times as X-Ray writes them: seconds since 1970 as JSON numbers.</summary>
internal static class XRayClock
{
    /// <summary>With a decimal point even when whole, as AWS prints it: the .NET SDK can't read a 64-bit whole number here.</summary>
    public static void WriteSeconds(this Utf8JsonWriter json, string name, double seconds)
    {
        json.WritePropertyName(name);
        json.WriteSecondsValue(seconds);
    }

    public static void WriteSecondsValue(this Utf8JsonWriter json, double seconds) =>
        json.WriteRawValue(seconds.ToString("0.0##", CultureInfo.InvariantCulture), skipInputValidation: true);
}
