using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Weir.Tests.Support;

namespace Weir.Tests.Functional.Kills;

/// <summary>
/// Clients of every door that send one request after another to fixed ports, whoever listens there. Without an answer, or told to come
/// later, they send the same bytes again, as exporters do.
/// </summary>
internal sealed class KillTraffic(int[] ports, KillLedger ledger) : IDisposable
{
    /// <summary>Together about 150 requests a second at most: what Weir remembers of 15 minutes is 262,144.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(20);

    /// <summary>Less than what a repeated request is known for.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(12);

    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private Task _senders = Task.CompletedTask;

    /// <summary>What requests are sent before, for the table.</summary>
    public string Kind { get; set; } = "";

    public KillLedger Ledger => ledger;

    public void Start() => _senders = Task.WhenAll(KillRequest.Doors.Select(make => Task.Run(async () =>
    {
        while (!_stop.IsCancellationRequested)
        {
            await SendAsync(make(ledger.NextNumber()));
            await Task.Delay(Pause);
        }
    })));

    /// <summary>A server listens: what waits for its answer gets it.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _senders.WaitAsync(Longest);
    }

    /// <summary>Sends until there is an answer that is one.</summary>
    public async Task SendAsync(KillRequest request)
    {
        ledger.Begin(request, Kind);
        var last = "";
        for (var given = DateTime.UtcNow + Longest; ;)
        {
            try
            {
                using var answer = await PostAsync(request);
                var text = await answer.Content.ReadAsStringAsync();
                last = $"{(int)answer.StatusCode} {text}";
                if (answer.StatusCode == HttpStatusCode.OK && !IsPartly(text))
                {
                    ledger.Acknowledge(request);
                    return;
                }
                if (text.Contains("ResourceNotFoundException", StringComparison.Ordinal))
                {
                    foreach (var call in KillRequest.Prepare())
                        (await PostAsync(call)).Dispose();
                }
                else if (answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
                {
                    ledger.Refusals.Enqueue($"{request.Door} {(int)answer.StatusCode} {text}");
                    return;
                }
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException or SocketException)
            {
                // Nobody there, or gone before the answer; a connection that ends while it is made comes as the socket's own exception.
                last = error.Message;
                Interlocked.Increment(ref ledger.Repeats);
            }
            if (DateTime.UtcNow > given)
                throw new TimeoutException($"no answer to a request of {request.Door} within {Longest.TotalSeconds} s; the last: {last}");
            await Task.Delay(Again);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task<HttpResponseMessage> PostAsync(KillRequest request)
    {
        var port = request.Path.StartsWith("/v1/", StringComparison.Ordinal) ? ports[1] : ports[0];
        using var message = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}{request.Path}") { Content = new ByteArrayContent(request.Body) };
        message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(request.Headers[0].Value);
        foreach (var (name, value) in request.Headers[1..])
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
                message.Content.Headers.TryAddWithoutValidation(name, value);
        }
        return await _client.SendAsync(message);
    }

    /// <summary>An acknowledgement that rejects a part, in the format of the protocol.</summary>
    private static bool IsPartly(string answer) =>
        answer.Contains("rejected", StringComparison.Ordinal) || answer.Contains("\"status\":4", StringComparison.Ordinal) || answer.Contains("\"ErrorCode\"", StringComparison.Ordinal);
}
