using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Weir.Core.Settings;
using Weir.Features.Alerts;
using Weir.Features.Alerts.Notifications;

namespace Weir.Protocols.Explore.Manage;

/// <summary>What people ask of alerts beside the objects themselves.</summary>
internal sealed class AlertReports(ObjectApi objects, Triggers triggers, TriggerEvaluation evaluation, AlertStates states, TimeProvider time)
{
    /// <summary><c>{"items":[{"at","state","value","threshold","group","deliveries":[{"recipient","ok","attempts","detail"}]}]}</c>, newest first.</summary>
    public async Task HistoryAsync<T>(ManageCall call, ManagedKind<T> kind)
        where T : DatedDocument, IDocument<T>
    {
        await objects.EnterAsync(call, kind);
        var items = (states.Of(objects.Find(call, kind).Id).History ?? []).Select(Show).ToArray<JsonNode>();
        await call.AnswerAsync(StatusCodes.Status200OK, new JsonObject { ["items"] = new JsonArray(items) });
    }

    /// <summary>A trigger that is not saved, evaluated now: <c>{"value","wouldTrigger","groups":[{"group","value","wouldTrigger"}]}</c>.</summary>
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
        await call.AnswerAsync(StatusCodes.Status200OK, new JsonObject
        {
            ["value"] = most?.Value,
            ["wouldTrigger"] = values.Any(v => rule.IsOver(v.Value)),
            ["groups"] = new JsonArray([.. values.Select(v => new JsonObject
            {
                ["group"] = Group(v.Key),
                ["value"] = v.Value,
                ["wouldTrigger"] = rule.IsOver(v.Value),
            })]),
        });
    }

    private static JsonObject Show(HistoryEntry entry)
    {
        var item = new JsonObject
        {
            ["at"] = WholeSecondsConverter.Text(entry.At),
            ["state"] = entry.State,
            ["value"] = entry.Value,
            ["threshold"] = entry.Threshold,
            ["group"] = entry.Group is { } group ? Group(group) : null,
        };
        if (entry.Detail is { } detail)
            item["detail"] = detail;
        item["deliveries"] = new JsonArray([.. (entry.Deliveries ?? []).Select(d => new JsonObject
        {
            ["recipient"] = d.Recipient,
            ["ok"] = d.Ok,
            ["attempts"] = d.Attempts,
            ["detail"] = d.Detail,
        })]);
        return item;
    }

    private static JsonNode? Group(GroupKey key) => JsonNode.Parse(key.ToString());
}
