using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Core.Settings;
using Weir.Features.Alerts.Notifications;
using Weir.Features.Boards;

namespace Weir.Features.Alerts;

/// <summary>A query that is run at regular intervals, whose result is compared with a threshold.</summary>
/// <param name="Frequency">Seconds between evaluations.</param>
/// <param name="AlertType">on_change: notifies when a group triggers or resolves; on_true: also at every evaluation that triggers.</param>
/// <param name="EvaluationScheduleType">frequency, or window: only within <paramref name="EvaluationSchedule"/>.</param>
/// <param name="Query">The specification as sent by the client.</param>
internal sealed record Trigger(
    string Name = "",
    string? Description = null,
    bool Disabled = false,
    string? DatasetSlug = null,
    long Frequency = Trigger.DefaultFrequency,
    string AlertType = "on_change",
    Threshold? Threshold = null,
    IReadOnlyList<Tag>? Tags = null,
    string? EvaluationScheduleType = null,
    EvaluationSchedule? EvaluationSchedule = null,
    Baseline? BaselineDetails = null,
    IReadOnlyList<AlertRecipient>? Recipients = null,
    string? QueryId = null,
    JsonElement? Query = null) : DatedDocument, IDocument<Trigger>
{
    public const long DefaultFrequency = 900;

    public static string Collection => "manage-triggers";

    public static JsonTypeInfo<Trigger> Json => AlertJson.Default.Trigger;

    public AlertRule Rule() => new(Threshold?.Op ?? ">", Threshold?.Value ?? 0, Threshold?.ExceededLimit ?? 1, AlertType == "on_true");

    /// <summary>Length of the time range of an evaluation, in seconds.</summary>
    public long RangeSeconds() =>
        Query is { ValueKind: JsonValueKind.Object } query && query.TryGetProperty("time_range", out var range) && range.ValueKind == JsonValueKind.Number
            ? (long)range.GetDouble()
            : Frequency;

    /// <summary>True when the schedule includes this time.</summary>
    public bool IsScheduled(DateTimeOffset at) => EvaluationScheduleType != "window" || EvaluationSchedule?.Window is not { } window || window.Includes(at);
}

/// <param name="Op">&gt;, &gt;=, &lt; or &lt;=.</param>
/// <param name="ExceededLimit">Consecutive evaluations over the threshold before it triggers.</param>
internal sealed record Threshold(string Op = ">", double Value = 0, int ExceededLimit = 1);

/// <summary>The value is compared with that of an earlier time.</summary>
/// <param name="Type">value: the difference; percentage: the difference in percent of the earlier value.</param>
internal sealed record Baseline(long OffsetMinutes = 0, string Type = "value");

internal sealed record EvaluationSchedule(EvaluationWindow? Window = null);

/// <summary>Days and hours in UTC.</summary>
/// <param name="DaysOfWeek">For example monday.</param>
/// <param name="StartTime">HH:mm.</param>
/// <param name="EndTime">HH:mm; on the next day when it is not after the start.</param>
internal sealed record EvaluationWindow(IReadOnlyList<string>? DaysOfWeek = null, string StartTime = "00:00", string EndTime = "00:00")
{
    /// <summary>Members that only clients use.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    public bool Includes(DateTimeOffset at)
    {
        var start = TimeOnly.ParseExact(StartTime, "HH:mm", CultureInfo.InvariantCulture);
        var end = TimeOnly.ParseExact(EndTime, "HH:mm", CultureInfo.InvariantCulture);
        var now = TimeOnly.FromDateTime(at.UtcDateTime);
        bool Has(DayOfWeek day) => (DaysOfWeek ?? []).Any(d => string.Equals(d, day.ToString(), StringComparison.OrdinalIgnoreCase));
        if (end > start)
            return Has(at.UtcDateTime.DayOfWeek) && now >= start && now < end;
        // Past midnight: the evening of a listed day, and the next morning.
        return (Has(at.UtcDateTime.DayOfWeek) && now >= start) || (Has(at.UtcDateTime.AddDays(-1).DayOfWeek) && now < end);
    }
}
