using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Bench.Soak;

/// <summary>Gentle traffic of every protocol, each in a loop of its own: about twenty requests a second together.</summary>
internal sealed class SoakSenders(SoakCalls calls, RecentTraces traces)
{
    public const string LogGroup = "/soak/web";
    private const string LogStream = "one";
    private const string TraceService = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private static readonly string[] Levels = ["INFO", "INFO", "INFO", "WARN", "ERROR"];

    /// <summary>Makes what must be there before the traffic: the log group and its stream.</summary>
    public async Task PrepareAsync(CancellationToken stop)
    {
        await calls.LogsAsync("CreateLogGroup", new JsonObject { ["logGroupName"] = LogGroup }.ToJsonString(), stop);
        await calls.LogsAsync("CreateLogStream", new JsonObject { ["logGroupName"] = LogGroup, ["logStreamName"] = LogStream }.ToJsonString(), stop);
    }

    public IEnumerable<Task> Start(CancellationToken stop)
    {
        yield return calls.RepeatAsync("send OTLP spans, HTTP", TimeSpan.FromMilliseconds(200), Spans(1, (bytes, ct) => calls.PostOtlpAsync("/v1/traces", bytes, "application/x-protobuf", ct)), stop);
        yield return calls.RepeatAsync("send OTLP spans, gRPC", TimeSpan.FromMilliseconds(400), Spans(2, (bytes, ct) => calls.GrpcAsync(TraceService, bytes, ct)), stop);
        yield return calls.RepeatAsync("send OTLP logs, HTTP", TimeSpan.FromMilliseconds(500), ct => calls.PostOtlpAsync("/v1/logs", Utf8(OtlpLogs()), "application/json", ct), stop);
        yield return calls.RepeatAsync("send OTLP metrics, HTTP", TimeSpan.FromSeconds(1), ct => calls.PostOtlpAsync("/v1/metrics", Utf8(OtlpMetrics()), "application/json", ct), stop);
        yield return DatagramsAsync(stop);
        yield return calls.RepeatAsync("send X-Ray segments, HTTP", TimeSpan.FromMilliseconds(500), SegmentsAsync(), stop);
        yield return calls.RepeatAsync("send CloudWatch log events", TimeSpan.FromMilliseconds(500), ct => calls.LogsAsync("PutLogEvents", LogEvents(), ct), stop);
        yield return calls.RepeatAsync("send Rollbar items", TimeSpan.FromMilliseconds(500), ct => calls.PostJsonAsync("/api/1/item/", RollbarItem(), ct), stop);
        yield return calls.RepeatAsync("send Honeycomb batches", TimeSpan.FromMilliseconds(500), ct => calls.PostJsonAsync("/1/batch/soak", HoneycombBatch(), ct, ("x-honeycomb-team", "soak")), stop);
    }

    private Func<CancellationToken, Task> Spans(int seed, Func<ReadOnlyMemory<byte>, CancellationToken, Task> send)
    {
        var payload = new SpanPayload(10, seed);
        var random = new Random(seed);
        return async ct =>
        {
            payload.Renew(random, Nanoseconds());
            await send(payload.Bytes, ct);
            traces.Add(payload.FirstTraceId);
        };
    }

