using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Core.Settings;
using Weir.Features.Alerts.Notifications;

namespace Weir.Features.Alerts;

/// <summary>Notifies when an SLO's budget will be gone within some minutes, or lost so much within a window.</summary>
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

    /// <summary>An exhaustion is projected from a quarter of its horizon, an hour at least.</summary>
    private const long LeastLookbackSeconds = 3600;

    private const double PerMillionInPercent = 10_000;

    public static string Collection => "manage-burn_alerts";

    public static JsonTypeInfo<BurnAlert> Json => AlertJson.Default.BurnAlert;

    public string SloId() => Slo?.Id ?? "";

    /// <summary>How it stands at a moment.</summary>
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

/// <param name="Value">Minutes left, or percent of the budget that were lost; null without events.</param>
/// <param name="Threshold">What it is compared with.</param>
internal readonly record struct Measured(double? Value, double Threshold, bool IsOver);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Trigger))]
[JsonSerializable(typeof(Slo))]
[JsonSerializable(typeof(BurnAlert))]
internal sealed partial class AlertJson : JsonSerializerContext;
