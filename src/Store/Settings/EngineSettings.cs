using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Weir.Core.Model;
using Weir.Core.Settings;
using Weir.Store.Engine;
using Weir.Store.Read;

namespace Weir.Store.Settings;

/// <summary>
/// Settings in a table of the engine, for a single Weir: all documents are in memory, a write goes to the table (synced)
/// and then to memory.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001", Justification = "The semaphore holds no handle, and after a stop that was cut short writers still come: they are told that the engine is closed.")]
public sealed class EngineSettings : ISettings
{
    private readonly IEngine _engine;
    private readonly TimeProvider _time;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private ImmutableDictionary<string, ImmutableSortedDictionary<string, SettingsEntry>> _documents =
        ImmutableDictionary<string, ImmutableSortedDictionary<string, SettingsEntry>>.Empty;

    private long _revision;

    private EngineSettings(IEngine engine, TimeProvider time)
    {
        _engine = engine;
        _time = time;
    }

    /// <summary>Reads all documents. Throws <see cref="EngineException"/>.</summary>
    public static async Task<EngineSettings> OpenAsync(IEngine engine, TimeProvider time, CancellationToken cancellationToken)
    {
        var settings = new EngineSettings(engine, time);
        var rows = await EngineRows.ReadAsync(
            engine,
            "SELECT collection, key, argMax(value, revision), max(revision), toUnixTimestamp64Milli(argMax(updated_at, revision)), argMax(deleted, revision) FROM settings GROUP BY collection, key",
            [],
            cancellationToken);
        foreach (var row in rows)
        {
            var revision = Convert.ToInt64(row[3], CultureInfo.InvariantCulture);
            settings._revision = Math.Max(settings._revision, revision);
            if (Convert.ToInt64(row[5], CultureInfo.InvariantCulture) != 0)
                continue;
            settings.Keep(new SettingsEntry(
                (string)row[0]!,
                (string)row[1]!,
                Encoding.UTF8.GetBytes((string)row[2]!),
                revision,
                DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(row[4], CultureInfo.InvariantCulture))));
        }
        return settings;
    }

    public SettingsEntry? Find(string collection, string key) =>
        _documents.TryGetValue(collection, out var documents) && documents.TryGetValue(key, out var entry) ? entry : null;

    public IReadOnlyList<SettingsEntry> List(string collection, string prefix = "") =>
        _documents.TryGetValue(collection, out var documents)
            ? [.. documents.Values.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))]
            : [];

    public async ValueTask<bool> PutAsync(
        string collection, string key, ReadOnlyMemory<byte> value, long? expectedRevision = null, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (expectedRevision is { } expected && (Find(collection, key)?.Revision ?? 0) != expected)
                return false;
            var entry = new SettingsEntry(collection, key, value.ToArray(), _revision + 1, _time.GetUtcNow());
            await WriteAsync(entry, deleted: false, cancellationToken);
            Keep(entry);
            return true;
        }
        finally
        {
            _writing.Release();
        }
    }

    public async ValueTask<bool> DeleteAsync(
        string collection, string key, long? expectedRevision = null, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (Find(collection, key) is not { } entry || (expectedRevision is { } expected && entry.Revision != expected))
                return false;
            await WriteAsync(entry with { Revision = _revision + 1, Value = default, UpdatedAt = _time.GetUtcNow() }, deleted: true, cancellationToken);
            _documents = _documents.SetItem(collection, _documents[collection].Remove(key));
            return true;
        }
        finally
        {
            _writing.Release();
        }
    }

    private void Keep(SettingsEntry entry)
    {
        var documents = _documents.GetValueOrDefault(entry.Collection) ?? ImmutableSortedDictionary.Create<string, SettingsEntry>(StringComparer.Ordinal);
        _documents = _documents.SetItem(entry.Collection, documents.SetItem(entry.Key, entry));
    }

    private async Task WriteAsync(SettingsEntry entry, bool deleted, CancellationToken cancellationToken)
    {
        // The number is used up in any case: a failed write may have been stored, and with a number used twice a restart could load either value.
        _revision = entry.Revision;
        try
        {
            await _engine.ExecuteAsync(
                "INSERT INTO settings (collection, key, value, revision, updated_at, deleted) SELECT {collection:String}, {key:String}, {value:String}, {revision:UInt64}, fromUnixTimestamp64Milli({updated:Int64}, 'UTC'), {deleted:UInt8}",
                [
                    EngineParameter.Text("collection", entry.Collection),
                    EngineParameter.Text("key", entry.Key),
                    EngineParameter.Text("value", Encoding.UTF8.GetString(entry.Value.Span)),
                    EngineParameter.Text("revision", entry.Revision.ToString(CultureInfo.InvariantCulture)),
                    EngineParameter.Text("updated", entry.UpdatedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)),
                    EngineParameter.Text("deleted", deleted ? "1" : "0"),
                ],
                cancellationToken);
        }
        catch (EngineException error)
        {
            throw new FaultException(new Fault(FaultKind.Unavailable, "the settings can't be written: " + error.Message), error);
        }
    }
}
