using System.Text.Json.Nodes;
using Weir.Core.Settings;
using Weir.Features.Alerts;
using Weir.Features.Alerts.Notifications;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// <c>/burn_alerts/{dataset}</c>: notifies when an SLO's budget will be gone within <c>exhaustion_minutes</c>, or has fallen by so much
/// within a window (<c>budget_rate</c>).
/// </summary>
internal sealed class BurnAlerts(Documents<BurnAlert> burnAlerts, Documents<Slo> slos, AlertRecipients recipients, AlertStates states) : ManagedKind<BurnAlert>(burnAlerts)
{
    private const int MinutesOfDay = 1440;
    private const int MostDays = 90;

    public override string Name => "burn_alerts";

    public override async Task<BurnAlert> Shape(ManageCall call, ManageInput input, Stored<BurnAlert>? before)
    {
        var sloId = before?.Value.SloId() ?? input.Object("slo")?.Required("id", 64) ?? "";
        var slo = slos.Find(call.Scope, dataset: null, sloId);
        if (slo is null)
            input.Fault("slo.id", sloId.Length == 0 ? "missing" : "invalid", "there is no such SLO");
        var type = input.OneOf("alert_type", before?.Value.AlertType ?? BurnAlert.ExhaustionTime, BurnAlert.ExhaustionTime, BurnAlert.BudgetRate);
        if (before is not null && type != before.Value.AlertType)
            input.Fault("alert_type", "invalid", "cannot be changed");
        var alert = new BurnAlert(type, input.Text("description", 1023), new SloReference(sloId));
        if (type == BurnAlert.ExhaustionTime)
        {
            alert = alert with { ExhaustionMinutes = input.RequiredWhole("exhaustion_minutes", 0, MostDays * MinutesOfDay) };
        }
        else
        {
            var period = (slo?.Value.TimePeriodDays ?? MostDays) * MinutesOfDay;
            alert = alert with
            {
                BudgetRateWindowMinutes = input.RequiredWhole("budget_rate_window_minutes", 60, period),
                BudgetRateDecreaseThresholdPerMillion = input.RequiredWhole("budget_rate_decrease_threshold_per_million", 1, 1_000_000),
            };
        }
        return alert with { Recipients = await recipients.ShapeAsync(call, input, allowsMarkers: false) };
    }

    public override Task<JsonObject> Show(ManageCall call, Stored<BurnAlert> stored) =>
        Task.FromResult(Members(stored, new AlertStanding(states.Of(stored.Id).IsTriggered()), AddedJson.Default.AlertStanding));

    public override bool Matches(ManageCall call, Stored<BurnAlert> stored) => call.Query("slo_id") is not { } slo || stored.Value.SloId() == slo;

    public override Task BeforeDelete(ManageCall call, Stored<BurnAlert> stored) => states.ForgetAsync(stored.Id, call.Stop);
}
