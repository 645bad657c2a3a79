using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Weir.Core.Model;

namespace Weir.Core.Settings;

/// <summary>A stored document with its environment and dataset.</summary>
/// <param name="Environment">Empty: it belongs to all environments.</param>
/// <param name="Dataset">Slug, <see cref="DocumentIds.AllDatasets"/>, or empty for kinds without a dataset.</param>
/// <param name="Revision">Revision in the settings; 0: not stored yet. A write succeeds only when the document has not been written since this revision.</param>
public sealed record Stored<T>(string Environment, string Dataset, string Id, T Value, long Revision = 0);

public static class DocumentIds
{
    /// <summary>Means every dataset of an environment.</summary>
    public const string AllDatasets = "__all__";

    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>Eleven random letters and digits.</summary>
    public static string New() => RandomNumberGenerator.GetString(Letters, 11);
}

/// <summary>
/// Documents of one kind in the settings, under the key <c>environment/dataset/id</c>. Written with compare and set: a write that conflicts with
/// another change is rejected, so no change is lost. A scope is an environment, or empty for all of them. Thread-safe.
/// </summary>
public sealed class Documents<T>(ISettings settings)
    where T : class, IDocument<T>
{
    /// <summary>Parsed documents by key: valid while the revision is the stored one. Limited by the stored documents, see <see cref="List"/>.</summary>
    private readonly ConcurrentDictionary<string, Stored<T>> _read = new(StringComparer.Ordinal);

    /// <summary>The last known key of an id.</summary>
    private readonly ConcurrentDictionary<string, string> _keys = new(StringComparer.Ordinal);

    public int Count => settings.List(T.Collection).Count;

    /// <param name="dataset">Null: all datasets.</param>
    public IReadOnlyList<Stored<T>> List(string scope, string? dataset = null)
    {
        var entries = settings.List(T.Collection);
        // Documents that another process deleted are not kept for ever.
        if (_read.Count > (2 * entries.Count) + 100)
            _read.Clear();
        if (_keys.Count > (2 * entries.Count) + 100)
            _keys.Clear();
        var found = new List<Stored<T>>();
        foreach (var entry in entries)
        {
            if (Read(entry) is { } stored && IsVisible(stored, scope) && (dataset is null || stored.Dataset == dataset))
                found.Add(stored);
        }
        return found;
    }

    /// <param name="dataset">Null or <see cref="DocumentIds.AllDatasets"/>: any dataset. Otherwise this one, or all datasets.</param>
    public Stored<T>? Find(string scope, string? dataset, string id)
    {
        if (id.Length == 0)
            return null;
        if (dataset is null or DocumentIds.AllDatasets)
            return FindAnywhere(scope, id);
        if (scope.Length == 0)
            return FindAnywhere(scope, id, dataset);
        return At(scope, dataset, id) ?? At("", dataset, id) ?? At(scope, DocumentIds.AllDatasets, id) ?? At("", DocumentIds.AllDatasets, id);
    }

    /// <summary>The document with exactly this key.</summary>
    public Stored<T>? At(string environment, string dataset, string id) =>
        settings.Find(T.Collection, Key(environment, dataset, id)) is { } entry ? Read(entry) : null;

    /// <summary>
    /// Writes a document, which must be as stored when it was read (revision 0: must be new). Throws <see cref="FaultException"/> (Conflict) when it is
    /// not, and (Unavailable) when the store can't write.
    /// </summary>
    public async ValueTask<Stored<T>> PutAsync(Stored<T> document, CancellationToken cancellationToken) =>
        await TryPutAsync(document, cancellationToken)
        ?? throw new FaultException(new Fault(FaultKind.Conflict, "Somebody else changed this in the meantime; read it again and repeat the change."));

    /// <summary>The same; null when the document was changed in the meantime.</summary>
    public async ValueTask<Stored<T>?> TryPutAsync(Stored<T> document, CancellationToken cancellationToken)
    {
        var key = Key(document.Environment, document.Dataset, document.Id);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(document.Value, T.Json);
        if (!await settings.PutAsync(T.Collection, key, bytes, document.Revision, cancellationToken))
            return null;
        // Revision -1 is no stored one: whoever goes on from here over another's write is refused.
        var revision = settings.Find(T.Collection, key) is { } entry && entry.Value.Span.SequenceEqual(bytes) ? entry.Revision : -1;
        return document with { Revision = revision };
    }

    /// <summary>Removes a document, which must be as stored when it was read; false when it was changed or removed.</summary>
    public async ValueTask<bool> DeleteAsync(Stored<T> document, CancellationToken cancellationToken)
    {
        var key = Key(document.Environment, document.Dataset, document.Id);
        if (!await settings.DeleteAsync(T.Collection, key, document.Revision, cancellationToken))
            return false;
        _read.TryRemove(key, out _);
        _keys.TryRemove(document.Id, out _);
        return true;
    }

    private Stored<T>? FindAnywhere(string scope, string id, string? dataset = null)
    {
        if (_keys.TryGetValue(id, out var known) && settings.Find(T.Collection, known) is { } entry && Read(entry) is { } there && IsWanted(there, scope, dataset))
            return there;
        var end = "/" + id;
        foreach (var candidate in settings.List(T.Collection))
        {
            if (candidate.Key.EndsWith(end, StringComparison.Ordinal) && Read(candidate) is { } stored && stored.Id == id && IsWanted(stored, scope, dataset))
            {
                _keys[id] = candidate.Key;
                return stored;
            }
        }
        return null;
    }

    private static bool IsWanted(Stored<T> stored, string scope, string? dataset) =>
        IsVisible(stored, scope) && (dataset is null || stored.Dataset == dataset || stored.Dataset == DocumentIds.AllDatasets);

    private static bool IsVisible(Stored<T> stored, string scope) => scope.Length == 0 || stored.Environment.Length == 0 || stored.Environment == scope;

    private static string Key(string environment, string dataset, string id) => $"{environment}/{dataset}/{id}";

    private Stored<T>? Read(SettingsEntry entry)
    {
        if (_read.TryGetValue(entry.Key, out var known) && known.Revision == entry.Revision)
            return known;
        var parts = entry.Key.Split('/');
        if (parts.Length != 3)
            return null;
        try
        {
            return JsonSerializer.Deserialize(entry.Value.Span, T.Json) is { } value
                ? _read[entry.Key] = new Stored<T>(parts[0], parts[1], parts[2], value, entry.Revision)
                : null;
        }
        catch (JsonException error)
        {
            throw new InvalidOperationException($"the document {entry.Key} of {entry.Collection} in the settings is not readable: {error.Message}", error);
        }
    }
}
