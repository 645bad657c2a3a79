using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Protocols.Aws;
using Weir.Tests.Explore;
using Weir.Tests.Support;

namespace Weir.Tests.Functional.Doors;

/// <summary>How inputs are sent.</summary>
internal enum DoorWire
{
    Http,
    Grpc,
    Udp,
    Tcp,
}

/// <param name="Name">As the table has it.</param>
/// <param name="Share">Parts of a thousand of all inputs.</param>
/// <param name="Senders">At once.</param>
/// <param name="Next">The next input.</param>
internal sealed record Door(string Name, DoorWire Wire, int Share, int Senders, Func<Random, DoorInput> Next)
{
    private const string Json = "application/json";
    private const string Amz = "application/x-amz-json-1.1";

    private static readonly string[] Types =
    [
        "", Json, "application/json; charset=utf-16", "text/plain", "application/x-protobuf", "application/grpc", Amz, "application/x-amz-json-1.0", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
        "application/msgpack", "nonsense", "application/json;;;", "*/*", "application/octet-stream",
    ];

    private static readonly string[] Encodings = ["gzip", "deflate", "zstd", "br", "identity", "gzip, gzip", "gzip, deflate, zstd, gzip", "GZIP", "x"];

    private static readonly string[] Parameters =
    [
        "start", "end", "limit", "q", "text", "cursor", "order", "environment", "service", "name", "group", "stream", "severity", "status", "traceId", "spanId", "attribute", "column", "key", "dataset", "protocol", "filter",
        "minDurationMs", "maxDurationMs", "httpStatus", "durationNs", "page", "path", "query", "signal", "prefix", "id", "type", "detailed", "waitMs", "slo_id", "method", "position", "url",
    ];

    /// <summary>Every endpoint of a server: 1,000 shares in total.</summary>
    public static List<Door> All()
    {
        var (routes, targets) = (ServerRoutes.Routes, ServerRoutes.Targets);
        var otlp = Recordings.Requests("Otlp", DoorPort.OtlpHttp, f => !f.Contains("grpc", StringComparison.Ordinal));
        var grpc = Recordings.Requests("Otlp", DoorPort.OtlpGrpc, f => f.Contains("grpc", StringComparison.Ordinal) && !f.Contains("gzip", StringComparison.Ordinal));
        var honeycomb = Recordings.Requests("Honeycomb", DoorPort.Main).Concat(Events()).ToList();
        var rollbar = Recordings.Requests("Rollbar", DoorPort.Main);
        var logs = Recordings.Requests("CloudWatchLogs", DoorPort.Main, f => !f.Contains("CallerIdentity", StringComparison.Ordinal));
        var puts = logs.Where(l => l.Header("x-amz-target").EndsWith("PutLogEvents", StringComparison.Ordinal)).Select(ToStream).ToList();
        var datagrams = Recordings.Datagrams();
        var operations = ServerRoutes.XRayOperations.Where(o => o.Key != "/TraceSegments").Select(o => KeyValuePair.Create(o.Key, o.Value.Input)).ToList();
        var api = routes.Where(r => r.Path.StartsWith("/api/", StringComparison.Ordinal) && !r.Path.StartsWith("/api/1/", StringComparison.Ordinal) && !r.Path.StartsWith("/api/item", StringComparison.Ordinal)).ToList();
        var keyed = routes.Where(r => (r.Path.StartsWith("/1/", StringComparison.Ordinal) && !r.Path.StartsWith("/1/events", StringComparison.Ordinal) && !r.Path.StartsWith("/1/batch", StringComparison.Ordinal)) || r.Path.StartsWith("/2/", StringComparison.Ordinal)).ToList();
        return
        [
            new("OTLP over HTTP", DoorWire.Http, 210, 4, r => Http(OnEitherPort(Mutations.Pick(otlp, r), r), r)),
            new("OTLP over gRPC", DoorWire.Grpc, 130, 4, r => Call(Mutations.Pick(grpc, r), r)),
            new("Honeycomb events, batch", DoorWire.Http, 130, 3, r => Http(Mutations.Pick(honeycomb, r), r)),
            new("X-Ray PutTraceSegments", DoorWire.Http, 110, 3, r => Segments(datagrams, r)),
            new("X-Ray daemon, UDP", DoorWire.Udp, 150, 1, r => new(DoorPort.XRay, "", "", [], Datagram(datagrams, r))),
            new("X-Ray operations", DoorWire.Http, 30, 2, r => Operation(Mutations.Pick(operations, r), r)),
            new("CloudWatch PutLogEvents", DoorWire.Http, 80, 2, r => Http(Mutations.Pick(puts, r), r)),
            new("CloudWatch operations", DoorWire.Http, 27, 2, r => Http(Target(logs, targets, r), r)),
            new("STS", DoorWire.Http, 10, 1, r => Http(Mutations.Pick(Forms, r), r)),
            new("Rollbar items", DoorWire.Http, 90, 3, r => Http(Mutations.Pick(rollbar, r), r)),
            new("/1 and /2 of keys", DoorWire.Http, 17, 2, r => Route(Mutations.Pick(keyed, r), r)),
            new("/api of the UI", DoorWire.Http, 13, 2, r => Route(Mutations.Pick(api, r), r)),
            new("connections", DoorWire.Tcp, 3, 6, r => Connection(otlp, r)),
        ];
    }

