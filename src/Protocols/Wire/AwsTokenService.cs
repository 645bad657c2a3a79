using System.Security;

namespace Weir.Protocols.Wire;

/// <summary>STS as far as log handlers ask it: who am I.</summary>
internal static class AwsTokenService
{
    public const string SigningName = "sts";

    public static void AddTo(AwsOperations operations) => operations.Add("GetCallerIdentity", GetCallerIdentity);

    private static AwsQueryReply GetCallerIdentity(AwsCaller caller, string requestId) => new(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
        + "  <GetCallerIdentityResult>\n"
        + $"    <Arn>arn:aws:iam::{caller.AccountId}:root</Arn>\n"
        + $"    <UserId>{SecurityElement.Escape(caller.AccessKeyId.Length > 0 ? caller.AccessKeyId : caller.AccountId)}</UserId>\n"
        + $"    <Account>{caller.AccountId}</Account>\n"
        + "  </GetCallerIdentityResult>\n"
        + $"  <ResponseMetadata><RequestId>{requestId}</RequestId></ResponseMetadata>\n"
        + "</GetCallerIdentityResponse>\n");
}
