using System.Net.Http.Headers;
using System.Text;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Every route of the main port, with texts that JSON can spell and no reader likes: none of them is a server's fault.</summary>
public sealed class NastyTextTests(RunningWeir running) : IClassFixture<RunningWeir>
{
    private static readonly string[] Bodies =
    [
        "", "{", "null", "[]", "\"x\"", "{}", "{\"name\":\"\\ud83d\"}", "{\"name\":\"a\u00ff\"}", "{\"\\ud83d\":1}", "\u00ef\u00bb\u00bf{}", "{\"a\":1,\"a\":2}",
        "{\"a\":NaN}", "{\"a\":1e999,\"name\":1e999,\"limit\":1e999}", "\0\0", "{\"query\":{\"\\ud83d\":1}}", "{\"query\":5,\"dataset\":[],\"name\":{\"a\":[]}}",
        "{\"query\":{\"calculations\":[{\"op\":\"COUNT\"}],\"breakdowns\":[\"\\ud83d\"]}}",
        "{\"query\":{\"calculations\":[{\"op\":\"COUNT\"}],\"filters\":[{\"column\":\"a\\u0000\",\"op\":\"=\",\"value\":\"\\udc00\"}]}}",
        "{\"calculations\":[{\"op\":\"COUNT\"}],\"breakdowns\":[\"\\ud83d\"]}", "{\"logGroupName\":\"g\",\"logStreamName\":\"\\ud83d\",\"logEvents\":[{}]}",
        "{\"alias\":\"a\",\"expression\":\"\\ud83d\",\"key_name\":\"\\ud83d\",\"type\":\"\\ud83d\",\"message\":\"a\u00ff\"}",
    ];

    private static readonly string[] Queries = ["", "?start=%ff&limit=%00&q=%ED%A0%80&text=%EF%BB%BF&cursor=%80&order=%ff", "?q=a&q=b&start=-1&end=9e99&limit=1e9&environment=%ED%A0%80"];

    private static readonly string[] Names = ["x", "%ED%A0%80", "%00", "%FF", "a%2F..%2Fb"];

    [Fact]
    public async Task No_text_gives_a_5xx_on_any_route()
    {
        var (routes, targets) = (ServerRoutes.Routes, ServerRoutes.Targets);
        routes.Count.ShouldBeGreaterThan(150);
        targets.Count.ShouldBeGreaterThan(10);
        var requests = new List<(string Method, string Path, string? Body, string? Target)>();
        foreach (var (method, path) in routes)
        {
            foreach (var name in path.Contains('*', StringComparison.Ordinal) ? Names : Names[..1])
            {
                var filled = path.Replace("*", name, StringComparison.Ordinal);
                requests.AddRange(Queries.Select(query => (method, filled + query, (string?)null, (string?)null)));
            }
            if (method is not ("GET" or "HEAD" or "OPTIONS"))
                requests.AddRange(Bodies.Select(body => (method, path.Replace("*", "x", StringComparison.Ordinal), (string?)body, (string?)null)));
        }
        foreach (var target in targets)
            requests.AddRange(Bodies.Select(body => ("POST", "/", (string?)body, (string?)target)));

        var failed = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (request, stop) =>
        {
            var status = await SendAsync(request.Method, request.Path, request.Body, request.Target, stop);
            if (status >= 500)
                failed.Add($"{status} {request.Method} {request.Path} {request.Target} {request.Body}");
        });
        failed.Order(StringComparer.Ordinal).ShouldBeEmpty();
        running.Weir.IsRunning.ShouldBeTrue();
    }

    private async Task<int> SendAsync(string method, string path, string? body, string? target, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("X-Honeycomb-Team", "t");
        request.Headers.TryAddWithoutValidation("X-Rollbar-Access-Token", "t");
        if (target is not null)
            request.Headers.TryAddWithoutValidation("X-Amz-Target", target);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(target is null ? "application/json" : "application/x-amz-json-1.1");
        }
        using var answer = await running.Weir.Client.SendAsync(request, stop);
        // A store that is busy with so much at once may say so.
        return (int)answer.StatusCode == 503 ? 429 : (int)answer.StatusCode;
    }
}