    private async Task DatagramsAsync(CancellationToken stop)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect("127.0.0.1", calls.Server.XRayPort);
        var datagrams = new SegmentDatagrams(3);
        await calls.RepeatAsync("send X-Ray segments, UDP", TimeSpan.FromMilliseconds(100), async ct =>
        {
            datagrams.Tick();
            await socket.SendAsync(datagrams.Next(), SocketFlags.None, ct);
        }, stop);
    }

    private Func<CancellationToken, Task> SegmentsAsync()
    {
        var documents = new XRayDocuments(4);
        return async ct =>
        {
            var texts = new JsonArray();
            documents.Next(Now(), bytes => texts.Add(JsonValue.Create(Encoding.UTF8.GetString(bytes))));
            await calls.PostJsonAsync("/TraceSegments", new JsonObject { ["TraceSegmentDocuments"] = texts }.ToJsonString(), ct);
            traces.Add(documents.TraceId);
        };
    }

    private string OtlpLogs() => new JsonObject
    {
        ["resourceLogs"] = new JsonArray(new JsonObject
        {
            ["resource"] = new JsonObject { ["attributes"] = new JsonArray(Attribute("service.name", "backend-flask")) },
            ["scopeLogs"] = new JsonArray(new JsonObject
            {
                ["logRecords"] = new JsonArray([.. Enumerable.Range(0, 3).Select(i => (JsonNode)new JsonObject
                {
                    ["timeUnixNano"] = Text(Nanoseconds()),
                    ["severityNumber"] = 9 + (i * 4),
                    ["traceId"] = traces.Otlp(),
                    ["body"] = new JsonObject { ["stringValue"] = $"request {Random.Shared.Next(1000)} took {Random.Shared.Next(90)} ms" },
                    ["attributes"] = new JsonArray(Attribute("thread", $"worker-{i}")),
                })]),
            }),
        }),
    }.ToJsonString();

    private static string OtlpMetrics() => new JsonObject
    {
        ["resourceMetrics"] = new JsonArray(new JsonObject
        {
            ["resource"] = new JsonObject { ["attributes"] = new JsonArray(Attribute("service.name", "backend-flask")) },
            ["scopeMetrics"] = new JsonArray(new JsonObject
            {
                ["metrics"] = new JsonArray(new JsonObject
                {
                    ["name"] = "queue.length",
                    ["gauge"] = new JsonObject { ["dataPoints"] = new JsonArray(new JsonObject { ["timeUnixNano"] = Text(Nanoseconds()), ["asDouble"] = Random.Shared.Next(100) }) },
                }),
            }),
        }),
    }.ToJsonString();

    private string LogEvents()
    {
        var now = Now().ToUnixTimeMilliseconds();
        return new JsonObject
        {
            ["logGroupName"] = LogGroup,
            ["logStreamName"] = LogStream,
            ["logEvents"] = new JsonArray([.. Enumerable.Range(0, 4).Select(i => (JsonNode)new JsonObject
            {
                ["timestamp"] = now,
                ["message"] = $$"""{"level":"{{Levels[Random.Shared.Next(Levels.Length)]}}","trace_id":"{{traces.Otlp()}}","user":{{Random.Shared.Next(500)}},"message":"line {{i}}"}""",
            })]),
        }.ToJsonString();
    }

    private static string RollbarItem() => $$$"""
        {"access_token":"soak","data":{"environment":"soak","level":"error","timestamp":{{{Now().ToUnixTimeSeconds()}}},"uuid":"{{{Guid.NewGuid():N}}}","language":"python","server":{"host":"web-{{{Random.Shared.Next(4)}}}"},
         "body":{"trace":{"exception":{"class":"ValueError","message":"no such item {{{Random.Shared.Next(1000)}}}"},"frames":[{"filename":"app/main.py","lineno":12,"method":"main"},{"filename":"app/items.py","lineno":{{{Random.Shared.Next(3)}}},"method":"find_{{{Random.Shared.Next(5)}}}"}]} } } }
        """;

    private string HoneycombBatch() => new JsonArray([.. Enumerable.Range(0, 3).Select(i => (JsonNode)new JsonObject
    {
        ["time"] = Now().ToString("O", CultureInfo.InvariantCulture),
        ["samplerate"] = 1 + i,
        ["data"] = new JsonObject
        {
            ["name"] = "GET /cart", ["service_name"] = "cart", ["duration_ms"] = Random.Shared.Next(1, 900), ["plan"] = $"plan-{Random.Shared.Next(4)}",
            ["user_id"] = Random.Shared.Next(500), ["error"] = Random.Shared.Next(20) == 0, ["trace.trace_id"] = traces.Otlp(),
        },
    })]).ToJsonString();

    private static JsonObject Attribute(string key, string value) => new() { ["key"] = key, ["value"] = new JsonObject { ["stringValue"] = value } };

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset Now() => TimeProvider.System.GetUtcNow();

    private static long Nanoseconds() => (Now() - DateTimeOffset.UnixEpoch).Ticks * 100;
}
