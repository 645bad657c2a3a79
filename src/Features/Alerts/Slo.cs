using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Core.Settings;
using Weir.Features.Alerts.Notifications;
using Weir.Features.Boards;
using Weir.Features.Questions.Kept;

namespace Weir.Features.Alerts;

/// <summary>The share of events that are good, by a calculated field, over rolling days.</summary>
/// <param name="DatasetSlugs">Which datasets an SLO of all datasets is about.</param>
internal sealed record Slo(
    string Name = "",
    string Description = "",
    Sli? Sli = null,
    int TimePeriodDays = 30,
    long TargetPerMillion = 0,
    IReadOnlyList<Tag>? Tags = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? ResetAt = null,
    IReadOnlyList<string>? DatasetSlugs = null) : DatedDocument, IDocument<Slo>
{
    public static string Collection => "manage-slos";

    public static JsonTypeInfo<Slo> Json => AlertJson.Default.Slo;
}

/// <param name="Alias">Of a calculated field that is true for a good event, false for a bad one, and null for one that does not count.</param>
internal sealed record Sli(string Alias = "");

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

/// <summary>SLOs and what they measure.</summary>
internal sealed class SloSubjects(DerivedFields fields)
{
    public SloSubject Of(Stored<Slo> slo) => new(
        slo.Id,
        slo.Environment,
        slo.Dataset != DocumentIds.AllDatasets ? [slo.Dataset] : [.. (slo.Value.DatasetSlugs ?? []).Where(s => s != DocumentIds.AllDatasets)],
        fields.Find(slo.Environment, slo.Dataset, slo.Value.Sli?.Alias ?? ""),
        slo.Value.TimePeriodDays,
        slo.Value.TargetPerMillion);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Trigger))]
[JsonSerializable(typeof(Slo))]
[JsonSerializable(typeof(BurnAlert))]
internal sealed partial class AlertJson : JsonSerializerContext;
