using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Weir.Tests.Support;

namespace Weir.Tests.Cruddur;

internal sealed record Received(string Path, string Operation, IHeaderDictionary Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>Replaces all four backends on one HTTP port, and the daemon's UDP port; keeps what it receives.</summary>
internal sealed class StubBackend : IAsyncDisposable
{
    private readonly WebApplication _http;
    private readonly UdpClient _udp = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    private StubBackend(WebApplication http) => _http = http;

    public ConcurrentQueue<Received> Requests { get; } = new();

    public ConcurrentQueue<byte[]> Datagrams { get; } = new();

    /// <summary>Breaks every connection instead of answering, as one does that is about to start.</summary>
    public bool Breaks { get; set; }

    /// <summary>When set, this is the answer to everything.</summary>
    public string? Nonsense { get; set; }

    public Uri Root { get; private set; } = null!;

    public string DaemonAddress => $"tcp:127.0.0.1:{Root.Port} udp:127.0.0.1:{((IPEndPoint)_udp.Client.LocalEndPoint!).Port}";

    public static async Task<StubBackend> Start(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var stub = new StubBackend(builder.Build());
        stub._http.Run(stub.Answer);
        await stub._http.StartAsync();
        stub.Root = new Uri(stub._http.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        _ = stub.Listen();
        return stub;
    }

    /// <summary>Waits until something arrived that fits.</summary>
    public static async Task<T> Eventually<T>(Func<T?> look, string what)
        where T : class
    {
        T? found = null;
        await Waiting.UntilAsync(() => (found = look()) is not null, what);
        return found!;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _udp.Dispose();
        await _http.DisposeAsync();
        _stop.Dispose();
    }

    private async Task Listen()
    {
        try
        {
            while (true)
                Datagrams.Enqueue((await _udp.ReceiveAsync(_stop.Token)).Buffer);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task Answer(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var target = http.Request.Headers["X-Amz-Target"].ToString();
        var operation = target[(target.IndexOf('.', StringComparison.Ordinal) + 1)..];
        var received = new Received(http.Request.Path, operation, new HeaderDictionary(new Dictionary<string, StringValues>(http.Request.Headers, StringComparer.OrdinalIgnoreCase)), body.ToArray());
        Requests.Enqueue(received);
        if (Breaks)
        {
            http.Abort();
            return;
        }
        if (Nonsense is not null)
        {
            http.Response.ContentType = "application/json; charset=no-such-charset";
            await http.Response.WriteAsync(Nonsense);
            return;
        }
        switch (http.Request.Path.Value)
        {
            case "/GetSamplingRules":
                await http.Response.WriteAsync("""
                    {"SamplingRuleRecords":[{"SamplingRule":{"RuleName":"Default","ResourceARN":"*","Priority":10000,"FixedRate":1.0,"ReservoirSize":1,
                    "ServiceName":"*","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"*","Version":1,"Attributes":{}},"CreatedAt":0.0,"ModifiedAt":0.0}]}
                    """);
                break;
            case "/api/1/item/":
                await http.Response.WriteAsync("""{"err":0,"result":{"id":null,"uuid":"x"}}""");
                break;
            case "/":
                await Logs(http.Response, received);
                break;
            default:
                break;
        }
    }

    private Task Logs(HttpResponse response, Received received)
    {
        var json = JsonNode.Parse(received.Body)!;
        switch (received.Operation)
        {
            case "CreateLogStream":
                _known[json["logStreamName"]!.GetValue<string>()] = true;
                return Task.CompletedTask;
            case "PutLogEvents" when !_known.ContainsKey(json["logStreamName"]!.GetValue<string>()):
                response.StatusCode = 400;
                return response.WriteAsync("""{"__type":"ResourceNotFoundException","message":"The specified log stream does not exist."}""");
            case "PutLogEvents":
                return response.WriteAsync("""{"nextSequenceToken":"49590302901"}""");
            default:
                return response.WriteAsync("""{"logGroups":[]}""");
        }
    }
}
