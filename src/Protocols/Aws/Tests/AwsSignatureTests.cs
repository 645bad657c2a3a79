using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Shouldly;
using Weir.Core.Access;
using Weir.Protocols.Aws;
using Xunit;

namespace Weir.Tests.Aws;

/// <summary>
/// Vectors of AWS's signing documentation and its published Signature Version 4 test suite: key AKIDEXAMPLE, 30 August 2015, us-east-1.
/// </summary>
public sealed class AwsSignatureTests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private const string Date = "20150830T123600Z";
    private static readonly DateTimeOffset Now = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    public static TheoryData<string, string, string, string, string, string> Vectors => new()
    {
        { "get-vanilla", "GET", "/", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
        { "get-vanilla-query-order-key-case", "GET", "/", "?Param2=value2&Param1=value1", "",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500" },
        { "get-vanilla-query-unreserved", "GET", "/",
            "?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            "", "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197" },
        { "get-vanilla-empty-query-key", "GET", "/", "?Param1=value1", "", "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb" },
        { "get-utf8", "GET", "/ሴ", "", "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85" },
        { "get-relative", "GET", "/example/..", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
        { "get-slashes", "GET", "//example//", "", "", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84" },
        { "get-space", "GET", "/example space/", "", "", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741" },
        { "post-vanilla", "POST", "/", "", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" },
        { "post-header-key-sort", "POST", "/", "", "my-header1=value1", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c" },
        { "get-header-value-order", "GET", "/", "", "my-header1=value4|value1|value3|value2",
            "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01" },
        { "get-header-value-trim", "GET", "/", "", "my-header1= value1|my-header2= \"a   b   c\"",
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736" },
        { "post-x-www-form-urlencoded", "POST", "/", "", "content-type=application/x-www-form-urlencoded",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a" },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Signs_like_the_published_suite(string name, string method, string path, string query, string headers, string signature)
    {
        var body = name.EndsWith("urlencoded", StringComparison.Ordinal) ? "Param1=value1" : "";
        var (request, scope) = Request(method, path, query, headers, signature);
        AwsSignature.Verify(request, Encoding.UTF8.GetBytes(body), scope, Secret, Now).ShouldBeNull(name);
        AwsSignature.Verify(request, Encoding.UTF8.GetBytes(body + "x"), scope, Secret, Now)!.Type.ShouldBe("InvalidSignatureException");
        AwsSignature.Verify(request, Encoding.UTF8.GetBytes(body), scope, Secret + "x", Now)!.Type.ShouldBe("InvalidSignatureException");
    }

    [Theory]
    [InlineData(14, null)]
    [InlineData(-14, null)]
    [InlineData(16, "Signature expired: 20150830T123600Z is now earlier than 20150830T123700Z (20150830T125200Z - 15 min.)")]
    [InlineData(-16, "Signature not yet current: 20150830T123600Z is still later than 20150830T123500Z (20150830T122000Z + 15 min.)")]
    public void The_clocks_may_differ_by_a_quarter_of_an_hour(int minutes, string? message)
    {
        var (request, scope) = Request("GET", "/", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
        AwsSignature.Verify(request, [], scope, Secret, Now.AddMinutes(minutes))?.Message.ShouldBe(message);
        (AwsSignature.Verify(request, [], scope, Secret, Now.AddMinutes(minutes)) is null).ShouldBe(message is null);
    }

    [Theory]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/logs/aws4_request, SignedHeaders=host;x-amz-date, Signature=abc", "AKID", "us-east-1", "logs")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/b/c/20150830/eu-west-1/logs/aws4_request,SignedHeaders=host,Signature=abc", "a/b/c", "eu-west-1", "logs")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/xray/aws4_request", "AKID", "us-east-1", "xray")]
    public void Reads_the_scope(string header, string key, string region, string service)
    {
        var scope = AwsCredentialScope.Parse(header).ShouldNotBeNull();
        (scope.AccessKeyId, scope.Region, scope.Service).ShouldBe((key, region, service));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer x")]
    [InlineData("AWS4-HMAC-SHA256")]
    [InlineData("AWS4-HMAC-SHA256 Credential=")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/logs")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/logs/aws3_request")]
    public void Other_headers_have_no_scope(string? header) => AwsCredentialScope.Parse(header).ShouldBeNull();

    [Theory]
    [InlineData("", "MissingAuthenticationTokenException")]
    [InlineData("Bearer abc", "IncompleteSignatureException")]
    [InlineData("AWS4-HMAC-SHA256 Credential=OTHER/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5f", "UnrecognizedClientException")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request", "IncompleteSignatureException")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150829/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5f", "IncompleteSignatureException")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5f", "InvalidSignatureException")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
        + "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", null)]
    public void With_keys_required_only_a_proven_key_comes_in(string header, string? type)
    {
        var (request, _) = Request("GET", "/", "", "", "");
        request.Headers.Authorization = header;
        var options = Options.Create(new AwsOptions
        {
            FindKey = id => id == "AKIDEXAMPLE" ? new AwsKey(id, Secret, "production", "123456789012") : null,
        });
        var caller = new AwsAuthentication(options, new FixedTime(Now)).Authenticate(request, [], service: null, out var fault);
        fault?.Type.ShouldBe(type);
        (caller is null).ShouldBe(type is not null);
        caller?.ShouldBe(new AwsCaller("AKIDEXAMPLE", "123456789012", "us-east-1", "production", KeyKind.Ingest));
    }

    [Fact]
    public void Without_keys_everyone_comes_in()
    {
        var (request, _) = Request("GET", "/", "", "", "nonsense");
        var authentication = new AwsAuthentication(Options.Create(new AwsOptions()), new FixedTime(Now.AddYears(5)));
        authentication.Authenticate(request, [], service: null, out _).ShouldBe(new AwsCaller("AKIDEXAMPLE", "000000000000", "us-east-1", "default", KeyKind.Manage));
        request.Headers.Authorization = default;
        authentication.Authenticate(request, [], service: null, out _).ShouldBe(new AwsCaller("", "000000000000", "us-east-1", "default", KeyKind.Manage));
    }

    private static (HttpRequest Request, AwsCredentialScope Scope) Request(
        string method, string path, string query, string headers, string signature)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        request.Path = new PathString(path);
        request.QueryString = new QueryString(query);
        request.Host = new HostString("example.amazonaws.com");
        request.Headers["X-Amz-Date"] = Date;
        var names = new SortedSet<string>(StringComparer.Ordinal) { "host", "x-amz-date" };
        var values = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var last = "";
        foreach (var part in headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0)
                last = part[..equals];
            if (!values.TryGetValue(last, out var list))
                values[last] = list = [];
            list.Add(part[(equals + 1)..]);
            names.Add(last);
        }
        foreach (var (name, list) in values)
            request.Headers[name] = list.ToArray();
        var authorization = string.Create(CultureInfo.InvariantCulture,
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders={string.Join(';', names)}, Signature={signature}");
        request.Headers.Authorization = authorization;
        return (request, AwsCredentialScope.Parse(authorization)!);
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
