using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Protocols.Aws;
using Weir.Protocols.CloudWatchLogs;
using Weir.Protocols.CloudWatchLogs.In;
using Weir.Tests.Support;

namespace Weir.Tests.CloudWatchLogs;

/// <summary>The room on a real port of the loopback, with everything behind it in memory.</summary>
internal sealed class RoomHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RoomHost(WebApplication app, MemoryLogs logs, SteppedTime time)
    {
        _app = app;
        Logs = logs;
        Time = time;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Client = new HttpClient { BaseAddress = Address };
    }

    public MemoryLogs Logs { get; }

    public SteppedTime Time { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IngestCounters Counters => _app.Services.GetRequiredService<IngestCounters>();

    public AwaitedStreams Awaited => _app.Services.GetRequiredService<AwaitedStreams>();

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public static async Task<RoomHost> StartAsync(
        Action<AwsOptions>? aws = null, TimeProvider? clock = null, ITelemetrySink? sink = null, ITelemetryReader? reader = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http1));
        var logs = new MemoryLogs();
        var time = new SteppedTime();
        builder.Services.AddSingleton(clock ?? time);
        builder.Services.AddSingleton(sink ?? logs);
        builder.Services.AddSingleton(reader ?? logs);
        builder.Services.AddSingleton<ISettings>(new MemorySettings());
        builder.Services.AddSingleton<IngestCounters>();
        builder.Services.AddSingleton<IngestBatchPool>();
        builder.Services.AddCloudWatchLogs();
        builder.Services.AddAws(aws);
        var app = builder.Build();
        app.MapCloudWatchLogs();
        app.MapAws();
        await app.StartAsync();
        return new RoomHost(app, logs, time);
    }

    /// <summary>Calls an operation; the answer has the status as <c>$status</c> beside its members.</summary>
    public async Task<JsonObject> CallAsync(string operation, JsonNode? input = null)
    {
        using var response = await SendAsync("Logs_20140328." + operation, Encoding.UTF8.GetBytes(input?.ToJsonString() ?? "{}"));
        var body = await response.Content.ReadAsByteArrayAsync();
        response.Headers.GetValues("x-amzn-RequestId").Single().Length.ShouldBe(36);
        response.Content.Headers.ContentType!.ToString().ShouldBe("application/x-amz-json-1.1");
        var answer = JsonNode.Parse(body)!.AsObject();
        answer["$status"] = (int)response.StatusCode;
        return answer;
    }

    public async Task<HttpResponseMessage> SendAsync(string target, byte[] body, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", target);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260227/eu-west-1/logs/aws4_request, SignedHeaders=host, Signature=00");
        change?.Invoke(request);
        return await Client.SendAsync(request);
    }

    /// <summary>Creates a group and streams in it.</summary>
    public async Task CreateAsync(string group, params string[] streams)
    {
        await CallAsync("CreateLogGroup", new JsonObject { ["logGroupName"] = group });
        foreach (var stream in streams)
            await CallAsync("CreateLogStream", new JsonObject { ["logGroupName"] = group, ["logStreamName"] = stream });
    }

    public Task<JsonObject> PutAsync(string group, string stream, params (long Time, string Message)[] events) =>
        CallAsync("PutLogEvents", new JsonObject
        {
            ["logGroupName"] = group,
            ["logStreamName"] = stream,
            ["logEvents"] = new JsonArray([.. events.Select(e => new JsonObject { ["timestamp"] = e.Time, ["message"] = e.Message })]),
        });

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>A clock that a test sets.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 2, 27, 1, 9, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Step(TimeSpan by) => _now += by;

    public void Set(DateTimeOffset now) => _now = now;
}
