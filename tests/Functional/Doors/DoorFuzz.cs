using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Weir.Tests.Support;

namespace Weir.Tests.Functional.Doors;

/// <summary>
/// Mutated inputs to every endpoint of a running server, over persistent connections. Failures are: a 5xx response without a time to
/// retry, a request without a response, and a process that has ended.
/// </summary>
internal sealed class DoorFuzz : IDisposable
{
    /// <summary>After so long without a byte a server waits for more of a request.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    private readonly WeirProcess _weir;
    private readonly int _seed;
    private readonly HttpClient _http;
    private readonly HttpClient _grpc;
    private readonly string _folder;

    /// <param name="weir">Who is asked.</param>
    /// <param name="seed">The same seed gives the same inputs, but for times.</param>
    /// <param name="folder">Where inputs that failed are kept.</param>
    public DoorFuzz(WeirProcess weir, int seed, string folder)
    {
        (_weir, _seed, _folder) = (weir, seed, folder);
        Directory.CreateDirectory(folder);
        _http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, Expect100ContinueTimeout = TimeSpan.FromSeconds(1) }) { Timeout = Waiting.Patience };
        _grpc = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { Timeout = Waiting.Patience };
    }

    /// <summary>Results so far, one for each endpoint.</summary>
    public IReadOnlyList<DoorResult> Results { get; private set; } = [];

    /// <summary>Objects that endpoints need to accept their inputs.</summary>
    public async Task PrepareAsync()
    {
        foreach (var input in Door.Prepare())
        {
            using var request = Request(input);
            (await _http.SendAsync(request)).Dispose();
        }
    }

    /// <summary>Sends the given number of inputs, divided by the endpoints' shares, to all endpoints at the same time; fewer when the time is over.</summary>
    public Task RunAsync(IReadOnlyList<Door> doors, long inputs, CancellationToken stop)
    {
        Results = [.. doors.Select(door => new DoorResult(door.Name, _folder))];
        return Task.WhenAll(doors.Zip(Results).SelectMany((pair, index) =>
        {
            var (door, result) = pair;
            var count = Math.Max(1, inputs * door.Share / 1000);
            var next = -1L;
            return Enumerable.Range(0, door.Senders).Select(_ => Task.Run(async () =>
            {
                using var udp = new UdpClient();
                if (door.Wire == DoorWire.Udp)
                    udp.Connect(IPAddress.Loopback, _weir.XRayPort);
                for (var number = Interlocked.Increment(ref next); number < count && _weir.IsRunning && !stop.IsCancellationRequested; number = Interlocked.Increment(ref next))
                {
                    var input = door.Next(new Random(HashCode(index, number)));
                    await SendAsync(door, input, result, udp);
                }
            }));
        }));
    }

    public void Dispose()
    {
        _http.Dispose();
        _grpc.Dispose();
    }

    private int HashCode(int door, long number) => unchecked((((_seed * 31) + door) * 1_000_003) + (int)number);

    private async Task SendAsync(Door door, DoorInput input, DoorResult result, UdpClient udp)
    {
        try
        {
            switch (door.Wire)
            {
                case DoorWire.Http:
                    await PostAsync(input, result);
                    break;
                case DoorWire.Grpc:
                    await CallAsync(input, result);
                    break;
                case DoorWire.Udp:
                    await udp.SendAsync(input.Body);
                    result.Sent();
                    // Datagrams have no response; without a pause most would be lost before the server has read them.
                    if (input.Body.Length % 4 == 0)
                        await Task.Delay(1);
                    break;
                default:
                    await ConnectAsync(input, result);
                    break;
            }
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.InvalidResponse || error.InnerException is IOException)
        {
            // The server answers a body that it does not read to the end, and closes; the client may meet the end before the answer.
            result.Cut(input, error.ToString(), isAllowed: _weir.IsRunning && input.Body.Length > 30_000);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            result.Cut(input, error.ToString(), isAllowed: false);
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            result.Cut(input, error.ToString(), isAllowed: _weir.IsRunning);
        }
    }

    private int PortOf(DoorPort port) => port switch
    {
        DoorPort.OtlpHttp => _weir.OtlpHttpPort,
        DoorPort.OtlpGrpc => _weir.OtlpGrpcPort,
        DoorPort.XRay => _weir.XRayPort,
        _ => _weir.Port,
    };

    private HttpRequestMessage Request(DoorInput input)
    {
        // As written: not escaped again, not shortened.
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var path = new string([.. input.Path.Where(c => c is > ' ' and < '\u007f' and not '#')]);
        var request = new HttpRequestMessage(new HttpMethod(input.Method), new Uri($"http://127.0.0.1:{PortOf(input.Port)}{path}", options));
        if (input.Body.Length > 0 || input.Method is "POST" or "PUT" or "PATCH")
            request.Content = new ByteArrayContent(input.Body);
        foreach (var (name, value) in input.Headers)
        {
            var safe = new string([.. value.Where(c => c is '\t' or (>= ' ' and < '\u007f'))]);
            if (!request.Headers.TryAddWithoutValidation(name, safe))
                request.Content?.Headers.TryAddWithoutValidation(name, safe);
        }
        return request;
    }

    private async Task PostAsync(DoorInput input, DoorResult result)
    {
        using var request = Request(input);
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var status = (int)answer.StatusCode;
        var text = await BeginningAsync(answer);
        result.Add(status, input, status == 429 || (status == 503 && answer.Headers.RetryAfter is not null), text);
    }

    private async Task CallAsync(DoorInput input, DoorResult result)
    {
        using var request = Request(input);
        (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using var answer = await _grpc.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await BeginningAsync(answer);
        string Value(string name) => answer.TrailingHeaders.TryGetValues(name, out var trailers) || answer.Headers.TryGetValues(name, out trailers) ? trailers.First() : "";
        // UNKNOWN, INTERNAL and DATA_LOSS are the server's faults; UNAVAILABLE is "later"; a call without a status got an answer of HTTP alone.
        var (grpc, message) = (Value("grpc-status"), Value("grpc-message"));
        var status = grpc switch
        {
            "0" => 200,
            "2" or "13" or "15" => 500,
            "14" => 503,
            "" => (int)answer.StatusCode,
            _ => 400,
        };
        result.Add(status, input, grpc == "14", $"grpc-status {grpc} {message}");
    }

    /// <summary>Reads a complete response and keeps its beginning.</summary>
    private static async Task<string> BeginningAsync(HttpResponseMessage answer)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var kept = new byte[1_000];
        var length = await stream.ReadAtLeastAsync(kept, kept.Length, throwOnEndOfStream: false);
        if (length == kept.Length)
            await stream.CopyToAsync(Stream.Null);
        return Encoding.UTF8.GetString(kept, 0, length);
    }

    /// <summary>Writes to a new connection and reads until the server closes it, or has been silent for a while.</summary>
    private async Task ConnectAsync(DoorInput input, DoorResult result)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, PortOf(input.Port));
        var stream = client.GetStream();
        await stream.WriteAsync(input.Body);
        var kept = new byte[300];
        using var patience = new CancellationTokenSource(Silence);
        var length = 0;
        try
        {
            length = await stream.ReadAtLeastAsync(kept, minimumBytes: 12, throwOnEndOfStream: false, patience.Token);
        }
        catch (OperationCanceledException)
        {
            // It waits for the rest of a request, within its own limits.
        }
        var text = Encoding.Latin1.GetString(kept, 0, length);
        var isStatus = text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal);
        var status = isStatus ? int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture) : 0;
        if (!isStatus)
            result.Cut(input, text, isAllowed: true);
        else
            // A version of HTTP that there is none of is refused by a status of 5xx, as HTTP has it.
            result.Add(status == 505 ? 400 : status, input, isForTheMoment: false, text);
    }
}
