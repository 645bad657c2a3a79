namespace Weir.Protocols.Aws;

/// <summary>
/// What an AWS request's Authorization header says about its sender:
/// <c>AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/logs/aws4_request, SignedHeaders=host;x-amz-date, Signature=5d67…</c>
/// </summary>
internal sealed record AwsCredentialScope(
    string AccessKeyId, string Date, string Region, string Service, string SignedHeaders, string Signature)
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The scope as the string to sign has it.</summary>
    public string Text => $"{Date}/{Region}/{Service}/aws4_request";

    /// <summary>What is wrong with the scope for a service, in AWS's words; null when it is right. Any region is taken that is spelled like one.</summary>
    public AwsFault? Check(string? service)
    {
        if (!IsRegion(Region))
            return new("InvalidSignatureException", "Credential should be scoped to a valid region.", 403);
        return service is null || string.Equals(Service, service, StringComparison.Ordinal)
            ? null
            : new("InvalidSignatureException", $"Credential should be scoped to correct service: '{service}'.", 403);
    }

    /// <summary>Two to four words and a number: <c>us-east-1</c>, <c>us-gov-west-1</c>, <c>eusc-de-east-1</c>.</summary>
    private static bool IsRegion(string text) =>
        text.Split('-') is { Length: >= 3 and <= 5 } parts
        && parts[^1] is { Length: 1 or 2 } number && number.All(char.IsAsciiDigit)
        && parts[..^1].All(word => word is { Length: >= 2 and <= 16 } && word.All(char.IsAsciiLetterLower));

    /// <summary>Null when there is no header of this kind or a part of it is missing.</summary>
    public static AwsCredentialScope? Parse(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(Algorithm, StringComparison.Ordinal))
            return null;
        string? credential = null, signedHeaders = null, signature = null;
        foreach (var part in authorization[Algorithm.Length..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                continue;
            var value = part[(equals + 1)..];
            switch (part[..equals])
            {
                case "Credential":
                    credential = value;
                    break;
                case "SignedHeaders":
                    signedHeaders = value;
                    break;
                case "Signature":
                    signature = value;
                    break;
            }
        }
        // An access key id may itself hold slashes, so the scope is read from its end.
        var levels = credential?.Split('/');
        if (levels is not { Length: >= 5 } || !string.Equals(levels[^1], "aws4_request", StringComparison.Ordinal))
            return null;
        return new AwsCredentialScope(
            string.Join('/', levels[..^4]), levels[^4], levels[^3], levels[^2], signedHeaders ?? "", signature ?? "");
    }
}
