namespace Weir.Core.Settings;

/// <summary>
/// Small mutable state: keys, groups, sampling rules, log groups and streams, item status. Documents (UTF-8 JSON) by collection and
/// key. Reads come from memory and are cheap enough for every request; writes are durable when they return.
/// </summary>
public interface ISettings
{
    /// <summary>The newest document, or null.</summary>
    SettingsEntry? Find(string collection, string key);

    /// <summary>Documents whose key starts with <paramref name="prefix"/>, in ordinal key order.</summary>
    IReadOnlyList<SettingsEntry> List(string collection, string prefix = "");

    /// <summary>
    /// Writes a document. With <paramref name="expectedRevision"/> the write happens only if the stored revision equals it
    /// (0: no document yet); false if it does not. Throws <see cref="Model.FaultException"/> (Unavailable) when the store can't
    /// write; nothing has changed then.
    /// </summary>
    ValueTask<bool> PutAsync(
        string collection, string key, ReadOnlyMemory<byte> value, long? expectedRevision = null, CancellationToken cancellationToken = default);

    /// <summary>Removes a document; false when it does not exist (or its revision is another one).</summary>
    ValueTask<bool> DeleteAsync(
        string collection, string key, long? expectedRevision = null, CancellationToken cancellationToken = default);
}

/// <summary>A stored document.</summary>
/// <param name="Revision">Increases with every write of the store; never 0.</param>
public sealed record SettingsEntry(string Collection, string Key, ReadOnlyMemory<byte> Value, long Revision, DateTimeOffset UpdatedAt);
