using System.Globalization;
using System.Text.Json.Nodes;
using Weir.Core.Model;
using Weir.Protocols.Explore.Manage;

namespace Weir.Protocols.Explore.Alerts;

/// <summary>One evaluation of a burn alert, every minute.</summary>
internal sealed class BurnEvaluation(ManagedStore store, Slos slos, SloReader reader, AlertStates states, Outbox outbox, AlertCounters counters, NotifyOptions options)
{
    public const long FrequencySeconds = 60;

    /// <summary>An exhaustion is projected from a quarter of its horizon, an hour at least.</summary>
    private const long LeastLookbackSeconds = 3600;

    private const double PerPercent = 10_000;

    /// <summary>False: it could not be evaluated, try again.</summary>
    public async Task<bool> EvaluateAsync(Managed alert, long at, CancellationToken cancellationToken)
    {
        if (store.Find(Slos.Kind, "", dataset: null, (string)alert.Body["slo"]!["id"]!) is not { } slo)
            return true;
        SloMath? math;
        try
        {
            math = await reader.ReadAsync(slos.Subject(slo), at, cancellationToken);
        }
        catch (FaultException error)
        {
            counters.Evaluation("burn_alert", "error");
            return await EvaluationFailure.NoteAsync(states, alert.Id, at, error.Fault, options.MostHistory, cancellationToken);
        }
        if (math is null)
            return true;
        var (value, threshold, isOver) = Measure(alert.Body, math, at);
        counters.Evaluation("burn_alert", isOver ? "triggered" : "ok");
        await states.ChangeAsync(alert.Id, state => TakeAsync(alert, slo, state, math, (value, threshold, isOver), at, cancellationToken), cancellationToken);
        return true;
    }

    /// <summary>Minutes left, or percent of the budget lost; the limit it is held against; whether it is over.</summary>
    public static (double? Value, double Threshold, bool IsOver) Measure(JsonObject alert, SloMath math, long at)
    {
        if ((string?)alert["alert_type"] == "budget_rate")
        {
            var limit = (long)alert["budget_rate_decrease_threshold_per_million"]! / PerPercent;
            var lost = math.BudgetLost(at, (long)alert["budget_rate_window_minutes"]! * 60);
            return (lost, limit, lost >= limit);
        }
        var minutes = (long)alert["exhaustion_minutes"]!;
        var left = math.MinutesLeft(at, Math.Max(LeastLookbackSeconds, minutes * 60 / 4));
        return (left, minutes, left <= minutes);
    }

    private async Task<bool> TakeAsync(
        Managed alert, Managed slo, AlertState state, SloMath math, (double? Value, double Threshold, bool IsOver) measured, long at, CancellationToken cancellationToken)
    {
        var rule = new TriggerRule(">=", 1, 1, TellsAlways: false);
        var changes = rule.Advance(state, [new GroupValue([], measured.IsOver ? 1 : 0)]);
        var isDue = at - state.EvaluatedAt >= 600;
        state.Json.Remove("failures");
        state.EvaluatedAt = at;
        if (changes.Count == 0)
            return isDue;
        double? value = measured.Value is { } number && double.IsFinite(number) ? number : null;
        var entry = new JsonObject
        {
            ["at"] = ManagedTime.Text(DateTimeOffset.FromUnixTimeSeconds(at)),
            ["state"] = measured.IsOver ? "triggered" : "ok",
            ["value"] = value,
            ["threshold"] = measured.Threshold,
            ["group"] = null,
        };
        await outbox.TellAsync(alert, state, [entry], Notification(alert, slo, math.At(at), value, measured.Threshold, measured.IsOver, at), cancellationToken);
        return true;
    }

    private JsonObject Notification(Managed alert, Managed slo, SloStanding standing, double? value, double threshold, bool isOver, long at)
    {
        var name = (string)slo.Body["name"]!;
        var type = (string)alert.Body["alert_type"]!;
        var text = value is { } number ? number.ToString("0.##", CultureInfo.InvariantCulture) : "none";
        var what = type == "budget_rate"
            ? $"{text} % of the budget lost in {(long)alert.Body["budget_rate_window_minutes"]!} minutes"
            : $"{text} minutes until the budget is gone";
        return new JsonObject
        {
            ["version"] = "v0.1.0",
            ["id"] = alert.Id,
            ["name"] = name,
            ["description"] = (string?)alert.Body["description"],
            ["status"] = isOver ? "TRIGGERED" : "OK",
            ["summary"] = $"{(isOver ? "Triggered" : "Resolved")}: SLO {name}: {what}",
            ["alert_type"] = type,
            ["value"] = value,
            ["threshold"] = threshold,
            ["slo"] = new JsonObject
            {
                ["id"] = slo.Id,
                ["name"] = name,
                ["compliance"] = standing.Compliance,
                ["budget_remaining"] = standing.BudgetRemaining,
                ["burn_rate"] = standing.BurnRate,
            },
            ["dataset"] = alert.Dataset,
            ["environment"] = alert.Environment,
            ["evaluated_at"] = ManagedTime.Text(DateTimeOffset.FromUnixTimeSeconds(at)),
            ["result_url"] = options.Link($"/alerts/slos/{slo.Dataset}/{slo.Id}"),
        };
    }
}
