// Rollbar for the backend.
// The official packages a reader would use instead: Rollbar and Rollbar.NetCore.AspNet (with its connectivity monitor
// disabled, since it asks for api.rollbar.com whatever the endpoint).
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cruddur.Delivery;

namespace Cruddur.Rollbar;

/// <summary>Posts items one by one, off the request's path. What is refused is dropped; what meets a closed door is tried a few times.</summary>
internal sealed class RollbarReporter(RollbarOptions options, TimeProvider time) : BackgroundService
{
    private const int Attempts = 6;
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Outbox<JsonObject> _outbox = new("the Rollbar reporter", 200);

    public long Dropped => _outbox.Dropped;

    public void Report(Exception error, HttpContext http) => _outbox.TryAdd(RollbarPayload.Exception(error, http, options, time.GetUtcNow()));

    public void Report(string message, string level, HttpContext? http) => _outbox.TryAdd(RollbarPayload.Message(message, level, http, options, time.GetUtcNow()));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var client = AdapterHttp.Create(TimeSpan.FromSeconds(5));
        try
        {
            await foreach (var data in _outbox.Reader.ReadAllAsync(stoppingToken))
                await Deliver(client, data, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            using var grace = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
            while (!grace.IsCancellationRequested && _outbox.Reader.TryRead(out var data))
                await TryPost(client, data, CancellationToken.None);
        }
        _outbox.Close();
    }

    private async Task Deliver(HttpClient client, JsonObject data, CancellationToken stop)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (await TryPost(client, data, stop))
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(250 * Math.Pow(2, attempt)), time, stop);
        }
        _outbox.Drop($"{options.ItemUrl} did not answer");
    }

    /// <returns>False when it is worth trying again.</returns>
    private async Task<bool> TryPost(HttpClient client, JsonObject data, CancellationToken stop)
    {
        // The data is posted again after a failure, so it may have a parent already.
        var envelope = new JsonObject { ["access_token"] = options.AccessToken, ["data"] = data.DeepClone() };
        using var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(envelope, Plain));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, options.ItemUrl) { Content = body };
        request.Headers.Add("X-Rollbar-Access-Token", options.AccessToken);
        try
        {
            using var reply = await client.SendAsync(request, stop);
            if (reply.IsSuccessStatusCode)
                return true;
            if ((int)reply.StatusCode is 429 or >= 500)
                return false;
            _outbox.Drop($"{options.ItemUrl} answered {(int)reply.StatusCode}");
            return true;
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return false;
        }
    }
}
