using Microsoft.AspNetCore.Http;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Aws;

/// <summary>Why calls of AWS's clients are refused, and what their senders should change; Setup shows it.</summary>
internal static class AwsRefusals
{
    private const string KeyAdvice =
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the client to a pair that weir keys create <environment> --aws made; credentials of AWS itself are not known here.";

    /// <summary>Says why a call is refused, for the note about it.</summary>
    public static void Explain(HttpContext context, AwsFault fault, string accessKey) => RefusedKeys.Explain(context, Of(context.Request, fault, accessKey));

    private static Misdirection Of(HttpRequest request, AwsFault fault, string accessKey)
    {
        var target = request.Headers["X-Amz-Target"].ToString();
        var client = target.StartsWith("Logs_", StringComparison.Ordinal) ? WireProtocol.CloudWatchLogs
            : target.Length > 0 || request.Path == "/" ? "" : WireProtocol.XRay;
        var what = client switch
        {
            WireProtocol.CloudWatchLogs => "CloudWatch Logs",
            WireProtocol.XRay => "X-Ray",
            _ => "An AWS service",
        };
        var who = accessKey.Length == 0 ? "" : $" The access key was {Shown(accessKey)}.";
        return fault.Type switch
        {
            "MissingAuthenticationTokenException" => new(client, $"{what} was called without a signature", KeyAdvice),
            "UnrecognizedClientException" => new(client, $"{what} was called with an access key that is not known", KeyAdvice + who),
            "AccessDeniedException" => new(client, $"{what} was called with a key whose kind does not allow it", $"Use a key of another kind. {RefusedKeys.CreateAdvice}{who}"),
            "IncompleteSignatureException" => new(client, $"{what} was called with an incomplete signature", $"{fault.Message}{who}"),
            _ when fault.Message.StartsWith("Signature ", StringComparison.Ordinal) =>
                new(client, $"{what} was called with a signature of another time", $"Set the client's clock. {fault.Message}{who}"),
            _ when fault.Message.StartsWith("Credential ", StringComparison.Ordinal) =>
                new(client, $"{what} was called with a signature for another service or no region", $"{fault.Message} Set AWS_REGION, and the endpoint of this service alone.{who}"),
            _ when fault.Message.Contains("SignedHeader", StringComparison.Ordinal) =>
                new(client, $"{what} was called with a signature that leaves out a header", $"{fault.Message}{who}"),
            _ => new(
                client, $"{what} was called with a signature that does not match",
                "The secret access key is wrong, or something between the client and Weir (a proxy that changes Host or the path) changes what was signed." + who),
        };
    }

    private static string Shown(string accessKey) =>
        string.Concat(accessKey.AsSpan(0, Math.Min(accessKey.Length, 40)).ToString().Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '/' ? c : '?'));
}
