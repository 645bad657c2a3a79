using System.Globalization;
using System.Text.Json;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Aws;

/// <summary>One call of an operation: its members, checked against the operation's shape, and what the request's signature says.</summary>
/// <param name="Members">The body's object; nothing for an operation that decodes its body itself.</param>
internal sealed record AwsRequest(AwsCaller Caller, JsonElement Members)
{
    public string RequestId { get; init; } = "";

    /// <summary>The decompressed body.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>What AWS's SDKs call a call by: the same when they send it again after a lost answer, another for the next call. Empty when the client has none.</summary>
    public string InvocationId { get; init; } = "";

    /// <summary>Of the signature's credential scope.</summary>
    public string Region => Caller.Region;

    public bool Has(string name) => Members.MemberOf(name) is not null;

    public string? Text(string name) => Members.TextOf(name);

    public double? Number(string name) => Members.NumberOf(name);

    public long? Whole(string name) => Members.MemberOf(name) is { } value ? LongShape.Read(value) : null;

    public bool Flag(string name, bool otherwise = false) => Members.MemberOf(name) is { } value ? value.ValueKind == JsonValueKind.True : otherwise;

    public IEnumerable<JsonElement> Items(string name) => Members.ItemsOf(name);

    /// <summary>Empty when the member is missing.</summary>
    public List<string> Texts(string name) => [.. Members.ItemsOf(name).Select(item => item.AsText()).OfType<string>()];

    /// <summary>Empty when the member is missing; of a name that comes twice the later value.</summary>
    public Dictionary<string, string> TextMap(string name)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Members.ObjectOf(name) is { } given)
        {
            foreach (var member in given.EnumerateObject())
                map[member.Name] = member.Value.AsText() ?? "";
        }
        return map;
    }

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
