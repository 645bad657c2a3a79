using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Core.Access;
using Weir.Core.Ingest;
using Weir.Protocols.Api;
using Weir.Protocols.Rollbar;
using Weir.Tests.Support;

namespace Weir.Tests.Rollbar;

/// <summary>The room behind a real HTTP server on a free port, with a sink that keeps what it gets.</summary>
internal sealed class RollbarHost : IAsyncDisposable
{
    public const string Token = "00112233445566778899aabbccddeeff";
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1795176000);

    private readonly WebApplication _app;

    private RollbarHost(WebApplication app, CapturingSink sink, IngestCounters counters) =>
        (_app, Sink, Counters, Client) = (app, sink, counters, new HttpClient { BaseAddress = new Uri(app.Urls.Single()) });

    public CapturingSink Sink { get; }

    public IngestCounters Counters { get; }

    public HttpClient Client { get; }

    public static async Task<RollbarHost> StartAsync(RollbarOptions? options = null, bool keysRequired = false, ITelemetrySink? instead = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var sink = new CapturingSink();
        var time = new FixedTime(Now);
        var counters = new IngestCounters(time);
        builder.Services.AddSingleton<ITelemetrySink>(instead ?? sink);
        builder.Services.AddSingleton(counters);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton(new AccessKeys { Required = keysRequired });
        builder.Services.AddRollbar(options);
        var app = builder.Build();
        app.MapRollbar();
        await app.StartAsync();
        return new RollbarHost(app, sink, counters);
    }

    public async Task<(HttpStatusCode Status, string Body, HttpResponseMessage Response)> SendAsync(
        byte[] body, string path = "/api/1/item/", string? token = Token, params KeyValuePair<string, string>[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (token is not null)
            request.Headers.Add("X-Rollbar-Access-Token", token);
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);
        }
        var response = await Client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    public Task<(HttpStatusCode Status, string Body, HttpResponseMessage Response)> ReplayAsync(PostedFixture fixture) => SendAsync(
        fixture.Body, fixture.Path, token: null,
        [.. fixture.Headers.Where(h => h.Key is not ("Host" or "Connection" or "Content-Length"))]);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
