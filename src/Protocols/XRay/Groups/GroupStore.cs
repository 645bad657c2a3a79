using System.Text.Json;
using Weir.Core.Settings;

namespace Weir.Protocols.XRay.Groups;

/// <summary>Groups in the settings.</summary>
internal sealed class GroupStore(ISettings settings)
{
    private const string Collection = "xray-groups";

    public GroupRecord? Find(string name) => settings.Find(Collection, name) is { } entry ? Read(entry) : null;

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
