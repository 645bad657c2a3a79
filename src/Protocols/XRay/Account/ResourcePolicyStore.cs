using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Core.Settings;

namespace Weir.Protocols.XRay.Account;

/// <summary>A resource policy, as stored. Revisions are "1", "2", …; the time is seconds since 1970.</summary>
internal sealed record ResourcePolicy(string PolicyName, string PolicyDocument, string PolicyRevisionId, double LastUpdatedTime);

/// <summary>Resource policies in the settings.</summary>
internal sealed class ResourcePolicyStore(ISettings settings)
{
    private const string Collection = "xray-resource-policies";

    /// <summary>The policy and the settings' own revision, for a compare-and-set write.</summary>
    public (ResourcePolicy Policy, long Revision)? Find(string name) =>
        settings.Find(Collection, name) is { } entry ? (Read(entry), entry.Revision) : null;

    public IReadOnlyList<ResourcePolicy> List() => [.. settings.List(Collection).Select(Read)];

    /// <summary>False when it was changed or deleted in the meantime.</summary>
    public ValueTask<bool> PutAsync(ResourcePolicy policy, long expectedRevision, CancellationToken cancellationToken) => settings.PutAsync(
        Collection, policy.PolicyName, JsonSerializer.SerializeToUtf8Bytes(policy, ResourcePolicyJson.Default.ResourcePolicy), expectedRevision, cancellationToken);

    public ValueTask<bool> DeleteAsync(string name, long expectedRevision, CancellationToken cancellationToken) =>
        settings.DeleteAsync(Collection, name, expectedRevision, cancellationToken);

    private static ResourcePolicy Read(SettingsEntry entry) => JsonSerializer.Deserialize(entry.Value.Span, ResourcePolicyJson.Default.ResourcePolicy)!;
}

[JsonSerializable(typeof(ResourcePolicy))]
internal sealed partial class ResourcePolicyJson : JsonSerializerContext;
