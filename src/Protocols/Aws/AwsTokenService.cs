using System.Security;

namespace Weir.Protocols.Aws;

/// <summary>The part of STS that log handlers use: GetCallerIdentity.</summary>
internal static class AwsTokenService
{
    public static AwsService Service { get; } = new(
        "sts", AwsProtocol.Query, new AwsOperation("GetCallerIdentity", static (request, _) => ValueTask.FromResult(GetCallerIdentity(request.Caller, request.RequestId))));

    private static AwsReply GetCallerIdentity(AwsCaller caller, string requestId) => AwsReply.Xml(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
        + "  <GetCallerIdentityResult>\n"
        + $"    <Arn>arn:aws:iam::{caller.AccountId}:root</Arn>\n"
        + $"    <UserId>{SecurityElement.Escape(caller.AccessKeyId.Length > 0 ? caller.AccessKeyId : caller.AccountId)}</UserId>\n"
        + $"    <Account>{caller.AccountId}</Account>\n"
        + "  </GetCallerIdentityResult>\n"
        + $"  <ResponseMetadata><RequestId>{requestId}</RequestId></ResponseMetadata>\n"
        + "</GetCallerIdentityResponse>\n");
}
