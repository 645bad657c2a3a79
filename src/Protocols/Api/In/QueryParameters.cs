using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Api.In;

/// <summary>
/// Reads a request's query string. What can't be read throws <see cref="FaultException"/> (Invalid) that names the parameter and what is
/// expected.
/// </summary>
internal sealed class QueryParameters(IQueryCollection query, TimeProvider time)
{
    public static readonly TimeSpan DefaultRange = TimeSpan.FromHours(1);
    private static readonly DateTimeOffset Latest = new(2262, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>The value, or null when it is missing or empty.</summary>
    public string? Text(string name)
    {
        var values = query[name];
        if (values.Count > 1)
            throw Fault(name, string.Join(", ", values.ToArray()), "given more than once; one value is expected");
        return values.Count == 0 || string.IsNullOrWhiteSpace(values[0]) ? null : values[0];
    }

    /// <summary>All values of a repeatable parameter.</summary>
    public IReadOnlyList<string> Texts(string name) => [.. query[name].OfType<string>().Where(value => value.Length > 0)];

    public string Required(string name, string example) =>
        Text(name) ?? throw new FaultException(ApiFaults.Invalid($"{name}: missing; expected for example {name}={example}"));

    public string? OneOf(string name, params ReadOnlySpan<string> allowed)
    {
        if (Text(name) is not { } text)
            return null;
        foreach (var value in allowed)
        {
            if (text.Equals(value, StringComparison.OrdinalIgnoreCase))
                return value;
        }
        throw Fault(name, text, "expected one of " + string.Join(", ", allowed.ToArray()));
    }

    public double? Number(string name)
    {
        if (Text(name) is not { } text)
            return null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && value >= 0
            ? value
            : throw Fault(name, text, "expected a number of zero or more, for example 250");
    }

    /// <summary>How many rows to answer with.</summary>
    public int Limit(int otherwise, int most)
    {
        if (Text("limit") is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= most
            ? value
            : throw Fault("limit", text, string.Create(CultureInfo.InvariantCulture, $"expected a whole number from 1 to {most}"));
    }

    /// <summary>Null when there is none; throws when the cursor does not belong to this list and order.</summary>
    public PageCursor? Cursor(params ReadOnlySpan<char> kinds) => Text("cursor") is not { } text
        ? null
        : PageCursor.TryDecode(text, out var cursor) && kinds.Contains(cursor.Kind)
            ? cursor
            : throw new FaultException(ApiFaults.Invalid("cursor: not a cursor of this list; use nextCursor of the previous page with the same filters and order"));

    /// <summary>From <c>start</c> and <c>end</c>; the last <paramref name="otherwise"/> where they are missing.</summary>
    public TimeRange Range(TimeSpan? otherwise = null)
    {
        var now = time.GetUtcNow();
        var end = Time("end", now) ?? now;
        var start = Time("start", now) ?? end - (otherwise ?? DefaultRange);
        return start < end
            ? new TimeRange(start, end)
            : throw Fault("start", Text("start") ?? start.ToString("O"), "expected a time before the end, " + end.ToString("O"));
    }

    private DateTimeOffset? Time(string name, DateTimeOffset now)
    {
        if (Text(name) is not { } text)
            return null;
        if (Instant(text, now) is { } found && found >= DateTimeOffset.UnixEpoch && found <= Latest)
            return found;
        throw Fault(
            name, text, "expected a time: ISO 8601 such as 2026-03-01T12:00:00Z, milliseconds since 1970, now, or an age such as -15m, -6h, -7d");
    }

    private static DateTimeOffset? Instant(string text, DateTimeOffset now)
    {
        if (text.Equals("now", StringComparison.OrdinalIgnoreCase))
            return now;
        if (text.Length > 2 && text[0] == '-' && int.TryParse(text.AsSpan(1, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var age))
        {
            double? seconds = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, 'w' => 604_800, _ => null };
            var length = seconds * age;
            return length <= (now - DateTimeOffset.UnixEpoch).TotalSeconds ? now.AddSeconds(-length.Value) : null;
        }
        // Fewer than nine digits are not a time: the user probably meant a year, and nobody queries January 1970.
        if (text.Length >= 9 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
        {
            // Ten digits are seconds until the year 2286.
            var value = text.Length <= 10 ? milliseconds * 1000 : milliseconds;
            return value <= Latest.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
        }
        // A fraction finer than 100 ns is cut: a range does not need it.
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0)
        {
            var digits = dot + 1;
            while (digits < text.Length && char.IsAsciiDigit(text[digits]))
                digits++;
            if (digits - dot - 1 > 7)
                text = string.Concat(text.AsSpan(0, dot + 8), text.AsSpan(digits));
        }
        // A "+" of the zone arrives as a space when the client did not escape it.
        if (text.Length > 6 && text[^6] == ' ')
            text = string.Concat(text.AsSpan(0, text.Length - 6), "+", text.AsSpan(text.Length - 5));
        return DateTimeOffset.TryParseExact(
            text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed)
            ? parsed
            : null;
    }

    private static FaultException Fault(string name, string value, string expected)
    {
        var shown = value.Length <= 80 ? value : value[..80] + "…";
        return new FaultException(ApiFaults.Invalid($"{name}: '{shown}' is not valid; {expected}"));
    }
}
