using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Weir.Protocols.Aws;

/// <summary>
/// Signature Version 4: the canonical request, the string to sign and its HMAC.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
/// </summary>
internal static class AwsSignature
{
    /// <summary>AWS allows 15 minutes between a client's clock and ours.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(15);

    private const string DateFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>
    /// Checks a request against the secret. <paramref name="rawBody"/> is the body as it was sent, still compressed: that is what the
    /// client signed. Null when the signature is right.
    /// </summary>
    public static AwsFault? Verify(
        HttpRequest request, ReadOnlySpan<byte> rawBody, AwsCredentialScope scope, string secret, DateTimeOffset now)
    {
        var date = request.Headers["X-Amz-Date"].ToString();
        if (scope.SignedHeaders.Length == 0 || scope.Signature.Length == 0 || date.Length == 0)
        {
            return new("IncompleteSignatureException",
                "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters and an 'X-Amz-Date' header.", 403);
        }
        if (!DateTimeOffset.TryParseExact(date, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signed)
            || !date.StartsWith(scope.Date, StringComparison.Ordinal))
        {
            return new("IncompleteSignatureException",
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.", 403);
        }
        if (Unsigned(request, scope.SignedHeaders) is { } unsigned)
            return unsigned;
        if (signed < now - Skew || signed > now + Skew)
        {
            var late = signed < now;
            return new("InvalidSignatureException",
                $"Signature {(late ? "expired" : "not yet current")}: {date} is {(late ? "now earlier" : "still later")} than "
                + $"{(late ? now - Skew : now + Skew).UtcDateTime.ToString(DateFormat, CultureInfo.InvariantCulture)} "
                + $"({now.UtcDateTime.ToString(DateFormat, CultureInfo.InvariantCulture)} {(late ? '-' : '+')} 15 min.)", 403);
        }
        var bodyHash = request.Headers["x-amz-content-sha256"].ToString() is "UNSIGNED-PAYLOAD"
            ? "UNSIGNED-PAYLOAD"
            : Convert.ToHexStringLower(SHA256.HashData(rawBody));
        var canonical = CanonicalRequest(request, scope.SignedHeaders, bodyHash);
        var expected = Sign(secret, scope, date, canonical);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(scope.Signature))
            ? null
            : new("InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and "
                + "signing method. Consult the service documentation for details.", 403);
    }

    /// <summary>
    /// The host and every <c>x-amz-</c> header must be among the signed ones: what names the operation is in one of them, and it must not be
    /// exchanged on a request that somebody else signed.
    /// </summary>
    private static AwsFault? Unsigned(HttpRequest request, string signedHeaders)
    {
        var signed = signedHeaders.Split(';');
        if (!signed.Contains("host", StringComparer.OrdinalIgnoreCase))
            return new("InvalidSignatureException", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.", 403);
        foreach (var (name, _) in request.Headers)
        {
            if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) && !signed.Contains(name, StringComparer.OrdinalIgnoreCase))
                return new("InvalidSignatureException", $"'{name}' must be a 'SignedHeader' in the AWS Authorization.", 403);
        }
        return null;
    }

    /// <summary>64 lower-case hex digits.</summary>
    public static string Sign(string secret, AwsCredentialScope scope, string date, string canonicalRequest)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalRequest)));
        var stringToSign = $"{AwsCredentialScope.Algorithm}\n{date}\n{scope.Text}\n{hash}";
        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + secret), Encoding.UTF8.GetBytes(scope.Date));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(scope.Region));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(scope.Service));
        key = HMACSHA256.HashData(key, "aws4_request"u8);
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(stringToSign)));
    }

    /// <summary>Method, path, query, headers in the order of <paramref name="signedHeaders"/>, their list, and the body's hash.</summary>
    public static string CanonicalRequest(HttpRequest request, string signedHeaders, string bodyHash)
    {
        var text = new StringBuilder(512);
        text.Append(request.Method).Append('\n').Append(CanonicalPath(request.PathBase + request.Path)).Append('\n');
        AppendQuery(text, request.QueryString.Value ?? "");
        text.Append('\n');
        foreach (var name in signedHeaders.Split(';'))
        {
            text.Append(name).Append(':');
            if (string.Equals(name, "host", StringComparison.Ordinal))
                text.Append(request.Host.Value);
            else
                AppendHeader(text, request.Headers[name]);
            text.Append('\n');
        }
        return text.Append('\n').Append(signedHeaders).Append('\n').Append(bodyHash).ToString();
    }

    private static void AppendHeader(StringBuilder text, Microsoft.Extensions.Primitives.StringValues values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0)
                text.Append(',');
            var space = false;
            foreach (var c in (values[i] ?? "").Trim())
            {
                if (c != ' ' || !space)
                    text.Append(c);
                space = c == ' ';
            }
        }
    }

    private static string CanonicalPath(PathString path)
    {
        // Services other than S3 sign the path with each segment encoded, dot segments and doubled slashes resolved.
        var segments = new List<string>();
        var value = path.Value is { Length: > 0 } given ? given : "/";
        foreach (var segment in value.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (segment)
            {
                case ".":
                    break;
                case "..":
                    if (segments.Count > 0)
                        segments.RemoveAt(segments.Count - 1);
                    break;
                default:
                    segments.Add(Encode(segment));
                    break;
            }
        }
        var end = segments.Count > 0 && value.EndsWith('/') ? "/" : "";
        return "/" + string.Join('/', segments) + end;
    }

    private static void AppendQuery(StringBuilder text, string query)
    {
        var pairs = query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(static pair =>
            {
                var equals = pair.IndexOf('=', StringComparison.Ordinal);
                var (name, value) = equals < 0 ? (pair, "") : (pair[..equals], pair[(equals + 1)..]);
                return (Name: Encode(Uri.UnescapeDataString(name)), Value: Encode(Uri.UnescapeDataString(value)));
            })
            .OrderBy(static p => p.Name, StringComparer.Ordinal).ThenBy(static p => p.Value, StringComparer.Ordinal);
        text.AppendJoin('&', pairs.Select(static p => $"{p.Name}={p.Value}"));
    }

    /// <summary>Percent-encodes all but RFC 3986's unreserved characters.</summary>
    private static string Encode(string value) => Uri.EscapeDataString(value);
}
