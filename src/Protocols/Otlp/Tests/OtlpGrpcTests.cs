using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Shouldly;
using Weir.Core.Model;
using Weir.Protocols.Api;
using Weir.Protocols.Otlp;
using Weir.Tests.Support;
using Xunit;
using static Weir.Tests.Otlp.OtlpMessages;

namespace Weir.Tests.Otlp;

public sealed class OtlpGrpcTests
{
    private const string Traces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private static readonly HttpClient Client = new();

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    public async Task A_call_is_stored_and_answered_with_an_empty_message(string? encoding)
    {
        await using var server = await OtlpServer.StartAsync();
        var reply = await Call(server, Traces, Frame(RequestOf(Span()), encoding), encoding, ("x-honeycomb-team", "staging"));
        reply.ShouldBe(("0", null, Convert.ToHexString(new byte[5])));
        server.Sink.Single(Signal.Spans)[0, "environment"].ShouldBe("staging");
    }

    [Fact]
    public async Task Rejected_records_are_reported()
    {
        await using var server = await OtlpServer.StartAsync();
        var (status, _, body) = await Call(server, Traces, Frame(RequestOf(ProtobufMessage.New()), null), null);
        status.ShouldBe("0");
        body.ShouldStartWith("000000003" + "5" + "0A330801");
    }

    public static TheoryData<string, byte[], string?, string, string> Refusals => new()
    {
        { Traces, Frame("lol"u8.ToArray(), null), null, "3", "failed to parse OTLP request body" },
        { Traces, [], null, "3", "the call has no complete gRPC message" },
        { Traces, [0, 0, 0, 0, 9, 1], null, "3", "the call's body is not one gRPC message" },
        { Traces, [0, 0xff, 0xff, 0xff, 0xff], null, "3", "the call's body is not one gRPC message" },
        { Traces, [7, 0, 0, 0, 0], null, "3", "the call's body is not one gRPC message" },
        { Traces, [1, 0, 0, 0, 1, 5], "gzip", "3", "the request body is not complete, valid gzip data" },
        { Traces, [1, 0, 0, 0, 1, 5], "snappy", "12", "grpc-encoding is not supported, use gzip, deflate, zstd or identity" },
        { Traces, [1, 0, 0, 0, 1, 5], null, "12", "grpc-encoding is not supported, use gzip, deflate, zstd or identity" },
        { Traces, Frame(new byte[3000], null), null, "8", "the request body is larger than the limit of 2005 bytes" },
        { Traces, Frame(new byte[3000], "gzip"), "gzip", "8", "the decompressed request body is larger than the limit of 2000 bytes" },
        { "/opentelemetry.proto.collector.trace.v1.TraceService/Import", Frame([], null), null, "12", "unknown service or method" },
        { "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export", Frame([], null), null, "12", "unknown service or method" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Refusals_have_a_status_and_a_message(string path, byte[] body, string? encoding, string status, string message)
    {
        await using var server = await OtlpServer.StartAsync(new OtlpOptions { MaxRequestBytes = 2000, MaxDecompressedBytes = 2000 });
        (await Call(server, path, body, encoding)).ShouldBe((status, message, ""));
    }

    [Fact]
    public async Task Busy_is_unavailable()
    {
        await using var server = await OtlpServer.StartAsync();
        server.Sink.Fault = new Fault(FaultKind.Busy, "the journal is full: 100 % é", TimeSpan.FromSeconds(2));
        (await Call(server, Traces, Frame(RequestOf(Span()), null), null)).ShouldBe(("14", "the journal is full: 100 %25 %C3%A9", ""));
    }

    [Fact]
    public async Task Health_is_serving()
    {
        await using var server = await OtlpServer.StartAsync();
        (await Call(server, "/grpc.health.v1.Health/Check", Frame([], null), null)).ShouldBe(("0", null, "00000000020801"));
    }

    private static byte[] Frame(byte[] message, string? encoding)
    {
        if (encoding == "gzip")
        {
            var packed = new MemoryStream();
            using (var pack = new GZipStream(packed, CompressionLevel.Fastest))
                pack.Write(message);
            message = packed.ToArray();
        }
        var frame = new byte[5 + message.Length];
        frame[0] = encoding is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    private static async Task<(string Status, string? Message, string Body)> Call(
        OtlpServer server, string path, byte[] frame, string? encoding, params (string Name, string Value)[] metadata)
    {
        using var content = new ByteArrayContent(frame);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/grpc");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Grpc, path))
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("TE", "trailers");
        if (encoding is not null)
            request.Headers.Add("grpc-encoding", encoding);
        foreach (var (name, value) in metadata)
            request.Headers.Add(name, value);
        using var response = await Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/grpc");
        var body = Convert.ToHexString(await response.Content.ReadAsByteArrayAsync());
        return (Value("grpc-status")!, Value("grpc-message"), body);

        string? Value(string name) => response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values)
            ? values.Single() : null;
    }
}