    /// <summary>Makes the stream that batches are put to. Operations that delete have other names.</summary>
    public static IEnumerable<DoorInput> Prepare()
    {
        foreach (var (operation, body) in new[] { ("CreateLogGroup", """{"logGroupName":"fuzz-puts"}"""), ("CreateLogStream", """{"logGroupName":"fuzz-puts","logStreamName":"s"}""") })
            yield return new(DoorPort.Main, "POST", "/", [("content-type", Amz), ("x-amz-target", "Logs_20140328." + operation)], Encoding.UTF8.GetBytes(body));
    }

    private static DoorInput ToStream(DoorInput put)
    {
        var body = JsonNode.Parse(put.Body)!;
        (body["logGroupName"], body["logStreamName"]) = ("fuzz-puts", "s");
        return put with { Body = Encoding.UTF8.GetBytes(body.ToJsonString()) };
    }

    private static DoorInput[] Forms { get; } =
    [
        Form("Action=GetCallerIdentity&Version=2011-06-15"), Form("Action=GetSessionToken&Version=2011-06-15&DurationSeconds=900"), Form("Version=2011-06-15"), Form("Action=%ff&Action=GetCallerIdentity"),
    ];

    private static DoorInput Form(string body) => new(DoorPort.Main, "POST", "/", [("content-type", "application/x-www-form-urlencoded")], Encoding.UTF8.GetBytes(body));

    private static DoorInput OnEitherPort(DoorInput input, Random random) => random.Next(4) == 0 ? input with { Port = DoorPort.Main } : input;

    /// <summary>Events as beelines, agents and scripts write them.</summary>
    private static IEnumerable<DoorInput> Events()
    {
        var time = DateTimeOffset.UtcNow.ToString("o", CultureInfo.InvariantCulture);
        (string, string)[] headers = [("x-honeycomb-team", "t"), ("content-type", Json), ("x-honeycomb-event-time", time), ("x-honeycomb-samplerate", "3")];
        yield return new(DoorPort.Main, "POST", "/1/events/fuzz", headers, """{"name":"a","duration_ms":12.5,"user.id":7,"ok":true,"nested":{"a":[1,{"b":null}]}}"""u8.ToArray());
        yield return new(DoorPort.Main, "POST", "/1/batch/fuzz", headers, Encoding.UTF8.GetBytes($$$"""
            [{"time":"{{{time}}}","samplerate":2,"data":{"trace.trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","trace.span_id":"00f067aa0ba902b7","trace.parent_id":"","name":"beeline","service_name":"shop","duration_ms":3.25,"error":true}},{"data":{"meta.annotation_type":"span_event","trace.trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","trace.parent_id":"00f067aa0ba902b7","name":"e"}}]
            """));
        // A map of a text, a number, a list, a time and bytes, in a list of one event.
        yield return new(DoorPort.Main, "POST", "/1/batch/fuzz", [("x-honeycomb-team", "t"), ("content-type", "application/msgpack")],
            [0x91, 0x82, 0xa4, .. "data"u8, 0x85, 0xa1, .. "a"u8, 0xa1, .. "x"u8, 0xa1, .. "n"u8, 0xcb, 0x40, 0x29, 0, 0, 0, 0, 0, 0, 0xa1, .. "l"u8, 0x92, 0x01, 0xc0, 0xa1, .. "t"u8, 0xd6, 0xff, 0x6b, 0, 0, 0, 0xa1, .. "b"u8, 0xc4, 0x02, 1, 2, 0xaa, .. "samplerate"u8, 0x02]);
    }

