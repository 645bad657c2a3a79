using System.Text.Json;
using System.Text.Json.Nodes;
using Cruddur.Delivery;
using Cruddur.Hosting;

namespace Cruddur.Traffic;

/// <summary>Walks the routes over real HTTP at a given rate, as several clients behind one local proxy.</summary>
internal sealed class TrafficGenerator(double perSecond, OwnAddress own, IHostApplicationLifetime life, IConfiguration settings, TimeProvider time) : BackgroundService
{
    private const int Clients = 12;
    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
        "cruddur-mobile/2.4 (Android 14)",
    ];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = life.ApplicationStarted.Register(started.SetResult);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            using var http = AdapterHttp.Create(TimeSpan.FromSeconds(10));
            http.BaseAddress = own.Root;
            using var exporter = new PageExporter(settings);
            var walk = new Walk(Random.Shared);
            while (!stoppingToken.IsCancellationRequested)
            {
                await Take(http, walk, exporter, stoppingToken);
                // Exponential gaps: independent users, so at times two come close together and at times none.
                var gap = -Math.Log(1 - Random.Shared.NextDouble()) / perSecond;
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(gap, 10)), time, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task Take(HttpClient http, Walk walk, PageExporter exporter, CancellationToken stop)
    {
        var step = walk.Next();
        var client = Random.Shared.Next(Clients);
        using var request = new HttpRequestMessage(step.Method, step.Path);
        var agent = Agents[client % Agents.Length];
        request.Headers.TryAddWithoutValidation("User-Agent", agent);
        var visit = PageVisit.Of(step, own.Root, agent, time.GetUtcNow());
        if (visit is not null)
            request.Headers.Add("traceparent", visit.TraceParent);
        request.Headers.Add("X-Forwarded-For", $"172.18.0.{client + 2}");
        if (step.Body is not null)
            request.Content = new StringContent(step.Body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        try
        {
            using var reply = await http.SendAsync(request, stop);
            var body = await reply.Content.ReadAsByteArrayAsync(stop);
            if (visit is not null)
                await exporter.Send(visit.Export((int)reply.StatusCode, time.GetUtcNow()), stop);
            if (!reply.IsSuccessStatusCode || reply.Content.Headers.ContentType?.MediaType is not "application/json")
                return;
            if (JsonNode.Parse(body) is JsonArray feed && step.Path.StartsWith("/api/activities", StringComparison.Ordinal))
            {
                foreach (var crud in feed.Take(5))
                {
                    if (crud?["uuid"]?.GetValue<string>() is { } uuid)
                        walk.Saw(uuid);
                }
            }
        }
        catch (Exception error) when (error is HttpRequestException or JsonException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            // One imitated user did not get an answer; the next one asks anyway.
        }
    }
}
