using Weir.Core.Settings;
using Weir.Features.Alerts.Notifications;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// The recipients an alert names, by id or by type and target. Email addresses and channels that nobody made before are
/// made by being named; a webhook has more to it than its name and must be there.
/// </summary>
internal sealed class AlertRecipients(Documents<Recipient> recipients, TimeProvider time)
{
    /// <param name="allowsMarkers">Triggers may also set a marker; <c>target</c> is then the marker's message.</param>
    public async Task<IReadOnlyList<AlertRecipient>> ShapeAsync(ManageCall call, ManageInput input, bool allowsMarkers)
    {
        var list = new List<AlertRecipient>();
        foreach (var named in input.Objects("recipients", 100))
        {
            if (await ShapeOneAsync(call, named, allowsMarkers) is not { } recipient)
                continue;
            list.Add(named.Object("notification_details") is { } details ? recipient with { NotificationDetails = details.ToElement() } : recipient);
        }
        return list;
    }

    private async Task<AlertRecipient?> ShapeOneAsync(ManageCall call, ManageInput named, bool allowsMarkers)
    {
        if (named.Has("id") && named.Text("type", 32) != "marker")
        {
            if (recipients.Find(call.Scope, dataset: null, named.Text("id", 64)) is { } known)
                return AlertRecipient.Of(known);
            named.Fault("id", "invalid", "there is no such recipient");
            return null;
        }
        var type = named.OneOf("type", "", allowsMarkers ? [.. Recipients.Types, "marker"] : Recipients.Types);
        if (type == "marker")
            return new AlertRecipient(named.Text("id", 64, DocumentIds.New()), type, named.Text("target", 1023));
        return await FindOrMakeAsync(call, type, named.Required("target", 320), named) is { } found ? AlertRecipient.Of(found) : null;
    }

    private async Task<Stored<Recipient>?> FindOrMakeAsync(ManageCall call, string type, string target, ManageInput named)
    {
        var found = recipients.List(call.Scope).FirstOrDefault(r => r.Value.Type == type && r.Value.Target() == target);
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
        var id = DocumentIds.New();
        var now = time.GetUtcNow();
        return await recipients.PutAsync(
            new Stored<Recipient>(call.Scope, "", id, Recipient.Named(type, target) with { Id = id, CreatedAt = now, UpdatedAt = now }), call.Stop);
    }
}
