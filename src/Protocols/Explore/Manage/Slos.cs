using System.Text.Json.Nodes;

namespace Weir.Protocols.Explore.Manage;

/// <summary><c>/slos/{dataset}</c>: the share of events that are good, by a calculated field, over rolling days. <c>?detailed</c> adds how it stands.</summary>
internal sealed class Slos(ManagedStore store, DerivedFields fields, SloReader reader, AlertStates states) : ManagedKind
{
    public const string Kind = "slos";

    public override string Name => Kind;

    public override Task<JsonObject> Shape(ManageCall call, ManageInput input, Managed? before)
    {
        var alias = "";
        if (input.Object("sli") is { } sli)
            alias = sli.Required("alias", 255);
        else
            input.Fault("sli", "missing", "is required");
        if (alias.Length > 0 && fields.Find(call.Scope, call.Dataset, alias) is null)
            input.Fault("sli.alias", "invalid", "there is no calculated field of this name");
        var slo = new JsonObject
        {
            ["name"] = input.Required("name", 120),
            ["description"] = input.Text("description", 1023),
            ["sli"] = new JsonObject { ["alias"] = alias },
            ["time_period_days"] = input.RequiredWhole("time_period_days", 1, 90),
            ["target_per_million"] = input.RequiredWhole("target_per_million", 0, 999_999),
            ["tags"] = input.Tags(),
            ["reset_at"] = null,
        };
        if (input.Has("dataset_slugs"))
        {
            var slugs = input.Texts("dataset_slugs", 10);
            if (call.Dataset != ManagedStore.AllDatasets && slugs.Exists(s => s != call.Dataset))
                input.Fault("dataset_slugs", "invalid", "is for SLOs of __all__ datasets");
            slo["dataset_slugs"] = new JsonArray([.. slugs.Select(s => (JsonNode)s)]);
        }
        else
        {
            slo["dataset_slugs"] = new JsonArray(call.Dataset);
        }
        return Task.FromResult(slo);
    }

    public override async Task<JsonObject> Show(ManageCall call, Managed managed)
    {
        var slo = (JsonObject)managed.Body.DeepClone();
        if (call.Query("detailed") is not ("true" or "1" or ""))
            return slo;
        var standing = await reader.StandingAsync(Subject(managed), call.Stop);
        var alerts = store.List(BurnAlerts.Kind, call.Scope).Where(a => (string?)a.Body["slo"]?["id"] == managed.Id).ToList();
        slo["compliance"] = standing.Compliance;
        slo["budget_remaining"] = standing.BudgetRemaining;
        slo["burn_rate"] = standing.BurnRate;
        slo["status"] = standing.Total == 0 ? "no_events"
            : alerts.Count == 0 ? "no_alerts"
            : alerts.Exists(a => states.Of(a.Id).IsTriggered) ? "triggered" : "normal";
        return slo;
    }

    public SloSubject Subject(Managed slo)
    {
        var datasets = (slo.Body["dataset_slugs"] as JsonArray ?? []).Select(s => (string)s!).Where(s => s != ManagedStore.AllDatasets).ToList();
        return new SloSubject(
            slo.Id,
            slo.Environment,
            slo.Dataset != ManagedStore.AllDatasets ? [slo.Dataset] : datasets,
            fields.Find(slo.Environment, slo.Dataset, (string)slo.Body["sli"]!["alias"]!),
            (int)slo.Body["time_period_days"]!,
            (long)slo.Body["target_per_million"]!);
    }

    /// <summary>Its burn alerts go with it.</summary>
    public override async Task BeforeDelete(ManageCall call, Managed managed)
    {
        foreach (var alert in store.List(BurnAlerts.Kind, "").Where(a => (string?)a.Body["slo"]?["id"] == managed.Id))
        {
            await store.DeleteAsync(BurnAlerts.Kind, alert, call.Stop);
            await states.ForgetAsync(alert.Id, call.Stop);
        }
    }
}
