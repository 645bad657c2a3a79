using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Core.Settings;
using Weir.Features.Alerts.Notifications;

namespace Weir.Features.Alerts;

/// <summary>Notifies when an SLO's budget will be used up within some minutes, or when it decreased by some percentage within a window.</summary>
/// <param name="AlertType">exhaustion_time or budget_rate.</param>
internal sealed record BurnAlert(
    string AlertType = BurnAlert.ExhaustionTime,
    string? Description = null,
    SloReference? Slo = null,
    long? ExhaustionMinutes = null,
    long? BudgetRateWindowMinutes = null,
    long? BudgetRateDecreaseThresholdPerMillion = null,
    IReadOnlyList<AlertRecipient>? Recipients = null) : DatedDocument, IDocument<BurnAlert>
{
    public const string ExhaustionTime = "exhaustion_time";

    public const string BudgetRate = "budget_rate";

    /// <summary>An exhaustion is projected from the last quarter of its horizon, at least an hour.</summary>
    private const long LeastLookbackSeconds = 3600;

    private const double PerMillionInPercent = 10_000;

    public static string Collection => "manage-burn_alerts";

    public static JsonTypeInfo<BurnAlert> Json => AlertJson.Default.BurnAlert;

    public string SloId() => Slo?.Id ?? "";

    /// <summary>The evaluation at a time.</summary>
    public Measured Measure(SloMath math, long at)
    {
        if (AlertType == BudgetRate)
        {
            var limit = (BudgetRateDecreaseThresholdPerMillion ?? 0) / PerMillionInPercent;
            var lost = math.BudgetLost(at, (BudgetRateWindowMinutes ?? 0) * 60);
            return new Measured(lost, limit, lost >= limit);
        }
        var minutes = ExhaustionMinutes ?? 0;
        var left = math.MinutesLeft(at, Math.Max(LeastLookbackSeconds, minutes * 60 / 4));
        return new Measured(left, minutes, left <= minutes);
    }
}

internal sealed record SloReference(string Id = "");

/// <param name="Value">Remaining minutes, or the used percentage of the budget; null without events.</param>
/// <param name="Threshold">The value is compared with it.</param>
internal readonly record struct Measured(double? Value, double Threshold, bool IsOver);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Trigger))]
[JsonSerializable(typeof(Slo))]
[JsonSerializable(typeof(BurnAlert))]
internal sealed partial class AlertJson : JsonSerializerContext;
