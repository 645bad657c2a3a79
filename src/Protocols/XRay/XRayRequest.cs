using System.Globalization;
using System.Text.Json;
using Weir.Protocols.Wire;
using Weir.Protocols.XRay.Json;

namespace Weir.Protocols.XRay;

/// <summary>One call of an operation: its members, and what the request's signature says.</summary>
/// <param name="Members">The body's object; an empty object for an empty body.</param>
internal sealed record XRayRequest(JsonElement Members, AwsCaller Caller)
{
    /// <summary>Of the signature's credential scope.</summary>
    public string Region => Caller.Region;

    public string? Text(string name) => Members.TextOf(name);

    public double? Number(string name) => Members.NumberOf(name);

    public bool Flag(string name) => Members.FlagOf(name);

    public bool Has(string name) => Members.MemberOf(name) is not null;

    public IEnumerable<JsonElement> Items(string name) => Members.ItemsOf(name);

    public List<string> Texts(string name) => [.. Members.ItemsOf(name).Select(item => item.AsText()).OfType<string>()];

    /// <summary>Epoch seconds as a number, or ISO 8601 text; null when missing or neither.</summary>
    public DateTimeOffset? Time(string name) => Members.MemberOf(name) is { } value ? ToTime(value) : null;

    public static DateTimeOffset? ToTime(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
            return value.TryGetDouble(out var seconds) ? ToTime(seconds) : null;
        return value.AsText() is { } text
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
    }

    /// <summary>Seconds since 1970; numbers too large for that are milliseconds, as Java's SDK sends them.</summary>
    public static DateTimeOffset? ToTime(double seconds)
    {
        if (seconds > 1e11)
            seconds /= 1000;
        return seconds is >= 0 and < 253_402_300_799 ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)) : null;
    }
}

/// <summary>An operation's answer: a fault, or what writes the members of the reply's object.</summary>
internal readonly struct XRayReply
{
    public XRayFault? Fault { get; private init; }

    public Action<Utf8JsonWriter>? Write { get; private init; }

    /// <summary>What is not exact about the answer and has no member in it: told in the header <c>x-weir-notice</c> and logged.</summary>
    public string? Notice { get; private init; }

    public static XRayReply Ok(Action<Utf8JsonWriter> write, string? notice = null) => new() { Write = write, Notice = notice };

    public static XRayReply Empty => new() { Write = static _ => { } };

    public static implicit operator XRayReply(XRayFault fault) => new() { Fault = fault };
}
