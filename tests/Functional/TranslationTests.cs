using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Core.Query;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Sends what all rows of the table need, once.</summary>
public sealed class TranslatedRows : IAsyncLifetime
{
    public WeirProcess Weir { get; private set; } = null!;

    public IReadOnlyList<Behaviour> Behaviours { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Weir = await WeirProcess.StartAsync();
        Behaviours = new TranslationTable(DateTimeOffset.UtcNow).Behaviours;
        foreach (var behaviour in Behaviours)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, behaviour.Path)
            {
                Content = behaviour.Body.StartsWith("hex:", StringComparison.Ordinal)
                    ? new ByteArrayContent(Convert.FromHexString(behaviour.Body[4..])) { Headers = { ContentType = new MediaTypeHeaderValue("application/msgpack") } }
                    : new StringContent(behaviour.Body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
            };
            request.Headers.Add("x-honeycomb-team", behaviour.Key);
            if (behaviour.Header.Length > 0)
                request.Headers.Add("x-honeycomb-dataset", behaviour.Header);
            using var answer = await Weir.Client.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"{behaviour.Words}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    public ValueTask DisposeAsync() => Weir.DisposeAsync();
}

/// <summary>What becomes of what is sent, one behaviour a row: sent over OTLP or the Events API, asked through the Query API.</summary>
public sealed class TranslationTests(TranslatedRows sent) : IClassFixture<TranslatedRows>
{
    public static TheoryData<string> Words => [.. new TranslationTable(DateTimeOffset.UnixEpoch.AddDays(1)).Behaviours.Select(b => b.Words)];

    [Theory]
    [MemberData(nameof(Words))]
    public async Task Sent_data_is_found_with_honeycombs_names(string words)
    {
        var behaviour = sent.Behaviours.Single(b => b.Words == words);
        var api = new HoneycombCalls(sent.Weir, behaviour.Key);
        var results = await api.AskAsync(behaviour.Dataset, behaviour.Spec, r => Text(r) == behaviour.Expected, behaviour.Expected);
        Text(results).ShouldBe(behaviour.Expected);
    }

    [Fact]
    public async Task An_environment_key_makes_no_dataset_of_the_header()
    {
        var behaviour = sent.Behaviours.Single(b => b.Header == "elsewhere");
        var api = new HoneycombCalls(sent.Weir, behaviour.Key);
        await api.AskAsync(behaviour.Dataset, behaviour.Spec, r => Text(r) == behaviour.Expected, behaviour.Expected);
        using var answer = await api.CallAsync(HttpMethod.Get, "/1/datasets/elsewhere");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Datasets_of_headers_are_listed_beside_services()
    {
        string[] expected = ["Classic Traces", "header-ignored", "log-header", "metric-header", "MyDatasET", "foo/bar"];
        await sent.Weir.JsonAsync("/api/datasets", answer => expected.All(answer.ToJsonString(Relaxed).Contains));
        // Without a key, and with the classic one, the environment is "default".
        await sent.Weir.JsonAsync("/1/datasets", answer => answer.AsArray().Any(d => d!.Text("slug") == "classic-traces"));
    }

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Text(JsonArray results) => string.Join(" ", results.Select(r => r!["data"]!.ToJsonString()));
}
