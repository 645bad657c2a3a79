using Cruddur.CloudWatch;
using Shouldly;
using Xunit;

namespace Weir.Tests.Cruddur;

public sealed class SigV4SignerTests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    /// <summary>`get-vanilla` and `post-vanilla` of the test suite that AWS publishes for Signature Version 4.</summary>
    [Theory]
    [InlineData("GET", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("POST", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    public void The_published_vectors(string method, string signature)
    {
        var at = new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);
        var signer = new SigV4Signer(new("AKIDEXAMPLE", Secret, null), "us-east-1", "service");
        signer.Sign(method, "/", [new("host", "example.amazonaws.com"), new("x-amz-date", "20150830T123600Z")], [], at)
            .ShouldBe($"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature={signature}");
    }

    /// <summary>What botocore 1.29.27 signs for the same CreateLogGroup call.</summary>
    [Theory]
    [InlineData(null, "content-type;host;x-amz-date;x-amz-target", "2db52fc3f3229b812c768be650762b095fb4c62830bdc9bf7ec7a9653991b8b0")]
    [InlineData("session-token", "content-type;host;x-amz-date;x-amz-security-token;x-amz-target", "e7568d571919d2653c44da424adf5ae5d0f51ee1b6766e85c0b4e4788d47dbab")]
    public void The_signature_of_botocore(string? token, string names, string signature)
    {
        var at = new DateTimeOffset(2026, 11, 20, 12, 5, 32, TimeSpan.Zero);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["x-amz-target"] = "Logs_20140328.CreateLogGroup",
            ["host"] = "127.0.0.1:7070",
            ["content-type"] = "application/x-amz-json-1.1",
            ["x-amz-date"] = SigV4Signer.Stamp(at),
        };
        if (token is not null)
            headers["x-amz-security-token"] = token;
        new SigV4Signer(new("AKIDEXAMPLE", Secret, token), "eu-central-1", "logs").Sign("POST", "/", headers, "{\"logGroupName\":\"cruddur\"}"u8, at)
            .ShouldBe($"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261120/eu-central-1/logs/aws4_request, SignedHeaders={names}, Signature={signature}");
    }
}
