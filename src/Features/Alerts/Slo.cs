using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Core.Settings;
using Weir.Features.Boards;
using Weir.Features.Questions.Kept;

namespace Weir.Features.Alerts;

/// <summary>The share of events that are good according to a calculated field, over a rolling period of days.</summary>
/// <param name="DatasetSlugs">The datasets of an SLO of all datasets.</param>
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

/// <param name="Alias">Name of a calculated field that is true for good events, false for bad ones, and null for events that are ignored.</param>
internal sealed record Sli(string Alias = "");

/// <summary>The stored SLOs and their measurements.</summary>
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
