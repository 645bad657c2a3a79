using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Core.Settings;
using Weir.Features.Alerts;
using Weir.Features.Alerts.Notifications;

namespace Weir.Protocols.Explore.Manage;

/// <summary>What people ask of alerts beside the objects themselves.</summary>
internal sealed class AlertReports(ObjectApi objects, Triggers triggers, TriggerEvaluation evaluation, AlertStates states, TimeProvider time)
{
    public async Task HistoryAsync<T>(ManageCall call, ManagedKind<T> kind)
        where T : DatedDocument, IDocument<T>
    {
        await objects.EnterAsync(call, kind);
        var history = states.Of(objects.Find(call, kind).Id).History ?? [];
        await call.AnswerAsync(StatusCodes.Status200OK, new AlertHistory([.. history.Select(Show)]), ReportJson.Default.AlertHistory);
    }

    /// <summary>A trigger that is not saved, evaluated now.</summary>
    public async Task CheckAsync(ManageCall call)
    {
        var body = await call.BodyAsync();
        body["name"] ??= "check";
        body.Remove("recipients");
        var input = new ManageInput(body);
        await objects.EnterAsync(call, triggers);
        var trigger = new Stored<Trigger>(call.Scope, call.Dataset, "check", await triggers.Shape(call, input, null));
        input.Check();
        var rule = trigger.Value.Rule();
        var values = await evaluation.ValuesAsync(trigger, time.GetUtcNow().ToUnixTimeSeconds(), call.Stop);
        // With groups, the one nearest to triggering speaks for all.
        var most = rule.Op is ">" or ">=" ? values.MaxBy(v => v.Value) : values.Where(v => v.Value is not null).MinBy(v => v.Value);
        await call.AnswerAsync(
            StatusCodes.Status200OK,
            new TriggerCheck(
                most?.Value,
                values.Any(v => rule.IsOver(v.Value)),
                [.. values.Select(v => new TriggerCheckGroup(Group(v.Key), v.Value, rule.IsOver(v.Value)))]),
            ReportJson.Default.TriggerCheck);
    }

    private static AlertHistoryItem Show(HistoryEntry entry) => new(
        WholeSecondsConverter.Text(entry.At),
        entry.State,
        entry.Value,
        entry.Threshold,
        entry.Group is { } group ? Group(group) : null,
        entry.Detail,
        [.. (entry.Deliveries ?? []).Select(d => new AlertDelivery(d.Recipient, d.Ok, d.Attempts, d.Detail))]);

    private static JsonElement Group(GroupKey key) => JsonElement.Parse(key.ToString());
}
