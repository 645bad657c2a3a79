using System.Text;
using System.Text.Json.Nodes;
using Weir.Core.Settings;

namespace Weir.Protocols.Explore.Manage;

/// <summary>One stored object of the management API.</summary>
/// <param name="Environment">Empty: it belongs to all environments (made in the web UI).</param>
/// <param name="Dataset">Slug, <c>__all__</c>, or empty for kinds that belong to no dataset.</param>
internal sealed record Managed(string Environment, string Dataset, string Id, JsonObject Body, long Revision);

/// <summary>
/// The objects of the management API: JSON documents in the settings, one collection a kind, the key
/// <c>environment/dataset/id</c>. A scope is an environment, or empty for all of them.
/// </summary>
internal sealed class ManagedStore(ISettings settings)
{
    public const string AllDatasets = "__all__";

    public IReadOnlyList<Managed> List(string kind, string scope, string? dataset = null)
    {
        var found = new List<Managed>();
        foreach (var entry in settings.List(Collection(kind)))
        {
            if (Read(entry) is { } managed && IsVisible(managed, scope) && (dataset is null || managed.Dataset == dataset))
                found.Add(managed);
        }
        return found;
    }

    public Managed? Find(string kind, string scope, string? dataset, string id)
    {
        foreach (var entry in settings.List(Collection(kind)))
        {
            if (entry.Key.EndsWith(id, StringComparison.Ordinal) && Read(entry) is { } managed && managed.Id == id && IsVisible(managed, scope)
                && (dataset is null or AllDatasets || managed.Dataset == dataset || managed.Dataset == AllDatasets))
            {
                return managed;
            }
        }
        return null;
    }

    public async ValueTask PutAsync(string kind, Managed managed, CancellationToken cancellationToken) =>
        await settings.PutAsync(Collection(kind), Key(managed), Write(managed.Body), expectedRevision: null, cancellationToken);

    public async ValueTask<bool> DeleteAsync(string kind, Managed managed, CancellationToken cancellationToken) =>
        await settings.DeleteAsync(Collection(kind), Key(managed), expectedRevision: null, cancellationToken);

    /// <summary>The body as it is read from the store: numbers that were made here are of one type each, read ones of any.</summary>
    public static JsonObject Reread(JsonObject body) => (JsonObject)JsonNode.Parse(Write(body))!;

    private static bool IsVisible(Managed managed, string scope) => scope.Length == 0 || managed.Environment.Length == 0 || managed.Environment == scope;

    private static string Collection(string kind) => "manage-" + kind;

    private static string Key(Managed managed) => $"{managed.Environment}/{managed.Dataset}/{managed.Id}";

    private static Managed? Read(SettingsEntry entry)
    {
        var parts = entry.Key.Split('/');
        return parts.Length == 3 && JsonNode.Parse(entry.Value.Span) is JsonObject body
            ? new Managed(parts[0], parts[1], parts[2], body, entry.Revision)
            : null;
    }

    private static byte[] Write(JsonObject body) => Encoding.UTF8.GetBytes(body.ToJsonString(ManageJson.Default.Options));
}
