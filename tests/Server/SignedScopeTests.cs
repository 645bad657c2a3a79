using System.Formats.Cbor;
using System.Text;
using System.Xml.Linq;
using Shouldly;
using Weir.Server.Access;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Server;

/// <summary>What a signature must include and be for, on every AWS endpoint; otherwise valid, with a key that has all permissions.</summary>
public sealed class SignedScopeTests : IAsyncLifetime
{
    private const string Id = "AKIASCOPETESTS";
    private const string Secret = "secret-of-the-scope-tests";
    private const string Describe = "Logs_20140328.DescribeLogGroups";
    private DoorHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        var errors = new List<string>();
        _host = await DoorHost.StartAsync(new LiveKeys("keys", KeysFile.Parse([$"production manage aws {Id} {Secret}"], errors, "keys")));
        errors.ShouldBeEmpty();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/", Describe, "logs", "us-east-1", null, 200, "logGroups")]
    [InlineData("/", Describe, "logs", "us-gov-west-1", null, 200, "logGroups")]
    [InlineData("/", Describe, "logs", "eusc-de-east-1", null, 200, "logGroups")]
    [InlineData("/", Describe, "logs", "ap-southeast-12", null, 200, "logGroups")]
    [InlineData("/", Describe, "logs", "mars", null, 403, "Credential should be scoped to a valid region.")]
    [InlineData("/", Describe, "logs", "US-EAST-1", null, 403, "Credential should be scoped to a valid region.")]
    [InlineData("/", Describe, "logs", "us-east-1x", null, 403, "Credential should be scoped to a valid region.")]
    [InlineData("/", Describe, "s3", "us-east-1", null, 403, "Credential should be scoped to correct service: 'logs'.")]
    [InlineData("/", Describe, "xray", "us-east-1", null, 403, "Credential should be scoped to correct service: 'logs'.")]
    [InlineData("/", Describe, "logs", "us-east-1", "x-amz-date;x-amz-target", 403, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")]
    [InlineData("/", Describe, "logs", "us-east-1", "host;x-amz-date", 403, "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.")]
    [InlineData("/", Describe, "logs", "us-east-1", "host;x-amz-target", 403, "'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.")]
    [InlineData("/Groups", null, "xray", "us-east-1", null, 200, "Groups")]
    [InlineData("/Groups", null, "logs", "us-east-1", null, 403, "Credential should be scoped to correct service: 'xray'.")]
    [InlineData("/Groups", null, "xray", "mars", null, 403, "Credential should be scoped to a valid region.")]
    [InlineData("/Groups", null, "xray", "us-east-1", "x-amz-date", 403, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")]
    public async Task A_signature_is_for_one_service_and_covers_host_and_operation(
        string path, string? target, string service, string region, string? signed, int status, string text)
    {
        using var request = SignedRequest.Of(new Uri(_host.Client.BaseAddress!, path), Id, Secret, service, "{}", target, region, signed?.Split(';'));
        await AnswersAsync(request, status, text);
    }

    [Fact]
    public async Task A_changed_part_of_a_signed_request_invalidates_the_signature()
    {
        foreach (var header in new[] { "X-Amz-Target", "Host" })
        {
            using var request = SignedRequest.Of(_host.Client.BaseAddress!, Id, Secret, "logs", "{}", Describe);
            if (header == "Host")
            {
                request.Headers.Host = "localhost:1";
            }
            else
            {
                request.Headers.Remove(header);
                request.Headers.Add(header, "Logs_20140328.DeleteLogGroup");
            }
            await AnswersAsync(request, 403, "The request signature we calculated does not match");
        }
        // A header of AWS's that is added to a request that somebody else signed.
        using var added = SignedRequest.Of(_host.Client.BaseAddress!, Id, Secret, "logs", "{}", Describe);
        added.Headers.Add("x-amz-security-token", "a");
        await AnswersAsync(added, 403, "'x-amz-security-token' must be a 'SignedHeader'");
    }

    [Theory]
    [InlineData("sts", 200, "GetCallerIdentityResult")]
    [InlineData("logs", 403, "Credential should be scoped to correct service: 'sts'.")]
    public async Task A_form_is_for_the_token_service(string service, int status, string text)
    {
        const string Form = "Action=GetCallerIdentity&Version=2011-06-15";
        using var request = SignedRequest.Of(_host.Client.BaseAddress!, Id, Secret, service, Form);
        request.Content = new StringContent(Form, Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await _host.Client.SendAsync(request);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/xml");
        ((int)response.StatusCode).ShouldBe(status);
        var answer = XDocument.Parse(await response.Content.ReadAsStringAsync());
        answer.ToString().ShouldContain(text);
        if (status != 200)
            answer.Root!.Elements("Error").Single().Elements().Select(e => e.Name.LocalName).ShouldBe(["Type", "Code", "Message"]);
    }

    [Fact]
    public async Task A_caller_in_cbor_is_refused_in_cbor()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/service/GraniteServiceVersion20100801/operation/PutMetricData");
        request.Headers.Add("smithy-protocol", "rpc-v2-cbor");
        request.Content = new ByteArrayContent([0xbf, 0xff]) { Headers = { ContentType = new("application/cbor") } };
        using var response = await _host.Client.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(400);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/cbor");
        response.Headers.GetValues("smithy-protocol").ShouldBe(["rpc-v2-cbor"]);
        var reader = new CborReader(await response.Content.ReadAsByteArrayAsync());
        reader.ReadStartMap().ShouldBe(2);
        reader.ReadTextString().ShouldBe("__type");
        reader.ReadTextString().ShouldBe("UnknownOperationException");
        reader.ReadTextString().ShouldBe("message");
        reader.ReadTextString().ShouldContain("PutMetricData");
    }

    private async Task AnswersAsync(HttpRequestMessage request, int status, string text)
    {
        using var response = await _host.Client.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, answer);
        // JSON writes apostrophes as they are here, and only here as an escape.
        answer.Replace("\\u0027", "'", StringComparison.Ordinal).ShouldContain(text);
    }
}
