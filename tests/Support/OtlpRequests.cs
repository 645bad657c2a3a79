using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Tests.Support;

/// <summary>Small OTLP requests as JSON, written by hand; ids are numbers.</summary>
internal static class OtlpRequests
{
    public static string TraceId(int number) => $"5759e988bd862e3fe1be46a9{number:x8}";

    /// <summary>One span of one trace; padding makes it as large as wanted.</summary>
    public static string Traces(int number, int paddingBytes = 0) => new JsonObject
    {
        ["resourceSpans"] = new JsonArray(new JsonObject
        {
            ["scopeSpans"] = new JsonArray(new JsonObject
            {
                ["spans"] = new JsonArray(new JsonObject
                {
                    ["traceId"] = TraceId(number),
                    ["spanId"] = $"53995c3f{number:x8}",
                    ["name"] = $"span {number}",
                    ["startTimeUnixNano"] = Now(),
                    ["endTimeUnixNano"] = Now(),
                    ["attributes"] = new JsonArray(new JsonObject
                    {
                        ["key"] = "padding",
                        ["value"] = new JsonObject { ["stringValue"] = Noise(number, paddingBytes) },
                    }),
                }),
            }),
        }),
    }.ToJsonString();

    public static async Task<HttpResponseMessage> PostTracesAsync(this WeirProcess weir, string json)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await weir.Client.PostAsync($"http://127.0.0.1:{weir.OtlpHttpPort}/v1/traces", content);
    }

    private static string Now() => $"{(DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100}";

    /// <summary>Hex digits that no engine packs to nothing.</summary>
    private static string Noise(int seed, int length)
    {
        var bytes = new byte[(length / 2) + 4];
        new Random(seed).NextBytes(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes, seed);
        return Convert.ToHexStringLower(bytes)[..length];
    }
}
