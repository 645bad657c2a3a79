using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Weir.Protocols.Wire;

/// <summary>The key a request carries in Honeycomb's header, which OTLP exporters send too; gRPC metadata are headers.</summary>
internal static class TeamKey
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> DigitsAndLetters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz");

    /// <summary>Empty when there is none.</summary>
    public static string Of(HttpRequest request)
    {
        var key = request.Headers["x-honeycomb-team"].ToString();
        // Refinery accepts this short form as well.
        return key.Length > 0 ? key : request.Headers["x-hny-team"].ToString();
    }

    /// <summary>
    /// A key of Honeycomb's older kind, whose data goes where the dataset header says: 32 hex digits, or an ingest key that begins with
    /// <c>hcxic_</c> (any letter for the x) and has 64 characters.
    /// </summary>
    public static bool IsClassic(string key) => key.Length switch
    {
        32 => !key.AsSpan().ContainsAnyExcept(HexDigits),
        64 => key.StartsWith("hc", StringComparison.Ordinal) && char.IsAsciiLetterLower(key[2]) && key.AsSpan(3, 3) is "ic_"
            && !key.AsSpan(6).ContainsAnyExcept(DigitsAndLetters),
        _ => false,
    };
}
