using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Shouldly;
using Weir.Features.Questions;
using Weir.Tests.Support;

namespace Weir.Tests.Functional;

/// <summary>Requests that can be identified afterwards: which were acknowledged, and which rows of them are stored.</summary>
internal sealed class KillLoad
{
    public const int SpansPerRequest = 40;

    private int _sent;

    /// <summary>The trace ids of requests that were answered with 200.</summary>
    public ConcurrentDictionary<string, bool> Acknowledged { get; } = new();

    /// <summary>Answers that were none, or no 200, while the server ran; a server that is killed cuts a sender's last request.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    /// <summary>Sends until it is stopped, or until the server has ended.</summary>
    public Task StartAsync(int port, int senders, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, senders).Select(async _ =>
    {
        using var client = new HttpClient();
        while (!stop.IsCancellationRequested && await SendAsync(client, port))
        {
            // On.
        }
    }));

    /// <summary>Sends some requests to a server that may not listen yet; ends early when it has gone again.</summary>
    public async Task SendAsync(int port, int requests, TimeSpan patience)
    {
        using var client = new HttpClient();
        var clock = Stopwatch.StartNew();
        while (!Listens(port) && clock.Elapsed < patience)
            await Task.Delay(20);
        for (var i = 0; i < requests && await SendAsync(client, port); i++)
        {
            // On.
        }
    }

    /// <summary>What was acknowledged is there, each request once and whole, in a folder that no server has open.</summary>
    public Task ShouldBeStoredOnceAsync(string folder) => ShouldBeStoredOnceAsync(["--data", folder, .. WeirProcess.StoreOptions(folder)]);

    /// <param name="where">The options that say where it is stored.</param>
    public async Task ShouldBeStoredOnceAsync(string[] where)
    {
        var (code, output) = await WeirProcess.RunToEndAsync(
            ["sql", .. where, "--format", "TSV", "SELECT lower(hex(trace_id)), count(), uniqExact(span_id) FROM spans GROUP BY trace_id"]);
        code.ShouldBe(0, output);
        var stored = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .ToDictionary(f => f[0], f => (Rows: int.Parse(f[1], CultureInfo.InvariantCulture), Distinct: int.Parse(f[2], CultureInfo.InvariantCulture)));
        Acknowledged.Keys.Count(id => !stored.ContainsKey(id)).ShouldBe(0, "acknowledged and not stored");
        stored.Where(s => s.Value != (SpansPerRequest, SpansPerRequest)).ShouldBeEmpty("each request once and whole");
        (code, output) = await WeirProcess.RunToEndAsync(
            ["sql", .. where, "--format", "TSV", "SELECT lower(hex(trace_id)), count(), uniqExact(parent_span_id) FROM events GROUP BY trace_id"]);
        code.ShouldBe(0, output);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).ShouldBe(
            stored.Keys.Order(StringComparer.Ordinal).Select(id => string.Create(CultureInfo.InvariantCulture, $"{id}\t{SpansPerRequest}\t{SpansPerRequest}")),
            "the event of each span with it");
    }

    private static bool Listens(int port)
    {
        using var client = new System.Net.Sockets.TcpClient();
        try
        {
            client.Connect(System.Net.IPAddress.Loopback, port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    /// <summary>False when the server has gone.</summary>
    private async Task<bool> SendAsync(HttpClient client, int port)
    {
        var (id, body) = Request(Interlocked.Increment(ref _sent));
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        try
        {
            using var response = await client.PostAsync($"http://127.0.0.1:{port}/v1/traces", content, CancellationToken.None);
            if (response.IsSuccessStatusCode)
                Acknowledged[id] = true;
            else
                Failures.Enqueue($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
            return true;
        }
        catch (HttpRequestException error)
        {
            Failures.Enqueue(error.Message);
            return false;
        }
    }

    /// <summary>One trace of <see cref="SpansPerRequest"/> spans with an event each; the bytes are written as the OTLP specification numbers its fields.</summary>
    private static (string Id, byte[] Body) Request(int number)
    {
        var trace = new byte[16];
        BinaryPrimitives.WriteInt64BigEndian(trace, 0x6b696c6c);
        BinaryPrimitives.WriteInt64BigEndian(trace.AsSpan(8), number);
        var now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;
        var spans = Enumerable.Range(1, SpansPerRequest).SelectMany(i =>
        {
            var span = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(span, i);
            return Field(2, [
                .. Field(1, trace), .. Field(2, span), .. Field(5, "work"u8.ToArray()), .. Fixed(7, now), .. Fixed(8, now + 1_000_000),
                .. Field(11, [.. Fixed(1, now), .. Field(2, "begun"u8.ToArray())]),
            ]);
        }).ToArray();
        return (Convert.ToHexStringLower(trace), Field(1, Field(2, spans)));
    }

    private static byte[] Field(int number, byte[] bytes)
    {
        var head = new List<byte> { (byte)((number << 3) | 2) };
        for (var length = bytes.Length; ; length >>= 7)
        {
            head.Add((byte)(length < 0x80 ? length : length | 0x80));
            if (length < 0x80)
                break;
        }
        return [.. head, .. bytes];
    }

    private static byte[] Fixed(int number, long value)
    {
        var bytes = new byte[9];
        bytes[0] = (byte)((number << 3) | 1);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), value);
        return bytes;
    }
}
