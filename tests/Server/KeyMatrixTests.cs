using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Weir.Core.Access;
using Weir.Protocols.Aws;
using Weir.Server.Access;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Server;

/// <summary>Every route of the endpoint table with every kind of credential: exactly those are let in that the table below names.</summary>
public sealed class KeyMatrixTests : IAsyncLifetime
{
    private const string Open = "none unknown ingest post_client_item post_server_item read manage ui aws-ingest aws-read aws-manage";
    private const string Senders = "ingest post_client_item post_server_item manage";
    private const string Readers = "read manage";

    /// <summary>Methods, path as it is mapped, and who is let in; the first that fits counts.</summary>
    private static readonly (string Methods, string Path, string Who)[] Table =
    [
        ("GET", "^/(healthz|login|api/1/status/ping)$", Open),
        // Without keys on the daemon's port and on its own only.
        ("GET", "^/(api/)?sampling$", "nobody"),
        ("POST", "^/logout$", Open),
        ("POST", "^/v1/(traces|logs|metrics)$", Senders),
        ("POST", "^/1/(events|batch)/", Senders),
        ("GET", "^/1/auth$", "ingest post_client_item post_server_item read manage"),
        ("POST", "^/1/(queries|query_results)/", Readers),
        ("POST", "^/1/(triggers/{dataset}/check|reporting/slos/historical)$", Readers),
        ("GET", "^/1/recipients(/{id})?$", "manage"),
        ("GET", "^/1/", Readers),
        ("POST PUT PATCH DELETE", "^/1/", "manage"),
        ("GET", "^/2/(auth|teams/)", "manage"),
        ("", @"^/2/{\*\*rest}$", Open),
        // The item of the test names no platform: it is a server's.
        ("POST", "^(/api/1/items?|/api/1/item/item|/api/item|/item)$", "ingest post_server_item manage"),
        ("OPTIONS", "^(/api/1/items?|/api/1/item/item|/api/item|/item)$", Open),
        ("POST", "^/({operation:alpha}|service/{service}/operation/{operation})$", Open),
        ("POST", "^/(TraceSegments|TelemetryRecords)$", "aws-ingest aws-manage"),
        ("POST", "^/(GetSamplingRules|SamplingTargets|SamplingStatisticSummaries)$", "aws-ingest aws-read aws-manage"),
        ("POST", "^/(Create|Update|Delete|Put|Tag|Untag)[A-Za-z]+$", "aws-manage"),
        ("POST", "^/[A-Z][A-Za-z]+$", "aws-read aws-manage"),
        // There is no endpoint: callers get an error that says so, with any key.
        ("POST PUT", @"^/(api/{\*path:nonfile}|{\*\*path})$", Open),
        ("GET POST PUT PATCH DELETE", "^/(api/|metrics$)", "ui"),
        ("", @"^/(api/)?{\*\*path}$", "ui"),
    ];

    /// <summary>Operations behind <c>POST /</c> of which another kind than manage may do some.</summary>
    private static readonly (string Operations, string Who)[] Operations =
    [
        ("PutLogEvents CreateLogGroup CreateLogStream PutRetentionPolicy", "aws-ingest aws-manage"),
        ("DescribeLogGroups DescribeLogStreams", "aws-ingest aws-read aws-manage"),
        ("GetLogEvents FilterLogEvents TestMetricFilter ListTagsForResource ListTagsLogGroup", "aws-read aws-manage"),
    ];

    private static readonly Dictionary<string, string> Keys = new(StringComparer.Ordinal)
    {
        ["unknown"] = "unknown-key-of-the-matrix-tests",
        ["ingest"] = "ingest-key-of-the-matrix-tests",
        ["post_client_item"] = "client-key-of-the-matrix-tests",
        ["post_server_item"] = "server-key-of-the-matrix-tests",
        ["read"] = "reading-key-of-the-matrix-tests",
        ["manage"] = "manage-key-of-the-matrix-tests",
        ["ui"] = "scripts-key-of-the-matrix-tests",
        ["aws-ingest"] = "aws-ingest-secret-of-the-matrix",
        ["aws-read"] = "aws-read-secret-of-the-matrix",
        ["aws-manage"] = "aws-manage-secret-of-the-matrix",
    };

