using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Weir.Protocols.Explore.Manage;

namespace Weir.Protocols.Explore.Alerts;

/// <summary>What people ask of alerts beside the objects themselves.</summary>
internal sealed class AlertReports(ObjectApi objects, Triggers triggers, TriggerEvaluation evaluation, AlertStates states, TimeProvider time)
{
    /// <summary><c>{"items":[{"at","state","value","threshold","group","deliveries":[{"recipient","ok","attempts","detail"}]}]}</c>, newest first.</summary>
    public async Task HistoryAsync(ManageCall call, ManagedKind kind)
    {
        await objects.EnterAsync(call, kind);
        var items = new JsonArray();
        foreach (var entry in states.Of(objects.Find(call, kind).Id).History)
        {
            var item = (JsonObject)entry!.DeepClone();
            item.Remove("notification");
            foreach (var delivery in item["deliveries"] as JsonArray ?? [])
                ((JsonObject)delivery!).Remove("recipient_id");
            items.Add(item);
        }
        await call.AnswerAsync(StatusCodes.Status200OK, new JsonObject { ["items"] = items });
    }

    /// <summary>A trigger that is not saved, evaluated now: <c>{"value","wouldTrigger","groups":[{"group","value","wouldTrigger"}]}</c>.</summary>
    public async Task CheckAsync(ManageCall call)
    {
        var body = await call.BodyAsync();
        body["name"] ??= "check";
        body.Remove("recipients");
        var input = new ManageInput(body);
        await objects.EnterAsync(call, triggers);
        var trigger = new Managed(call.Scope, call.Dataset, "check", ManagedStore.Reread(await triggers.Shape(call, input, null)), 0);
        input.Check();
        var rule = TriggerRule.Of(trigger.Body);
        var values = await evaluation.ValuesAsync(trigger, time.GetUtcNow().ToUnixTimeSeconds(), call.Stop);
        // With groups, the one nearest to triggering speaks for all.
        var most = rule.Op is ">" or ">=" ? values.MaxBy(v => v.Value) : values.Where(v => v.Value is not null).MinBy(v => v.Value);
        await call.AnswerAsync(StatusCodes.Status200OK, new JsonObject
        {
            ["value"] = most?.Value,
            ["wouldTrigger"] = values.Any(v => rule.IsOver(v.Value)),
            ["groups"] = new JsonArray([.. values.Select(v => new JsonObject
            {
                ["group"] = v.Key.DeepClone(),
                ["value"] = v.Value,
                ["wouldTrigger"] = rule.IsOver(v.Value),
            })]),
        });
    }
}
