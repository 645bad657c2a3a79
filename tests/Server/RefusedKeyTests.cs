using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Weir.Core.Access;
using Weir.Core.Ingest;
using Weir.Server.Access;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Server;

/// <summary>When any endpoint rejects a key or a signature, Setup lists it: the client, the problem, and advice.</summary>
public sealed class RefusedKeyTests : IAsyncLifetime
{
    private const string Id = "AKIAREFUSEDKEYTESTS";
    private const string Secret = "secret-of-the-refused-key-tests";
    private const string Sender = "key-that-only-sends";
    private const string Reader = "key-that-only-reads";
    private DoorHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        var errors = new List<string>();
        _host = await DoorHost.StartAsync(new LiveKeys("keys", KeysFile.Parse(
            [$"production ingest aws {Id} {Secret}", $"production ingest {KeyHash.Of(Sender)}", $"production read {KeyHash.Of(Reader)}"], errors, "keys")));
        errors.ShouldBeEmpty();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("logs", "Logs_20140328.PutLogEvents", "secret", "cloudwatch-logs", "CloudWatch Logs was called with a signature that does not match")]
    [InlineData("logs", "Logs_20140328.DescribeLogGroups", "id", "cloudwatch-logs", "CloudWatch Logs was called with an access key that is not known")]
    [InlineData("logs", "Logs_20140328.GetLogEvents", "region", "cloudwatch-logs", "CloudWatch Logs was called with a signature for another service or no region")]
    [InlineData("s3", "Logs_20140328.CreateLogGroup", "", "cloudwatch-logs", "CloudWatch Logs was called with a signature for another service or no region")]
    [InlineData("logs", "Logs_20140328.FilterLogEvents", "none", "cloudwatch-logs", "CloudWatch Logs was called without a signature")]
    [InlineData("logs", "Logs_20140328.DeleteLogGroup", "", "cloudwatch-logs", "CloudWatch Logs was called with a key whose kind does not allow it")]
    [InlineData("xray", "/TraceSegments", "secret", "xray", "X-Ray was called with a signature that does not match")]
    [InlineData("xray", "/TraceSegments", "id", "xray", "X-Ray was called with an access key that is not known")]
    [InlineData("xray", "/ServiceGraph", "secret", "xray", "X-Ray was called with a signature that does not match")]
    [InlineData("xray", "/GetSamplingRules", "region", "xray", "X-Ray was called with a signature for another service or no region")]
    [InlineData("logs", "/SamplingTargets", "", "xray", "X-Ray was called with a signature for another service or no region")]
    [InlineData("xray", "/TelemetryRecords", "none", "xray", "X-Ray was called without a signature")]
    [InlineData("xray", "/CreateGroup", "", "xray", "X-Ray was called with a key whose kind does not allow it")]
    [InlineData("sts", "sts", "secret", "", "An AWS service was called with a signature that does not match")]
    [InlineData("sts", "sts", "id", "", "An AWS service was called with an access key that is not known")]
    [InlineData("logs", "sts", "", "", "An AWS service was called with a signature for another service or no region")]
    [InlineData("monitoring", "GraniteServiceVersion20100801.PutMetricData", "secret", "", "An AWS service was called with a signature that does not match")]
    public async Task An_aws_call_with_a_wrong_signature_is_listed_under_setup(string service, string operation, string wrong, string client, string problem)
    {
        var target = operation.Contains('.', StringComparison.Ordinal) ? operation : null;
        var path = operation.StartsWith('/') ? operation : "/";
        using var request = SignedRequest.Of(
            new Uri(_host.Client.BaseAddress!, path), wrong == "id" ? "AKIANOBODY" : Id, wrong == "secret" ? "another" : Secret, service,
            operation == "sts" ? "Action=GetCallerIdentity&Version=2011-06-15" : "{}", target, wrong == "region" ? "mars" : "us-east-1");
        if (operation == "sts")
            request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        if (wrong == "none")
            request.Headers.Remove("Authorization");
        using var response = await _host.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var told = await ToldAsync(client, problem);
        told.Example.ShouldContain($"POST {path}");
        told.Advice.ShouldNotContain(Secret);
        if (wrong == "id")
            told.Advice.ShouldContain("AKIANOBODY");
    }

    [Theory]
    [InlineData("main", "/v1/traces", "x-honeycomb-team", "", 401, "otlp", "OTLP was called without a key")]
    [InlineData("otlp", "/v1/logs", "x-honeycomb-team", "nobody's", 401, "otlp", "OTLP was called with a key that is not known")]
    [InlineData("otlp", "/v1/metrics", "x-honeycomb-team", Reader, 403, "otlp", "OTLP was called with a key whose kind does not allow it")]
    [InlineData("main", "/1/events/d", "x-honeycomb-team", "nobody's", 401, "honeycomb", "Honeycomb's API was called with a key that is not known")]
    [InlineData("main", "/1/batch/d", "x-honeycomb-team", "", 401, "honeycomb", "Honeycomb's API was called without a key")]
    [InlineData("main", "/1/batch/d", "x-honeycomb-team", Reader, 403, "honeycomb", "Honeycomb's API was called with a key whose kind does not allow it")]
    [InlineData("main", "/1/markers/d", "x-honeycomb-team", Sender, 403, "honeycomb", "Honeycomb's API was called with a key whose kind does not allow it")]
    [InlineData("main", "/api/1/item/", "x-rollbar-access-token", "nobody's", 403, "rollbar", "Rollbar items came without a token, or with one that is not known or may not send them")]
    [InlineData("main", "/api/1/item/", "x-rollbar-access-token", Reader, 403, "rollbar", "Rollbar items came without a token, or with one that is not known or may not send them")]
    public async Task A_rejected_key_is_listed_under_setup(string port, string path, string header, string key, int status, string client, string problem)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{(port == "main" ? _host.Options.Port : _host.Options.OtlpHttpPort)}{path}");
        request.Content = new StringContent("""{"data":{"body":{"message":{"body":"m"}}}}""", Encoding.UTF8, "application/json");
        if (key.Length > 0)
            request.Headers.Add(header, key);
        using var response = await _host.Client.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(status);
        (await ToldAsync(client, problem)).Advice.ShouldContain("weir keys");
    }

    [Theory]
    [InlineData("nobody's", "16", "OTLP was called with a key that is not known")]
    [InlineData(Reader, "7", "OTLP was called with a key whose kind does not allow it")]
    public async Task A_key_rejected_over_grpc_is_listed_under_setup(string key, string status, string problem)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_host.Options.OtlpGrpcPort}/opentelemetry.proto.collector.trace.v1.TraceService/Export")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(new byte[5]),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.Add("x-honeycomb-team", key);
        using var response = await _host.Client.SendAsync(request);
        response.Headers.GetValues("grpc-status").ShouldHaveSingleItem().ShouldBe(status);
        (await ToldAsync("otlp", problem)).Advice.ShouldContain("weir keys");
    }

    [Fact]
    public async Task Accepted_calls_and_other_rejections_are_not_listed_under_setup()
    {
        foreach (var (path, body) in new[] { ("/1/events/d", "{}"), ("/1/events/d", "not json"), ("/v1/traces", "{}") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_host.Client.BaseAddress!, path)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.Add("x-honeycomb-team", Sender);
            using var response = await _host.Client.SendAsync(request);
            ((int)response.StatusCode).ShouldBeOneOf(200, 400);
        }
        using (var page = await _host.Client.GetAsync("/api/status"))
            page.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Unauthorized);
        Calls.Snapshot().ShouldBeEmpty();
    }

    private RefusedCalls Calls => _host.Services.GetRequiredService<RefusedCalls>();

    /// <summary>It is noted when the answer has gone out.</summary>
    private async Task<RefusedCall> ToldAsync(string client, string problem)
    {
        await Waiting.UntilAsync(() => Calls.Snapshot().Count > 0, "the refused call");
        var told = Calls.Snapshot().ShouldHaveSingleItem();
        (told.Client, told.Problem).ShouldBe((client, problem));
        return told;
    }
}
