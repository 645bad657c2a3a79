using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Core.Query;
using Weir.Protocols.Aws;

namespace Weir.Tests.Support;

/// <summary>Requests signed by hand, rightly or not: what SDKs don't let a test leave out is left out here.</summary>
internal static class SignedRequest
{
    /// <param name="target">X-Amz-Target, or null.</param>
    /// <param name="signed">The headers to sign; null for those AWS asks for.</param>
    public static HttpRequestMessage Of(
        Uri address, string id, string secret, string service, string body, string? target = null, string region = "us-east-1", string[]? signed = null)
    {
        var date = TimeProvider.System.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = address.Authority, ["x-amz-date"] = date };
        if (target is not null)
            values["x-amz-target"] = target;
        string[] names = signed ?? [.. values.Keys];
        var list = string.Join(';', names);
        var headers = string.Concat(names.Select(n => $"{n}:{values[n]}\n"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
        var scope = new AwsCredentialScope(id, date[..8], region, service, list, "");
        var signature = AwsSignature.Sign(secret, scope, date, $"POST\n{address.AbsolutePath}\n\n{headers}\n{list}\n{hash}");
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", target is null ? "application/json" : "application/x-amz-json-1.1");
        request.Headers.TryAddWithoutValidation("X-Amz-Date", date);
        if (target is not null)
            request.Headers.TryAddWithoutValidation("X-Amz-Target", target);
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential={id}/{scope.Text}, SignedHeaders={list}, Signature={signature}");
        return request;
    }
}
