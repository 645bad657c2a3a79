using System.Text.Json;
using Weir.Core.Model;
using Weir.Core.Settings;

namespace Weir.Features.Errors;

/// <summary>
/// The status of items as set by users. A resolved item is active again as soon as an occurrence is received after it was resolved; this is
/// derived from the occurrences, so nothing has to be written when one arrives. A muted item stays muted.
/// </summary>
internal sealed class ErrorStates(ISettings settings, TimeProvider time)
{
    public const string Active = "active";
    public const string Resolved = "resolved";
    public const string Muted = "muted";
    private const string Collection = "item-status";

    /// <param name="lastReceivedAt">When the item's newest occurrence was received: nanoseconds since 1970, UTC.</param>
    public string Of(ulong itemId, long lastReceivedAt) =>
        settings.Find(Collection, ItemIdentity.ToText(itemId)) is { } entry && Parse(entry) is { } stored ? Effective(stored, lastReceivedAt) : Active;

    public static string Effective(StoredStatus stored, long lastReceivedAt) => stored.Status switch
    {
        Muted => Muted,
        Resolved when lastReceivedAt <= stored.At => Resolved,
        _ => Active,
    };

    /// <summary>Items that were resolved or muted, regardless of later occurrences.</summary>
    public Dictionary<ulong, StoredStatus> All()
    {
        var all = new Dictionary<ulong, StoredStatus>();
        foreach (var entry in settings.List(Collection))
        {
            if (ItemIdentity.TryParse(entry.Key, out var id) && Parse(entry) is { } stored)
                all[id] = stored;
        }
        return all;
    }

    public async ValueTask SetAsync(ulong itemId, string status, CancellationToken cancellationToken)
    {
        var key = ItemIdentity.ToText(itemId);
        if (status == Active)
        {
            await settings.DeleteAsync(Collection, key, cancellationToken: cancellationToken);
            return;
        }
        var stored = new StoredStatus(status, time.UnixNanoseconds());
        await settings.PutAsync(
            Collection, key, JsonSerializer.SerializeToUtf8Bytes(stored, ErrorSettingsJson.Default.StoredStatus), cancellationToken: cancellationToken);
    }

    private static StoredStatus? Parse(SettingsEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize(entry.Value.Span, ErrorSettingsJson.Default.StoredStatus);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