    /// <summary>A request with a changed body, header or path; one in 40 is unchanged.</summary>
    private static DoorInput Http(DoorInput input, Random random)
    {
        if (random.Next(40) == 0)
            return input;
        var packed = input.Header("content-encoding").Length > 0;
        var body = input.Body;
        if (random.Next(12) != 0)
            body = packed ? Mutations.Bytes(body, random) : Content(body, input.Header("content-type"), random);
        input = input with { Body = body };
        switch (random.Next(30))
        {
            case 0:
                return input.With("content-type", Mutations.Pick(Types, random));
            case 1:
                return input.With("content-encoding", Mutations.Pick(Encodings, random));
            case 2 or 3:
                return packed ? input : (input with { Body = Mutations.Packed(body, random) }).With("content-encoding", "gzip");
            case 4:
                return input with { Path = input.Path + Mutations.Pick(["/", "?", "?" + Query(random), "/" + Mutations.Escaped(random), "//"], random) };
            case 5:
                return input with { Method = Mutations.Pick(["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "X"], random) };
            case 6 when input.Headers.Length > 0:
                var (name, value) = Mutations.Pick(input.Headers, random);
                return input.With(name, Mutations.Pick(["", "0", "-1", "NaN", "99999999999999999999", "é", value + value, new string('a', 5_000), "\t"], random));
            case 7:
                return input.With(Mutations.Pick(["origin", "access-control-request-method", "x-forwarded-for", "range", "if-none-match", "expect", "accept", "accept-encoding", "te"], random), Mutations.Pick(["*", "null", "http://127.0.0.1", "100-continue", "bytes=9-1", "gzip;q=x"], random));
            default:
                return input;
        }
    }

    private static byte[] Content(byte[] body, string type, Random random)
    {
        if (type.Contains("json", StringComparison.Ordinal) || body is [(byte)'{' or (byte)'[', ..])
            return random.Next(5) == 0 ? Mutations.Bytes(body, random) : Mutations.Json(body, random);
        return type.Contains("protobuf", StringComparison.Ordinal) && random.Next(3) != 0 ? ProtobufMutation.Of(body, random) : Mutations.Bytes(body, random);
    }

    /// <summary>A call's frame: the message changed with a length that fits, or the frame itself.</summary>
    private static DoorInput Call(DoorInput input, Random random)
    {
        var message = input.Body[Math.Min(5, input.Body.Length)..];
        message = random.Next(4) == 0 ? Mutations.Bytes(message, random) : ProtobufMutation.Of(message, random);
        var isPacked = random.Next(10) == 0;
        if (isPacked)
            message = Mutations.Packed(message, random);
        byte[] frame = [(byte)(isPacked ? 1 : 0), (byte)(message.Length >> 24), (byte)(message.Length >> 16), (byte)(message.Length >> 8), (byte)message.Length, .. message];
        input = input with { Body = frame };
        if (isPacked)
            input = input.With("grpc-encoding", Mutations.Pick(["gzip", "gzip", "gzip", "deflate", "zstd", "snappy"], random));
        return random.Next(16) switch
        {
            0 => input with { Body = Mutations.Bytes(frame, random) },
            1 => input with { Body = [.. frame, .. frame] },
            2 => input with { Body = frame[..random.Next(frame.Length)] },
            3 => input with { Path = Mutations.Pick(["/grpc.health.v1.Health/Check", "/opentelemetry.proto.collector.trace.v1.TraceService/Export", "/a.b/C", "/v1/traces", "/"], random) },
            4 => input.With("content-type", Mutations.Pick(["application/grpc+json", "application/grpc;x", Json, "application/grpc-web"], random)),
            5 => input.With("grpc-timeout", Mutations.Pick(["0n", "1S", "-1S", "99999999H", "x"], random)),
            _ => input,
        };
    }

    private static DoorInput Segments(List<byte[]> datagrams, Random random)
    {
        var list = new JsonArray();
        for (var count = random.Next(1, 4); count > 0; count--)
            list.Add((JsonNode)Encoding.UTF8.GetString(Document(datagrams, random)));
        var input = new DoorInput(DoorPort.Main, "POST", "/TraceSegments", [("content-type", Json)], Encoding.UTF8.GetBytes(new JsonObject { ["TraceSegmentDocuments"] = list }.ToJsonString()));
        return random.Next(5) == 0 ? Http(input, random) : input;
    }

    private static byte[] Document(List<byte[]> datagrams, Random random)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        if (random.Next(3) == 0)
            return Encoding.UTF8.GetBytes(XRayClientFuzzTests.Entity(string.Create(CultureInfo.InvariantCulture, $"1-{now:x8}-f{random.Next(1 << 20):x23}"), now, random, depth: 0));
        var datagram = Mutations.Pick(datagrams, random);
        var document = datagram[(Array.IndexOf(datagram, (byte)'\n') + 1)..];
        return random.Next(5) == 0 ? Mutations.Bytes(document, random) : Mutations.Json(document, random);
    }

    private static byte[] Datagram(List<byte[]> datagrams, Random random)
    {
        byte[] datagram = [.. "{\"format\": \"json\", \"version\": 1}\n"u8, .. Document(datagrams, random)];
        datagram = random.Next(10) == 0 ? Mutations.Bytes(datagram, random) : datagram;
        return datagram.Length > 60_000 ? datagram[..60_000] : datagram;
    }

    private static DoorInput Operation(KeyValuePair<string, ObjectShape> operation, Random random)
    {
        var body = Encoding.UTF8.GetBytes(XRayClientFuzzTests.Of(operation.Value, random, depth: 0));
        var input = new DoorInput(random.Next(3) == 0 ? DoorPort.XRay : DoorPort.Main, "POST", operation.Key, [("content-type", Json)], body);
        return random.Next(4) == 0 ? Http(input, random) : input;
    }

    /// <summary>A recorded call, or its body to another operation.</summary>
    private static DoorInput Target(List<DoorInput> logs, List<string> targets, Random random)
    {
        var input = Mutations.Pick(logs, random);
        return random.Next(2) == 0 ? input : input.With("x-amz-target", random.Next(20) == 0 ? "Logs_20140328." + Mutations.Pick(["", "PutNothing", "é", "."], random) : Mutations.Pick(targets, random));
    }

    private static DoorInput Route((string Method, string Path) route, Random random)
    {
        var path = string.Concat(route.Path.Select(c => c == '*' ? Mutations.Escaped(random) : c.ToString()));
        if (random.Next(2) == 0)
            path += "?" + Query(random);
        (string, string)[] headers = [("x-honeycomb-team", "t"), ("content-type", Json), ("accept", Json)];
        if (route.Method is "GET" or "HEAD" or "OPTIONS")
            return new(DoorPort.Main, route.Method, path, headers, []);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var spec = new RandomSpecs(random).Next();
        (spec["start_time"], spec["end_time"]) = (now - 600, now);
        var wrapped = random.Next(3) == 0 ? spec : new JsonObject
        {
            ["query"] = spec,
            ["dataset"] = "__all__",
            ["name"] = "fuzz",
            ["description"] = "d",
            ["query_id"] = "x",
            ["threshold"] = new JsonObject { ["op"] = ">", ["value"] = 5 },
            ["frequency"] = 900,
            ["type"] = "webhook",
            ["details"] = new JsonObject { ["webhook_url"] = "http://hook.invalid/", ["webhook_name"] = "w" },
            ["key_name"] = "k",
            ["alias"] = "a",
            ["expression"] = "EQUALS($a, 1)",
            ["message"] = "m",
            ["color"] = "#ff0000",
            ["target_per_million"] = 990_000,
            ["time_period_days"] = 7,
            ["sli"] = new JsonObject { ["alias"] = "a" },
            ["panels"] = new JsonArray(),
            ["recipients"] = new JsonArray(),
            ["limit"] = 10,
            ["area"] = new JsonObject { ["x"] = new JsonArray(0, 1) },
            ["selection"] = new JsonObject(),
            ["start"] = now - 60,
            ["end"] = now,
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(wrapped);
        return new(DoorPort.Main, route.Method, path, headers, random.Next(6) switch { 0 => body, 1 => Mutations.Bytes(body, random), _ => Mutations.Json(body, random) });
    }

    private static string Query(Random random) =>
        string.Join('&', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Mutations.Pick(Parameters, random) + "=" + Mutations.Escaped(random)));

    /// <summary>Bytes of a connection: requests with wrong lengths, truncated or broken, and bytes that are not HTTP.</summary>
    private static DoorInput Connection(List<DoorInput> otlp, Random random)
    {
        var input = Mutations.Pick(otlp, random);
        var length = Mutations.Pick([$"{input.Body.Length}", "0", "1", "-1", "x", "99999999999999999999", $"{input.Body.Length + 10}", $"{input.Body.Length}\r\nContent-Length: 3", "5\r\nTransfer-Encoding: chunked"], random);
        var head = $"POST {input.Path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {input.Header("content-type")}\r\nContent-Length: {length}\r\n\r\n";
        byte[] bytes = [.. Encoding.Latin1.GetBytes(head), .. input.Body];
        bytes = random.Next(8) switch
        {
            0 => bytes[..random.Next(bytes.Length)],
            1 => Mutations.Bytes(bytes, random),
            2 => [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Mutations.Bytes(new byte[60], random)],
            3 => [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, .. input.Body],
            4 => [.. "POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"u8, .. Mutations.Bytes([.. "2\r\n{}\r\n0\r\n\r\n"u8], random)],
            5 => [.. bytes, .. bytes],
            _ => bytes,
        };
        return new(Mutations.Pick([DoorPort.Main, DoorPort.OtlpHttp, DoorPort.OtlpGrpc, DoorPort.XRay], random), "", "", [], bytes);
    }
}
