using System.Text.Json.Nodes;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// The recipients an alert names, by id or by type and target. Email addresses, channels and integrations that nobody made before are
/// made by being named; a webhook has more to it than its name and must be there.
/// </summary>
internal sealed class AlertRecipients(ManagedStore store, TimeProvider time)
{
    /// <param name="allowsMarkers">Triggers may also set a marker; <c>target</c> is then the marker's message.</param>
    public async Task<JsonArray> ShapeAsync(ManageCall call, ManageInput input, bool allowsMarkers)
    {
        var list = new JsonArray();
        foreach (var named in input.Objects("recipients", 100))
        {
            if (await ShapeOneAsync(call, named, allowsMarkers) is { } recipient)
                list.Add(recipient);
        }
        return list;
    }

    private async Task<JsonObject?> ShapeOneAsync(ManageCall call, ManageInput named, bool allowsMarkers)
    {
        JsonObject shaped;
        if (named.Has("id") && named.Text("type", 32) != "marker")
        {
            if (store.Find(Recipients.Kind, call.Scope, dataset: null, named.Text("id", 64)) is not { } known)
            {
                named.Fault("id", "invalid", "there is no such recipient");
                return null;
            }
            shaped = Of(known);
        }
        else
        {
            var type = named.OneOf("type", "", allowsMarkers
                ? ["email", "pagerduty", "slack", "webhook", "msteams", "msteams_workflow", "marker"]
                : ["email", "pagerduty", "slack", "webhook", "msteams", "msteams_workflow"]);
            var target = type == "marker" ? named.Text("target", 1023) : named.Required("target", 320);
            if (type == "marker")
                shaped = new JsonObject { ["id"] = named.Text("id", 64, ManageCall.NewId()), ["type"] = type, ["target"] = target };
            else if (await FindOrMakeAsync(call, type, target, named) is { } found)
                shaped = Of(found);
            else
                return null;
        }
        if (named.Object("notification_details") is { } details)
            shaped["notification_details"] = details.ToJson();
        return shaped;
    }

    private async Task<Managed?> FindOrMakeAsync(ManageCall call, string type, string target, ManageInput named)
    {
        var found = store.List(Recipients.Kind, call.Scope).FirstOrDefault(r => (string?)r.Body["type"] == type && Recipients.TargetOf(r.Body) == target);
        if (found is not null || target.Length == 0)
            return found;
        if (type is not ("email" or "slack"))
        {
            named.Fault("target", "invalid", $"there is no recipient of type {type} with this name; make it first");
            return null;
        }
        if (type == "email" && !System.Net.Mail.MailAddress.TryCreate(target, out _))
        {
            named.Fault("target", "invalid", "is no email address");
            return null;
        }
        var id = ManageCall.NewId();
        var now = ManagedTime.Text(time.GetUtcNow());
        var made = new Managed(call.Scope, "", id, new JsonObject
        {
            ["id"] = id,
            ["type"] = type,
            ["details"] = new JsonObject { [Recipients.TargetMember(type)] = target },
            ["created_at"] = now,
            ["updated_at"] = now,
        }, 0);
        await store.PutAsync(Recipients.Kind, made, call.Stop);
        return made;
    }

    /// <summary>As alerts name it: <c>{"id","type","target"}</c>.</summary>
    public static JsonObject Of(Managed recipient) =>
        new() { ["id"] = recipient.Id, ["type"] = (string?)recipient.Body["type"], ["target"] = Recipients.TargetOf(recipient.Body) };
}
