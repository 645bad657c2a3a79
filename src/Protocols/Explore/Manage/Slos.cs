using System.Text.Json.Nodes;
using Weir.Core.Settings;
using Weir.Features.Alerts;
using Weir.Features.Alerts.Notifications;
using Weir.Features.Questions.Kept;

namespace Weir.Protocols.Explore.Manage;

/// <summary><c>/slos/{dataset}</c>: the share of events that are good, by a calculated field, over rolling days. <c>?detailed</c> adds how it stands.</summary>
internal sealed class Slos(
    Documents<Slo> slos, Documents<BurnAlert> burnAlerts, DerivedFields fields, SloSubjects subjects, SloReader reader, AlertStates states) : ManagedKind<Slo>(slos)
{
    public override string Name => "slos";

    public override Task<Slo> Shape(ManageCall call, ManageInput input, Stored<Slo>? before)
    {
        var alias = "";
        if (input.Object("sli") is { } sli)
            alias = sli.Required("alias", 255);
        else
            input.Fault("sli", "missing", "is required");
        if (alias.Length > 0 && fields.Find(call.Scope, call.Dataset, alias) is null)
            input.Fault("sli.alias", "invalid", "there is no calculated field of this name");
        var slo = new Slo(
            input.Required("name", 120),
            input.Text("description", 1023),
            new Sli(alias),
            (int)input.RequiredWhole("time_period_days", 1, 90),
            input.RequiredWhole("target_per_million", 0, 999_999),
            input.Tags());
        if (!input.Has("dataset_slugs"))
            return Task.FromResult(slo with { DatasetSlugs = [call.Dataset] });
        var slugs = input.Texts("dataset_slugs", 10);
        if (call.Dataset != DocumentIds.AllDatasets && slugs.Exists(s => s != call.Dataset))
            input.Fault("dataset_slugs", "invalid", "is for SLOs of __all__ datasets");
        return Task.FromResult(slo with { DatasetSlugs = slugs });
    }

    public override async Task<JsonObject> Show(ManageCall call, Stored<Slo> stored)
    {
        if (call.Query("detailed") is not ("true" or "1" or ""))
            return Members(stored);
        var standing = await reader.StandingAsync(subjects.Of(stored), call.Stop);
        var alerts = burnAlerts.List(call.Scope).Where(a => a.Value.SloId() == stored.Id).ToList();
        var status = standing.Total == 0 ? "no_events"
            : alerts.Count == 0 ? "no_alerts"
            : alerts.Exists(a => states.Of(a.Id).IsTriggered()) ? "triggered" : "normal";
        return Members(
            stored, new SloDetails(standing.Compliance, standing.BudgetRemaining, standing.BurnRate, status), AddedJson.Default.SloDetails);
    }

    /// <summary>Its burn alerts go with it.</summary>
    public override async Task BeforeDelete(ManageCall call, Stored<Slo> stored)
    {
        foreach (var alert in burnAlerts.List("").Where(a => a.Value.SloId() == stored.Id))
        {
            await burnAlerts.DeleteAsync(alert, call.Stop);
            await states.ForgetAsync(alert.Id, call.Stop);
        }
    }
}
