using System.Text.Json.Serialization;

namespace Weir.Features.Traces.Groups;

/// <summary>A named filter expression, as stored.</summary>
internal sealed record TraceGroup(
    string GroupName, string GroupARN, string? FilterExpression, bool InsightsEnabled, bool NotificationsEnabled)
{
    public const string DefaultName = "Default";
    private const int MostEarlier = 20;

    /// <summary>Nanoseconds since 1970; 0 for the Default group and those older than this.</summary>
    public long CreatedAt { get; init; }

    /// <summary>Filters it had before, oldest first; null for none.</summary>
    public IReadOnlyList<EarlierFilter>? Earlier { get; init; }

    /// <summary>
    /// Recipients of its insights, as ids; null: all recipients. Stored although X-Ray's API can't set it.
    /// </summary>
    public IReadOnlyList<string>? Recipients { get; init; }

    /// <summary>The Default group: every trace is in it.</summary>
    public bool IsDefault => GroupName == DefaultName;

    /// <summary>Every filter with the time in which it applied to arriving traces, oldest first.</summary>
    public IEnumerable<(string? FilterExpression, long From, long Until)> Versions()
    {
        var from = CreatedAt;
        foreach (var earlier in Earlier ?? [])
        {
            yield return (earlier.FilterExpression, from, earlier.Until);
            from = earlier.Until;
        }
        yield return (FilterExpression, from, long.MaxValue);
    }

    /// <summary>Returns the group with another filter for traces that arrive from now on. The newest earlier filters are kept.</summary>
    /// <param name="now">Nanoseconds since 1970.</param>
    public TraceGroup WithFilter(string? filter, long now)
    {
        if (filter == FilterExpression)
            return this;
        List<EarlierFilter> earlier = [.. Earlier ?? [], new EarlierFilter(FilterExpression, now)];
        return earlier.Count <= MostEarlier
            ? this with { FilterExpression = filter, Earlier = earlier }
            : this with { FilterExpression = filter, Earlier = earlier[1..], CreatedAt = earlier[0].Until };
    }

    /// <summary>True when a range that begins at this time may contain traces of an earlier filter.</summary>
    /// <param name="from">Nanoseconds since 1970.</param>
    public bool HasOlderThan(long from) => Earlier is { Count: > 0 } earlier && earlier[^1].Until > from;
}

/// <param name="Until">When the next one replaced it, nanoseconds since 1970.</param>
internal sealed record EarlierFilter(string? FilterExpression, long Until);

[JsonSerializable(typeof(TraceGroup))]
[JsonSerializable(typeof(long))]
internal sealed partial class GroupJson : JsonSerializerContext;
