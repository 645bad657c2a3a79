using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Protocols.Api;
using Weir.Features.Alerts.Notifications;
using Weir.Protocols.XRay;
using Weir.Protocols.XRay.In;
using Weir.Tests.Support;

namespace Weir.Tests.XRay;

/// <summary>The room on a real socket of its own, with a sink that keeps what it is given.</summary>
internal sealed class XRayHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private XRayHost(WebApplication app, CapturingSink sink)
    {
        _app = app;
        Sink = sink;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public CapturingSink Sink { get; }

    public HttpClient Client { get; }

    public IngestCounters Counters => _app.Services.GetRequiredService<IngestCounters>();

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public IPEndPoint Udp => _app.Services.GetRequiredService<UdpDaemon>().Endpoint!;

    public static async Task<XRayHost> StartAsync(XRayOptions? options = null, TimeProvider? time = null, ITelemetryReader? reader = null, ITelemetrySink? store = null)
    {
        options ??= new XRayOptions { UdpPort = 0, UdpDecoders = 1 };
        var sink = new CapturingSink();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSingleton<IngestCounters>();
        builder.Services.AddSingleton(new NotifyOptions { WebhookHosts = ["127.0.0.1"] });
        builder.Services.AddSingleton(store ?? sink);
        builder.Services.AddSingleton<ISettings>(new MemorySettings(time));
        builder.Services.AddSingleton(reader ?? new NoReader());
        builder.Services.AddXRay(options);
        var app = builder.Build();
        app.MapXRay();
        app.MapXRayUi();
        await app.StartAsync();
        return new XRayHost(app, sink);
    }

    public async Task<(HttpResponseMessage Response, JsonElement Body)> PostAsync(string path, string body, string contentType = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(contentType);
        var response = await Client.PostAsync(new Uri(path, UriKind.Relative), content);
        var text = await response.Content.ReadAsStringAsync(CancellationToken.None);
        return (response, JsonDocument.Parse(text).RootElement);
    }

    public async Task<JsonElement> OkAsync(string path, string body)
    {
        var (response, json) = await PostAsync(path, body);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new InvalidOperationException($"{path} answered {(int)response.StatusCode}: {json}");
        return json;
    }

    /// <summary>Status, exception name and text of a refusal.</summary>
    public async Task<(int Status, string Type, string Message)> FaultAsync(string path, string body)
    {
        var (response, json) = await PostAsync(path, body);
        var type = json.GetProperty("__type").GetString()!;
        if (response.Headers.GetValues("x-amzn-ErrorType").Single() != type)
            throw new InvalidOperationException("header and body name different errors");
        return ((int)response.StatusCode, type, json.GetProperty("Message").GetString()!);
    }

    public static string PutBody(params string[] documents) =>
        JsonSerializer.Serialize(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["TraceSegmentDocuments"] = documents });

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class NoReader : ITelemetryReader
    {
        public Task<ResultTable> QueryAsync(TelemetryQuery query, CancellationToken cancellationToken) =>
            Task.FromResult(new ResultTable([], [], false, 0, TimeSpan.Zero));
    }
}
