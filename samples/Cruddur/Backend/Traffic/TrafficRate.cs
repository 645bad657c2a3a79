namespace Cruddur.Traffic;

/// <summary>How busy the imitated users are: `--traffic gentle`, `--traffic 5` or CRUDDUR_TRAFFIC=5 (requests a second).</summary>
internal static class TrafficRate
{
    public const double Gentle = 2;
    public const double Limit = 1000;

    /// <returns>Requests a second; 0 is none.</returns>
    /// <exception cref="FormatException">The value is neither a word we know nor a number within 0 and 1000.</exception>
    public static double From(IConfiguration settings)
    {
        var text = settings["traffic"] is { Length: > 0 } option ? option : settings["CRUDDUR_TRAFFIC"];
        switch (text?.Trim().ToUpperInvariant())
        {
            case null or "" or "OFF" or "FALSE":
                return 0;
            case "GENTLE" or "TRUE":
                return Gentle;
            default:
                return double.TryParse(text, out var rate) && rate is >= 0 and <= Limit
                    ? rate
                    : throw new FormatException($"traffic '{text}' is neither 'gentle', 'off' nor requests a second from 0 to {Limit}");
        }
    }
}
