using System.Collections.Concurrent;
using Weir.Core.Settings;

namespace Weir.Tests.Support;

/// <summary>Settings in memory, with the revisions and conditions of the seam.</summary>
public sealed class MemorySettings(TimeProvider? time = null) : ISettings
{
    private readonly ConcurrentDictionary<(string Collection, string Key), SettingsEntry> _entries = new();
    private readonly Lock _lock = new();
    private long _revision;

    public SettingsEntry? Find(string collection, string key) => _entries.GetValueOrDefault((collection, key));

    public IReadOnlyList<SettingsEntry> List(string collection, string prefix = "") =>
    [
        .. _entries.Values
            .Where(entry => entry.Collection == collection && entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal),
    ];

    public ValueTask<bool> PutAsync(
        string collection, string key, ReadOnlyMemory<byte> value, long? expectedRevision = null, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (expectedRevision is { } expected && (Find(collection, key)?.Revision ?? 0) != expected)
                return ValueTask.FromResult(false);
            var now = (time ?? TimeProvider.System).GetUtcNow();
            _entries[(collection, key)] = new SettingsEntry(collection, key, value.ToArray(), ++_revision, now);
            return ValueTask.FromResult(true);
        }
    }

    public ValueTask<bool> DeleteAsync(
        string collection, string key, long? expectedRevision = null, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (Find(collection, key) is not { } entry || (expectedRevision is { } expected && entry.Revision != expected))
                return ValueTask.FromResult(false);
            return ValueTask.FromResult(_entries.TryRemove((collection, key), out _));
        }
    }
}
