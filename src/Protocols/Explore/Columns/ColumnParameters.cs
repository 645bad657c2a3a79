using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;

namespace Weir.Protocols.Explore.Columns;

/// <summary>The query string of the completion routes. What can't be read is a fault (Invalid) that names the parameter.</summary>
internal sealed class ColumnParameters(IQueryCollection query)
{
    /// <summary>The value, null when it is missing or empty.</summary>
    public string? Text(string name) => query[name] is [{ Length: > 0 } text] ? text : query[name].Count > 1 ? throw Wrong(name, "it is given more than once") : null;

    public int Limit(int otherwise, int most)
    {
        if (Text("limit") is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= most
            ? limit : throw Wrong("limit", string.Create(CultureInfo.InvariantCulture, $"expected a whole number from 1 to {most}"));
    }

    /// <summary>Rows of a list that are left out at its beginning.</summary>
    public long Offset() => Text("offset") is not { } text ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : throw Wrong("offset", "expected a whole number");

    /// <summary>Names with commas between them; null when the parameter is missing.</summary>
    public IReadOnlyList<Signal>? Signals(string name) => Text(name) is not { } text
        ? null
        : [.. text.Split(',').Select(word => SignalWords.TryParse(word, out var signal) ? signal : throw Wrong(name, $"'{word}' is none of {string.Join(", ", SignalTable.All.Select(SignalWords.Of))}")).Distinct()];

    /// <summary>From <c>from</c> and <c>to</c>, seconds since 1970 or RFC 3339.</summary>
    public TimeRange Range(DateTimeOffset now, TimeSpan otherwise)
    {
        var to = Time("to") ?? now.AddMinutes(1);
        var from = Time("from") ?? to - otherwise;
        return from < to ? new TimeRange(from, to) : throw Wrong("from", "expected a time before 'to'");
    }

    private DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 9_000_000_000)
            return DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time : throw Wrong(name, "expected seconds since 1970 or a time such as 2026-01-02T03:04:05Z");
    }

    private static FaultException Wrong(string name, string what) => new(new Fault(FaultKind.Invalid, $"{name}: {what}"));
}
