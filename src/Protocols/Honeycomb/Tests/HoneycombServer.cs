using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Core.Access;
using Weir.Core.Ingest;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Protocols.Honeycomb;
using Weir.Tests.Support;

namespace Weir.Tests.Honeycomb;

/// <summary>The room alone, over a sink that captures.</summary>
internal sealed class HoneycombServer : IAsyncDisposable
{
    private static readonly HttpClient Client = new();
    private readonly WebApplication _app;

    private HoneycombServer(WebApplication app, CapturingSink sink)
    {
        _app = app;
        Sink = sink;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public CapturingSink Sink { get; }

    public Uri Address { get; }

    public IReadOnlyList<IngestCounter> Counters => _app.Services.GetRequiredService<IngestCounters>().Snapshot();

    public static async Task<HoneycombServer> StartAsync(AccessKeys? keys = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        var sink = new CapturingSink();
        builder.Services.AddSingleton<ITelemetrySink>(sink);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ISettings>(new MemorySettings());
        builder.Services.AddSingleton<IngestCounters>();
        builder.Services.AddSingleton<ITelemetryReader, NothingStored>();
        if (keys is not null)
            builder.Services.AddSingleton(keys);
        builder.Services.AddHoneycomb();
        var app = builder.Build();
        app.UseRouting();
        app.UseCors();
        app.MapHoneycomb();
        await app.StartAsync();
        return new HoneycombServer(app, sink);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, (string Name, string Value)[]? headers = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Address, path));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers ?? [])
            request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request);
    }

    public async Task<HttpResponseMessage> PostAsync(string path, byte[] body, string contentType, string? encoding = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, path)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        if (encoding is not null)
            request.Content.Headers.ContentEncoding.Add(encoding);
        if (key is not null)
            request.Headers.TryAddWithoutValidation("x-honeycomb-team", key);
        return await Client.SendAsync(request);
    }

    /// <summary>Sends a file of Fixtures as it came over the wire.</summary>
    public Task<HttpResponseMessage> ReplayAsync(string fixture)
    {
        var recorded = File.ReadAllBytes(FixturePath(fixture));
        var end = recorded.AsSpan().IndexOf("\n\n"u8);
        var head = Encoding.UTF8.GetString(recorded, 0, end).Split('\n');
        var headers = head.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(h => h[0], h => h[1], StringComparer.Ordinal);
        return PostAsync(
            head[0].Split(' ')[1], recorded[(end + 2)..], headers["content-type"], headers.GetValueOrDefault("content-encoding"), headers["x-honeycomb-team"]);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static string FixturePath(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "Fixtures", name);

    private sealed class NothingStored : ITelemetryReader
    {
        public Task<ResultTable> QueryAsync(TelemetryQuery query, CancellationToken cancellationToken) =>
            Task.FromResult(new ResultTable([], [], truncated: false, 0, TimeSpan.Zero));
    }
}
