using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>
/// What 20 kB of gzip may cost, at every door: 64 MiB of memory and a second of processor time, whatever they unpack to. Measured of the server's process,
/// by its processor time and the peak of its resident memory, which nobody else on the machine changes.
/// </summary>
public sealed class SmallBodyCostTests(RunningWeir running) : IClassFixture<RunningWeir>
{
    private const int MostPacked = 20_000;
    private const int MostUnpacked = 8 << 20;
    private const int MostPeakBytes = 64 << 20;
    private static readonly TimeSpan MostProcessorTime = TimeSpan.FromSeconds(1);
    private readonly WeirProcess _weir = running.Weir;

    private const string Logs = """{"resourceLogs":[{"scopeLogs":[{"logRecords":[""";
    private const string LogsEnd = "]}]}]}";
    private const string OneSpan = """{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"a" """;
    private const string Spans = """{"resourceSpans":[{"scopeSpans":[{"spans":[""";
    private const string Item = """{"data":{"environment":"p","body":{"message":{"body":"m"}},"custom":""";

    /// <summary>Endpoint, and a body: its beginning, the repeated part, the separator, the end; for nesting, the closing part.</summary>
    public static TheoryData<string, string, string, string, string> Texts => new()
    {
        { "otlp /v1/logs", Logs, "{}", ",", LogsEnd },
        { "otlp /v1/logs", Logs, "0", ",", LogsEnd },
        { "otlp /v1/logs", """{"resourceLogs":[""", "{}", ",", "]}" },
        { "otlp /v1/logs", """{"unknown":[""", "0", ",", "]}" },
        { "otlp /v1/logs", """{"unknown":""", "[", "deep", "]" },
        { "otlp /v1/logs", Logs + """{"body":{"stringValue":" """, "aaaaaaaa", "", "\"}}" + LogsEnd },
        { "otlp /v1/logs", Logs + """{"body":{"stringValue":" """, "\\ud800", "", "\"}}" + LogsEnd },
        { "otlp /v1/logs", Logs + """{"body":{"bytesValue":""" + "\"", "AAAA", "", "\"}}" + LogsEnd },
        { "otlp /v1/logs", Logs, """{"body":{"stringValue":"{\"level\":\"error\",\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\"}"}}""", ",", LogsEnd },
        { "otlp /v1/traces", Spans, OneSpan + "}", ",", LogsEnd },
        { "otlp /v1/traces", Spans + OneSpan + ",\"attributes\":[", """{"key":"k","value":{"stringValue":"v"}}""", ",", "]}" + LogsEnd },
        { "otlp /v1/traces", Spans + OneSpan + ",\"events\":[", """{"name":"exception","attributes":[{"key":"exception.type","value":{"stringValue":"E"}}]}""", ",", "]}" + LogsEnd },
        { "otlp /v1/traces", Spans + OneSpan + ",\"links\":[", "{}", ",", "]}" + LogsEnd },
        { "otlp /v1/traces", """{"resourceSpans":[{"scopeSpans":[""", "{\"scope\":{\"name\":\"s\"},\"spans\":[" + OneSpan + "}]}", ",", "]}]}" },
        { "otlp /v1/metrics", """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[""", """{"asDouble":NaN}""", ",", "]}}]}]}]}" },
        { "otlp /v1/metrics", """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","histogram":{"dataPoints":[{"bucketCounts":[""", "0", ",", "]}]}}]}]}]}" },
        { "honeycomb /1/batch/cost", "[", "0", ",", "]" },
        { "honeycomb /1/batch/cost", "[", "{}", ",", "]" },
        { "honeycomb /1/batch/cost", "[", """{"data":{"a":1,"trace.trace_id":"a","trace.span_id":"b","error":"x"}}""", ",", "]" },
        { "honeycomb /1/batch/cost", "[{\"data\":{", "\"a\":1", ",", "}}]" },
        { "honeycomb /1/events/cost", "{\"a\":", "[", "deep", "]" },
        { "honeycomb /1/events/cost", "{\"a\":", "{\"a\":[0],\"b\":", "deep", "}" },
        { "honeycomb /1/events/cost", "{\"a\":\"", "xxxxxxxx", "", "\"}" },
        { "xray /TraceSegments", """{"TraceSegmentDocuments":[""", "\"{}\"", ",", "]}" },
        { "xray /TraceSegments", """{"TraceSegmentDocuments":["{\"trace_id\":\"1-69000000-0af7651916cd43dd8448eb21\",\"id\":\"0102030405060708\",\"name\":\"s\",\"start_time\":TIME,\"subsegments\":[""", """{\"id\":\"0102030405060709\",\"name\":\"a\",\"start_time\":TIME,\"end_time\":TIME}""", ",", "]}\"]}" },
        { "xray /TraceSegments", """{"TraceSegmentDocuments":["{\"trace_id\":\"1-69000000-0af7651916cd43dd8448eb21\",\"id\":\"0102030405060708\",\"name\":\"s\",\"start_time\":TIME,\"metadata\":""", "[", "deep", "]" },
        { "logs /", """{"logGroupName":"g","logStreamName":"s","logEvents":[""", """{"timestamp":TIME000,"message":"{\"level\":\"error\",\"a\":{\"b\":1}}"}""", ",", "]}" },
        { "logs /", """{"logGroupName":"g","logStreamName":"s","logEvents":[""", "0", ",", "]}" },
        { "logs /", """{"logEvents":""", "[", "deep", "]" },
        { "logs /", """{"unknown":{""", "\"a\":1", ",", "}}" },
        { "rollbar /api/1/item/", Item, "{\"a\":", "deep", "}" },
        { "rollbar /api/1/item/", Item + "[", "1", ",", "]}}" },
        { "rollbar /api/1/item/", """{"data":{"environment":"p","body":{"trace":{"exception":{"class":"E"},"frames":[""", """{"filename":"a.py","lineno":1}""", ",", "]}}}}" },
        { "rollbar /api/1/item/", """{"data":{"environment":"p","body":{"trace_chain":[""", """{"exception":{"class":"E"},"frames":[]}""", ",", "]}}}" },
        { "rollbar /api/1/item/", """{"data":{"environment":"p","body":{"message":{"body":" """, "    at f (a.js:1:1)\\n", "", "\"}}}}" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task A_small_body_of_json_costs_little(string door, string start, string unit, string between, string end)
    {
        var time = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        (start, unit, end) = (start.Replace("TIME", time, StringComparison.Ordinal), unit.Replace("TIME", time, StringComparison.Ordinal), end.Replace("TIME", time, StringComparison.Ordinal));
        await CostsLittleAsync(door, "application/json", Packed(n => Encoding.UTF8.GetBytes(between == "deep"
            ? start + Repeated(unit, n) + "1" + Repeated(end, n)
            : start + Repeated(unit + between, n - 1) + unit + end)));
    }

    /// <summary>Of one resource and scope, what field of the scope is repeated: <c>12 00</c> is an empty record.</summary>
    [Theory]
    [InlineData("/v1/logs", "1200")]
    [InlineData("/v1/logs", "12073205" + "0a016b1200")]
    [InlineData("/v1/logs", "7a00")]
    [InlineData("/v1/traces", "1200")]
    [InlineData("/v1/traces", "121f" + "0a10" + "01010101010101010101010101010101" + "12080202020202020202" + "2a0161")]
    [InlineData("/v1/metrics", "12050a016d2a00")]
    [InlineData("/v1/metrics", "12070a016d2a020a00")]
    public async Task A_small_body_of_protobuf_costs_little(string path, string unit)
    {
        var record = Convert.FromHexString(unit);
        await CostsLittleAsync("otlp " + path, "application/x-protobuf", Packed(n =>
        {
            var records = new byte[record.Length * n];
            for (var i = 0; i < n; i++)
                record.CopyTo(records.AsSpan(i * record.Length));
            return ProtobufMessage.New().Bytes(1, ProtobufMessage.New().Bytes(2, records).ToArray()).ToArray();
        }));
    }

    [Theory]
    [InlineData("/1/batch/cost", "80")]
    [InlineData("/1/batch/cost", "c0")]
    [InlineData("/1/batch/cost", "81a46461746181a16101")]
    [InlineData("/1/events/cost", "a16101")]
    public async Task A_small_body_of_MessagePack_costs_little(string path, string unit)
    {
        var element = Convert.FromHexString(unit);
        await CostsLittleAsync("honeycomb " + path, "application/msgpack", Packed(n =>
        {
            var body = new byte[5 + (element.Length * n)];
            body[0] = path.StartsWith("/1/batch", StringComparison.Ordinal) ? (byte)0xdd : (byte)0xdf;
            BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(1), (uint)n);
            for (var i = 0; i < n; i++)
                element.CopyTo(body.AsSpan(5 + (i * element.Length)));
            return body;
        }));
    }

    private async Task CostsLittleAsync(string door, string type, byte[] packed)
    {
        var (peak, processor, status) = (long.MaxValue, TimeSpan.MaxValue, 0);
        // What is compiled and what is let go meanwhile is no cost of the body: the best of a few counts.
        for (var i = 0; i < 4 && (peak > MostPeakBytes || processor > MostProcessorTime); i++)
        {
            await File.WriteAllTextAsync($"/proc/{_weir.ProcessId}/clear_refs", "5");
            var (memory, spent) = (Status("VmRSS:"), Spent());
            status = await SendAsync(door, type, packed);
            status.ShouldBeLessThan(500);
            processor = TimeSpan.FromTicks(Math.Min(processor.Ticks, (Spent() - spent).Ticks));
            peak = Math.Min(peak, Status("VmHWM:") - memory);
        }
        peak.ShouldBeLessThanOrEqualTo(MostPeakBytes, $"{door} answered {status}");
        processor.ShouldBeLessThanOrEqualTo(MostProcessorTime, $"{door} answered {status}");
    }

    private async Task<int> SendAsync(string door, string type, byte[] packed)
    {
        var (client, path) = (door[..door.IndexOf(' ')], door[(door.IndexOf(' ') + 1)..]);
        var address = client == "otlp" ? $"http://127.0.0.1:{_weir.OtlpHttpPort}" : _weir.Url;
        using var request = new HttpRequestMessage(HttpMethod.Post, address + path) { Content = new ByteArrayContent(packed) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(client == "logs" ? "application/x-amz-json-1.1" : type);
        request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.Add("X-Honeycomb-Team", "k");
        if (client == "rollbar")
            request.Headers.Add("X-Rollbar-Access-Token", "k");
        if (client == "logs")
            request.Headers.Add("X-Amz-Target", "Logs_20140328.PutLogEvents");
        using var answer = await _weir.Client.SendAsync(request);
        (await answer.Content.ReadAsByteArrayAsync()).Length.ShouldBeLessThan(1 << 20);
        return (int)answer.StatusCode;
    }

    /// <summary>As much of a body as 20 kB hold, or is unpacked at all.</summary>
    private static byte[] Packed(Func<int, byte[]> body)
    {
        var (most, packed) = (1, Pack(body(1)));
        for (var n = 2; n <= 1 << 22; n *= 2)
        {
            var plain = body(n);
            var larger = Pack(plain);
            if (larger.Length > MostPacked || plain.Length > MostUnpacked)
                break;
            (most, packed) = (n, larger);
        }
        // The last doubling is too coarse a step.
        var between = body(most + (most / 2));
        return between.Length <= MostUnpacked && Pack(between) is { Length: <= MostPacked } more ? more : packed;
    }

    private static byte[] Pack(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(body);
        return packed.ToArray();
    }

    private static string Repeated(string text, int count) => new StringBuilder(text.Length * Math.Max(0, count)).Insert(0, text, Math.Max(0, count)).ToString();

    private TimeSpan Spent()
    {
        var stat = File.ReadAllText($"/proc/{_weir.ProcessId}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        const double ticksPerSecond = 100; // USER_HZ, the same on every Linux
        return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / ticksPerSecond);
    }

    private long Status(string name) =>
        long.Parse(File.ReadLines($"/proc/{_weir.ProcessId}/status").First(l => l.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
}
