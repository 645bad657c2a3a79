using Weir.Core.Access;

namespace Weir.Protocols.Aws;

/// <summary>Who may call the AWS endpoints, and as whom.</summary>
public sealed class AwsOptions
{
    /// <summary>The 12-digit account in ARNs when a key has none of its own.</summary>
    public string AccountId { get; set; } = "000000000000";

    /// <summary>The region in ARNs when a request isn't signed.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>
    /// The key an access key id stands for. Null (the default): keys are not checked, every request is let in as environment
    /// <c>default</c>. Set: requests need a valid SigV4 signature of a known key.
    /// </summary>
    public Func<string, AwsKey?>? FindKey { get; set; }
}

/// <summary>An access key. The secret has to be kept readable: SigV4 proves its knowledge without sending it.</summary>
/// <param name="AccountId">Null: <see cref="AwsOptions.AccountId"/>.</param>
public sealed record AwsKey(string AccessKeyId, string SecretAccessKey, string Environment, string? AccountId = null, KeyKind Kind = KeyKind.Ingest);

/// <summary>Who sent a request, where it believes to be, and what its key may do.</summary>
internal sealed record AwsCaller(string AccessKeyId, string AccountId, string Region, string Environment, KeyKind Kind);
