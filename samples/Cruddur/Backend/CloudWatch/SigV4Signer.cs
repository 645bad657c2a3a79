// The official package a reader would use instead: AWSSDK.Core, which signs for every AWS client.
using System.Security.Cryptography;
using System.Text;

namespace Cruddur.CloudWatch;

internal sealed record AwsCredentials(string AccessKey, string SecretKey, string? SessionToken);

/// <summary>
/// AWS Signature Version 4 for requests without a query string: the headers given are all signed, the body's hash is
/// part of what is signed but not sent, as the SDKs do for JSON services.
/// </summary>
internal sealed class SigV4Signer(AwsCredentials credentials, string region, string service)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <param name="headers">Names in lower case; `host` and `x-amz-date` must be among them.</param>
    /// <returns>The value of the Authorization header.</returns>
    public string Sign(string method, string path, IEnumerable<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body, DateTimeOffset at)
    {
        var sorted = headers.OrderBy(h => h.Key, StringComparer.Ordinal).ToList();
        var names = string.Join(';', sorted.Select(h => h.Key));
        var canonical = new StringBuilder();
        canonical.Append(method).Append('\n').Append(path).Append("\n\n");
        foreach (var (name, value) in sorted)
            canonical.Append(name).Append(':').Append(value.Trim()).Append('\n');
        canonical.Append('\n').Append(names).Append('\n').Append(Hex(SHA256.HashData(body)));

        var day = at.UtcDateTime.ToString("yyyyMMdd");
        var scope = $"{day}/{region}/{service}/aws4_request";
        var toSign = $"{Algorithm}\n{Stamp(at)}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + credentials.SecretKey);
        foreach (var step in (ReadOnlySpan<string>)[day, region, service, "aws4_request"])
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(step));
        var signature = Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        return $"{Algorithm} Credential={credentials.AccessKey}/{scope}, SignedHeaders={names}, Signature={signature}";
    }

    public static string Stamp(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'");

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
