using System.Text.Json;
using Weir.Core.Settings;

namespace Weir.Protocols.XRay.Groups;

/// <summary>Groups in the settings.</summary>
internal sealed class GroupStore(ISettings settings)
{
    private const string Collection = "xray-groups";
    private const string Counts = "xray-group-counts";
    private const string Last = "last";

    /// <summary>The newest minute whose traces were counted.</summary>
    public DateTimeOffset? LastCounted => settings.Find(Counts, Last) is { } entry
        ? DateTimeOffset.FromUnixTimeSeconds(JsonSerializer.Deserialize(entry.Value.Span, GroupJson.Default.Int64))
        : null;

    public async ValueTask SetLastCountedAsync(DateTimeOffset minute, CancellationToken cancellationToken) => _ = await settings.PutAsync(
        Counts, Last, JsonSerializer.SerializeToUtf8Bytes(minute.ToUnixTimeSeconds(), GroupJson.Default.Int64), expectedRevision: null, cancellationToken);

    public GroupRecord? Find(string name) => settings.Find(Collection, name) is { } entry ? Read(entry) : null;

    public GroupRecord? FindByArn(string arn) => List().FirstOrDefault(group => group.GroupARN == arn);

    /// <summary>The text of a <c>group.name</c> or <c>group.arn</c> means the group of all traces.</summary>
    public static bool IsDefault(string nameOrArn) => nameOrArn == GroupRecord.DefaultName || nameOrArn.EndsWith(":group/" + GroupRecord.DefaultName, StringComparison.Ordinal);

    /// <summary>All groups in name order, without Default.</summary>
    public IReadOnlyList<GroupRecord> List() => [.. settings.List(Collection).Select(Read)];

    public ValueTask<bool> TryAddAsync(GroupRecord group, CancellationToken cancellationToken) =>
        settings.PutAsync(Collection, group.GroupName, Bytes(group), expectedRevision: 0, cancellationToken);

    public async ValueTask UpdateAsync(GroupRecord group, CancellationToken cancellationToken) =>
        _ = await settings.PutAsync(Collection, group.GroupName, Bytes(group), expectedRevision: null, cancellationToken);

    public ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken) =>
        settings.DeleteAsync(Collection, name, expectedRevision: null, cancellationToken);

    private static byte[] Bytes(GroupRecord group) => JsonSerializer.SerializeToUtf8Bytes(group, GroupJson.Default.GroupRecord);

    private static GroupRecord Read(SettingsEntry entry) => JsonSerializer.Deserialize(entry.Value.Span, GroupJson.Default.GroupRecord)!;
}