    private DoorHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        var errors = new List<string>();
        var file = KeysFile.Parse(
            [
                .. Keys.Where(k => KeyKinds.Parse(k.Key) is not null).Select(k => $"production {k.Key} {k.Value}"),
                .. Keys.Where(k => k.Key.StartsWith("aws-", StringComparison.Ordinal)).Select(k => $"production {k.Key[4..]} aws {k.Key} {k.Value}"),
                $"ui {KeyHash.Of(Keys["ui"])}",
            ],
            errors,
            "keys");
        errors.ShouldBeEmpty();
        _host = await DoorHost.StartAsync(new LiveKeys("keys", file));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Every_route_lets_in_exactly_the_kinds_of_keys_that_the_table_names()
    {
        var wrong = new List<string>();
        var routes = _host.Endpoints.SelectMany(RoutesOf).Distinct().ToList();
        routes.Count.ShouldBeGreaterThan(150);
        foreach (var (method, path) in routes.Where(r => r.Path is not "/" and not "/login"))
        {
            var who = Table.FirstOrDefault(t => (t.Methods.Length == 0 || t.Methods.Split(' ').Contains(method)) && Regex.IsMatch(path, t.Path)).Who;
            if (who is null)
            {
                wrong.Add($"{method} {path}: the table does not say who may use it");
                continue;
            }
            foreach (var credential in Open.Split(' '))
            {
                using var request = Request(method, PathOf(path), credential);
                using var response = await _host.Client.SendAsync(request);
                var isIn = (int)response.StatusCode is not (401 or 403 or 302);
                if (isIn != who.Split(' ').Contains(credential))
                    wrong.Add($"{method} {path} with {credential}: {(int)response.StatusCode}, {(isIn ? "let in" : "refused")}: {await response.Content.ReadAsStringAsync()}");
            }
        }
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_operation_of_AWS_lets_in_exactly_the_kinds_of_keys_that_the_table_names()
    {
        var wrong = new List<string>();
        var count = 0;
        foreach (var service in _host.Services.GetRequiredService<AwsOperations>().Services.Where(service => service.Target.Length > 0))
        {
            foreach (var operation in service.Operations.Select(row => row.Name))
            {
                count++;
                var who = Operations.FirstOrDefault(o => o.Operations.Split(' ').Contains(operation)).Who ?? "aws-manage";
                foreach (var credential in new[] { "aws-ingest", "aws-read", "aws-manage" })
                {
                    using var request = SignedRequest.Of(_host.Client.BaseAddress!, credential, Keys[credential], service.SigningName, "{}", $"{service.Target}.{operation}");
                    using var response = await _host.Client.SendAsync(request);
                    var answer = await response.Content.ReadAsStringAsync();
                    if (answer.Contains("AccessDeniedException", StringComparison.Ordinal) == who.Split(' ').Contains(credential) || answer.Contains("Signature", StringComparison.Ordinal))
                        wrong.Add($"{operation} with {credential}: {(int)response.StatusCode} {answer}");
                }
            }
        }
        count.ShouldBeGreaterThan(15);
        wrong.ShouldBeEmpty();
    }

    /// <summary>How each protocol says that the kind of a key is not enough.</summary>
    [Theory]
    [InlineData("POST", "/v1/traces", "read", "{}", 403, "this API key can't send telemetry, its kind is read")]
    [InlineData("POST", "/1/events/d", "read", "{\"a\":1}", 403, "{\"error\":\"this API key can't send events, its kind is read\"}")]
    [InlineData("POST", "/1/boards", "ingest", "{\"name\":\"b\"}", 403, "the kind of this API key is ingest, this needs manage: weir keys create production --kind manage")]
    [InlineData("GET", "/1/boards", "post_client_item", null, 403, "this needs read or manage")]
    [InlineData("GET", "/2/auth", "read", null, 403, "a management key is needed; the kind of this one is read")]
    [InlineData("POST", "/api/1/item/", "post_client_item", "{}", 403, "{\"err\":1,\"message\":\"insufficient privileges: post_server_item scope is required but the access token only has post_client_item.\"}")]
    [InlineData("POST", "/api/1/item/", "post_server_item", "{\"data\":{\"platform\":\"browser\"}}", 403, "{\"err\":1,\"message\":\"insufficient privileges: post_client_item scope is required but the access token only has post_server_item.\"}")]
    [InlineData("POST", "/api/1/item/", "post_client_item", "{\"data\":{\"platform\":\"browser\",\"body\":{\"message\":{\"body\":\"m\"}}}}", 200, "\"err\":0")]
    [InlineData("POST", "/api/1/item/", "read", "{}", 403, "post_server_item scope is required but the access token only has read.")]
    [InlineData("POST", "/TraceSummaries", "aws-ingest", "{}", 403, "is not authorized to perform: xray:GetTraceSummaries because no identity-based policy allows the xray:GetTraceSummaries action")]
    [InlineData("GET", "/1/auth", "ingest", null, 200, "\"type\":\"ingest\",\"api_key_access\":{\"events\":true,\"markers\":false,\"triggers\":false,\"boards\":false,\"queries\":false,\"columns\":false,\"createDatasets\":true")]
    [InlineData("GET", "/1/auth", "read", null, 200, "\"type\":\"configuration\",\"api_key_access\":{\"events\":false,\"markers\":false,\"triggers\":false,\"boards\":false,\"queries\":true,\"columns\":false,\"createDatasets\":false")]
    [InlineData("GET", "/1/auth", "manage", null, 200, "\"type\":\"configuration\",\"api_key_access\":{\"events\":true,\"markers\":true,\"triggers\":true")]
    public async Task A_key_without_permission_gets_the_error_of_the_protocol(string method, string path, string credential, string? body, int status, string text)
    {
        using var request = Request(method, path, credential, body ?? "{}");
        using var response = await _host.Client.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, answer);
        answer.ShouldContain(text);
        answer.ShouldNotContain(Keys[credential]);
    }

    private HttpRequestMessage Request(string method, string path, string credential, string body = "{}")
    {
        if (credential.StartsWith("aws-", StringComparison.Ordinal) && method == "POST")
            return SignedRequest.Of(new Uri(_host.Client.BaseAddress!, path), credential, Keys[credential], "xray", body);
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is not ("GET" or "OPTIONS"))
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (!Keys.TryGetValue(credential, out var key))
            return request;
        request.Headers.Add("x-honeycomb-team", key);
        request.Headers.Add("X-Rollbar-Access-Token", key);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {(path.StartsWith("/2/", StringComparison.Ordinal) ? "id:" : "")}{key}");
        return request;
    }

    private static IEnumerable<(string Method, string Path)> RoutesOf(RouteEndpoint endpoint)
    {
        var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST", "PUT", "DELETE"];
        return methods.Select(m => (m, "/" + endpoint.RoutePattern.RawText!.Trim('/')));
    }

    // Two segments for the rest of a path: one alone would be an operation of X-Ray's.
    private static string PathOf(string pattern) => Regex.Replace(
        pattern.Replace("{team}", "weir", StringComparison.Ordinal).Replace("{**", "nothing/{", StringComparison.Ordinal), "{[^}]*}", "nothing");
}
