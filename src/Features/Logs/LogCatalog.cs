using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Settings;

namespace Weir.Features.Logs;

/// <summary>The log groups and streams that exist. Thread-safe.</summary>
internal sealed class LogCatalog(ISettings settings, LogSequence sequence, TimeProvider time)
{
    private const string GroupCollection = "cloudwatch-log-groups";
    private const string StreamCollection = "cloudwatch-log-streams";
    private const string DeletionCollection = "cloudwatch-log-deletions";

    private readonly ConcurrentDictionary<string, (long Revision, LogGroup Group)> _parsed = new(StringComparer.Ordinal);

    public LogGroup? FindGroup(string name) => settings.Find(GroupCollection, name) is { } entry ? Parse(entry) : null;

    /// <summary>Groups in ordinal order of their names.</summary>
    public IEnumerable<LogGroup> Groups(string prefix = "") => settings.List(GroupCollection, prefix).Select(Parse);

    /// <summary>False when one with this name exists.</summary>
    public ValueTask<bool> CreateGroupAsync(LogGroup group, CancellationToken cancellationToken)
    {
        group = group with { CreationTime = Now(), FirstSequence = sequence.Next() };
        return settings.PutAsync(GroupCollection, group.Name, Bytes(group, LogCatalogJson.Default.LogGroup), 0, cancellationToken);
    }

    /// <summary>Changes a group; false when there is none with this name.</summary>
    public async ValueTask<bool> ChangeGroupAsync(string name, Func<LogGroup, LogGroup> change, CancellationToken cancellationToken)
    {
        // Another process may write between reading and writing; then read again.
        for (var attempt = 0; attempt < 16; attempt++)
        {
            if (settings.Find(GroupCollection, name) is not { } entry)
                return false;
            var changed = Bytes(change(Parse(entry)), LogCatalogJson.Default.LogGroup);
            if (await settings.PutAsync(GroupCollection, name, changed, entry.Revision, cancellationToken))
                return true;
        }
        throw new FaultException(new Fault(FaultKind.Busy, "many requests are changing the log group at the same time"));
    }

    /// <summary>Removes a group with its streams; false when there is none with this name.</summary>
    public async ValueTask<bool> DeleteGroupAsync(string name, CancellationToken cancellationToken)
    {
        if (!await settings.DeleteAsync(GroupCollection, name, cancellationToken: cancellationToken))
            return false;
        _parsed.TryRemove(name, out _);
        foreach (var stream in settings.List(StreamCollection, StreamKey(name, "")))
            await settings.DeleteAsync(StreamCollection, stream.Key, cancellationToken: cancellationToken);
        foreach (var deletion in settings.List(DeletionCollection, StreamKey(name, "")))
            await settings.DeleteAsync(DeletionCollection, deletion.Key, cancellationToken: cancellationToken);
        return true;
    }

    public bool HasStream(string group, string stream) => settings.Find(StreamCollection, StreamKey(group, stream)) is not null;

    public LogStream? FindStream(string group, string stream) =>
        settings.Find(StreamCollection, StreamKey(group, stream)) is { } entry ? Parse(entry, LogCatalogJson.Default.LogStream) : null;

    /// <summary>Streams of a group in ordinal order of their names.</summary>
    public IEnumerable<LogStream> Streams(string group, string prefix = "") =>
        settings.List(StreamCollection, StreamKey(group, prefix)).Select(static e => Parse(e, LogCatalogJson.Default.LogStream));

    /// <summary>False when one with this name exists.</summary>
    public ValueTask<bool> CreateStreamAsync(string group, string stream, CancellationToken cancellationToken) => settings.PutAsync(
        StreamCollection,
        StreamKey(group, stream),
        Bytes(new LogStream(group, stream, Now(), sequence.Next()), LogCatalogJson.Default.LogStream),
        0,
        cancellationToken);

    /// <summary>Removes a stream; false when there is none with this name.</summary>
    public async ValueTask<bool> DeleteStreamAsync(string group, string stream, CancellationToken cancellationToken)
    {
        if (!HasStream(group, stream))
            return false;
        var deletion = Bytes(new DeletedStream(group, stream, sequence.Next()), LogCatalogJson.Default.DeletedStream);
        await settings.PutAsync(DeletionCollection, StreamKey(group, stream), deletion, cancellationToken: cancellationToken);
        return await settings.DeleteAsync(StreamCollection, StreamKey(group, stream), cancellationToken: cancellationToken);
    }

    /// <summary>Streams that were deleted since the group exists, each with the end of its old lines.</summary>
    public IEnumerable<DeletedStream> Deletions(string group) =>
        settings.List(DeletionCollection, StreamKey(group, "")).Select(static e => Parse(e, LogCatalogJson.Default.DeletedStream));

    private static string StreamKey(string group, string stream) => $"{group}\n{stream}";

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private LogGroup Parse(SettingsEntry entry)
    {
        if (_parsed.TryGetValue(entry.Key, out var known) && known.Revision == entry.Revision)
            return known.Group;
        var group = Parse(entry, LogCatalogJson.Default.LogGroup);
        _parsed[entry.Key] = (entry.Revision, group);
        return group;
    }

    private static T Parse<T>(SettingsEntry entry, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(entry.Value.Span, type)
        ?? throw new FaultException(new Fault(FaultKind.Internal, $"the settings hold null for {entry.Collection}"));

    private static byte[] Bytes<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);
}
