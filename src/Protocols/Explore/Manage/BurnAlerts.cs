using System.Text.Json.Nodes;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// <c>/burn_alerts/{dataset}</c>: told when an SLO's budget will be gone within <c>exhaustion_minutes</c>, or has fallen by so much
/// within a window (<c>budget_rate</c>).
/// </summary>
internal sealed class BurnAlerts(ManagedStore store, AlertRecipients recipients, AlertStates states) : ManagedKind
{
    public const string Kind = "burn_alerts";

    public override string Name => Kind;

    public override async Task<JsonObject> Shape(ManageCall call, ManageInput input, Managed? before)
    {
        var sloId = before is not null ? (string)before.Body["slo"]!["id"]! : input.Object("slo")?.Required("id", 64) ?? "";
        var slo = store.Find(Slos.Kind, call.Scope, dataset: null, sloId);
        if (slo is null)
            input.Fault("slo.id", sloId.Length == 0 ? "missing" : "invalid", "there is no such SLO");
        var type = input.OneOf("alert_type", (string?)before?.Body["alert_type"] ?? "exhaustion_time", "exhaustion_time", "budget_rate");
        if (before is not null && type != (string?)before.Body["alert_type"])
            input.Fault("alert_type", "invalid", "cannot be changed");
        var alert = new JsonObject
        {
            ["alert_type"] = type,
            ["description"] = input.Text("description", 1023),
            ["slo"] = new JsonObject { ["id"] = sloId },
        };
        if (type == "exhaustion_time")
        {
            alert["exhaustion_minutes"] = input.RequiredWhole("exhaustion_minutes", 0, 90 * 1440);
        }
        else
        {
            var period = ((long?)slo?.Body["time_period_days"] ?? 90) * 1440;
            alert["budget_rate_window_minutes"] = input.RequiredWhole("budget_rate_window_minutes", 60, period);
            alert["budget_rate_decrease_threshold_per_million"] = input.RequiredWhole("budget_rate_decrease_threshold_per_million", 1, 1_000_000);
        }
        alert["recipients"] = await recipients.ShapeAsync(call, input, allowsMarkers: false);
        return alert;
    }

    public override Task<JsonObject> Show(ManageCall call, Managed managed)
    {
        var alert = (JsonObject)managed.Body.DeepClone();
        alert["triggered"] = states.Of(managed.Id).IsTriggered;
        return Task.FromResult(alert);
    }

    public override bool Matches(ManageCall call, Managed managed) => call.Query("slo_id") is not { } slo || (string?)managed.Body["slo"]?["id"] == slo;

    public override Task BeforeDelete(ManageCall call, Managed managed) => states.ForgetAsync(managed.Id, call.Stop);
}
