using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Weir.Core.Access;

namespace Weir.Protocols.Aws;

/// <summary>Tells who sends a request; with keys required, lets in only who can prove it.</summary>
internal sealed class AwsAuthentication(IOptions<AwsOptions> options, TimeProvider time)
{
    private readonly AwsOptions _options = options.Value;

    /// <summary>
    /// Null and a fault when the request is refused. <paramref name="rawBody"/> is the body as it was sent, still compressed.
    /// </summary>
    /// <param name="service">What the signature must be for: <c>logs</c>, <c>xray</c>. Null where that is not known yet, or nothing is served.</param>
    public AwsCaller? Authenticate(HttpRequest request, ReadOnlySpan<byte> rawBody, string? service, out AwsFault? fault)
    {
        var scope = AwsCredentialScope.Parse(request.Headers.Authorization.ToString());
        var caller = Authenticate(request, rawBody, service, scope, out fault);
        if (fault is not null)
            AwsRefusals.Explain(request.HttpContext, fault, scope?.AccessKeyId ?? "");
        return caller;
    }

    /// <summary>What is wrong with the scope of a signature, where the service is known only after it was checked. Null when keys are not checked.</summary>
    public AwsFault? CheckScope(HttpRequest request, string service)
    {
        if (_options.FindKey is null || AwsCredentialScope.Parse(request.Headers.Authorization.ToString()) is not { } scope || scope.Check(service) is not { } fault)
            return null;
        AwsRefusals.Explain(request.HttpContext, fault, scope.AccessKeyId);
        return fault;
    }

    private AwsCaller? Authenticate(HttpRequest request, ReadOnlySpan<byte> rawBody, string? service, AwsCredentialScope? scope, out AwsFault? fault)
    {
        fault = null;
        if (_options.FindKey is null)
        {
            return new AwsCaller(
                scope?.AccessKeyId ?? "", _options.AccountId, scope is { Region.Length: > 0 } ? scope.Region : _options.Region, "default", KeyKind.Manage);
        }
        if (request.Headers.Authorization.ToString().Length == 0)
        {
            fault = new("MissingAuthenticationTokenException", "Missing Authentication Token", 403);
            return null;
        }
        if (scope is null)
        {
            fault = new("IncompleteSignatureException",
                "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters of AWS4-HMAC-SHA256.", 403);
            return null;
        }
        if (_options.FindKey(scope.AccessKeyId) is not { } key)
        {
            fault = new("UnrecognizedClientException", "The security token included in the request is invalid.", 403);
            return null;
        }
        fault = scope.Check(service) ?? AwsSignature.Verify(request, rawBody, scope, key.SecretAccessKey, time.GetUtcNow());
        return fault is null ? new AwsCaller(key.AccessKeyId, key.AccountId ?? _options.AccountId, scope.Region, key.Environment, key.Kind) : null;
    }
}
