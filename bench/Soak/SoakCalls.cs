using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Weir.Bench.Soak;

/// <summary>Calls of one server, each counted with what became of it.</summary>
internal sealed class SoakCalls(ServerProcess server, SoakTally tally) : IDisposable
{
    private const int LongestTrouble = 200;
    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5) })
    {
        Timeout = TimeSpan.FromMinutes(2),
    };

    public ServerProcess Server => server;

    public SoakTally Tally => tally;

    /// <summary>A loop that makes a call now and then until it is stopped. One that takes longer than the period is followed at once.</summary>
    public async Task RepeatAsync(string name, TimeSpan period, Func<CancellationToken, Task> call, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(period);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                await CallAsync(name, call, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The soak's end.
        }
    }

    /// <summary>A call that its client gives up after a while is counted as cancelled, whatever it was doing.</summary>
    public async Task CallAsync(string name, Func<CancellationToken, Task> call, CancellationToken stop, TimeSpan? patience = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (patience is { } time)
            limit.CancelAfter(time);
        try
        {
            await call(limit.Token);
            tally.Answer(name);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            tally.Cancel(name);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException or System.Net.Sockets.SocketException or System.Text.Json.JsonException)
        {
            if (!stop.IsCancellationRequested)
                tally.Trouble(name, Short(error.Message));
        }
    }

    public Task<string> GetAsync(string path, CancellationToken stop, params HttpStatusCode[] alsoGood) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, Main(path)), stop, alsoGood);

    public Task<string> DeleteAsync(string path, CancellationToken stop) => SendAsync(new HttpRequestMessage(HttpMethod.Delete, Main(path)), stop);

    public Task<string> PostJsonAsync(string path, string body, CancellationToken stop, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Main(path)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return SendAsync(request, stop);
    }

    /// <summary>A call of CloudWatch Logs.</summary>
    public Task<string> LogsAsync(string operation, string body, CancellationToken stop)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Main("/")) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", "Logs_20140328." + operation);
        return SendAsync(request, stop);
    }

    public Task<string> PostOtlpAsync(string path, ReadOnlyMemory<byte> body, string type, CancellationToken stop)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{server.OtlpPort}{path}") { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return SendAsync(request, stop);
    }

    /// <summary>A unary call of OTLP over gRPC; a status other than 0 is trouble.</summary>
    public async Task GrpcAsync(string method, ReadOnlyMemory<byte> message, CancellationToken stop)
    {
        var frame = new byte[5 + message.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame.AsMemory(5));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{server.OtlpGrpcPort}{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using var answer = await _client.SendAsync(request, stop);
        await answer.Content.ReadAsByteArrayAsync(stop);
        var headers = answer.TrailingHeaders.TryGetValues("grpc-status", out var status) || answer.Headers.TryGetValues("grpc-status", out status) ? string.Join(',', status) : "none";
        if (headers != "0")
            throw new HttpRequestException($"grpc-status {headers}");
    }

    public void Dispose() => _client.Dispose();

    private string Main(string path) => $"http://127.0.0.1:{server.Port}{path}";

    private async Task<string> SendAsync(HttpRequestMessage request, CancellationToken stop, params HttpStatusCode[] alsoGood)
    {
        using (request)
        using (var answer = await _client.SendAsync(request, stop))
        {
            var text = await answer.Content.ReadAsStringAsync(stop);
            return answer.IsSuccessStatusCode || alsoGood.Contains(answer.StatusCode)
                ? text
                : throw new HttpRequestException($"{(int)answer.StatusCode} {Short(text)}");
        }
    }

    private static string Short(string text) => text.Length <= LongestTrouble ? text : text[..LongestTrouble] + "…";
}
