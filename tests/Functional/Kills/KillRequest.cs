using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Weir.Tests.Support;

namespace Weir.Tests.Functional.Kills;

/// <summary>One request whose rows can be identified afterwards: by the endpoint's name, the request's number and the row's.</summary>
/// <param name="Path">On the port of OTLP over HTTP when it begins with <c>/v1/</c>, else on the main port.</param>
/// <param name="Headers">The type first.</param>
/// <param name="Rows">How many it brings.</param>
internal sealed record KillRequest(string Door, int Number, string Path, (string Name, string Value)[] Headers, byte[] Body, int Rows)
{
    public const string Group = "kills";
    private const string Json = "application/json";
    private const string Protobuf = "application/x-protobuf";
    private const int RowsOfMost = 40;

    /// <summary>Days that a segment's rows lie in, so that its load is split by day.</summary>
    private const int Days = 25;

    /// <summary>Rows and keys of one of the requests whose segment is split in halves: more cells together than one insert may have.</summary>
    private const int WideRows = 50_000;
    private const int WideKeys = 256;

    /// <summary>The endpoints of the traffic, and how a request of each is created from its number.</summary>
    public static IReadOnlyList<Func<int, KillRequest>> Doors { get; } = [Spans, LogsInJson, Events, Segments, LogEvents, Item];

    /// <summary>
    /// One statement for a folder: door, number, rows, distinct rows. The number of a span is in the last eight bytes of its trace id.
    /// </summary>
    public const string Count = """
        SELECT if(protocol = 'xray', 'segments', name), toString(reinterpretAsUInt64(reverse(substring(trace_id, 9, 8)))) AS n, count(), uniqExact(span_id) FROM spans GROUP BY 1, 2
        UNION ALL SELECT splitByChar(' ', body)[1], splitByChar(' ', body)[2], count(), uniqExact(body) FROM logs GROUP BY 1, 2
        UNION ALL SELECT splitByChar(' ', mark)[1], splitByChar(' ', mark)[2], count(), uniqExact(mark) FROM (SELECT assumeNotNull(attributes.mark.:String) AS mark FROM events WHERE dataset = 'kills') GROUP BY 1, 2
        UNION ALL SELECT splitByChar(' ', title)[1], splitByChar(' ', title)[2], count(), uniqExact(occurrence_id) FROM occurrences GROUP BY 1, 2
        """;

    /// <summary>Spans of one trace, protobuf.</summary>
    private static KillRequest Spans(int number) => OfSpans("spans", number, static (now, _) => now);

    /// <summary>The same over so many days that one insert may not bring them.</summary>
    public static KillRequest ManyDays(int number) => OfSpans("days", number, static (now, row) => now - ((ulong)(row % Days) * 86_400_000_000_000UL));

    /// <summary>Log lines of so many keys that a few such requests, loaded together, are more than one insert may bring.</summary>
    public static KillRequest Wide(int number)
    {
        var now = Now();
        var scope = ProtobufMessage.New();
        for (var row = 0; row < WideRows; row++)
        {
            scope.Message(2, ProtobufMessage.New().Fixed64(1, now).Message(5, ProtobufMessage.New().Text(1, $"halves {number} {row}"))
                .Message(6, ProtobufMessage.New().Text(1, $"key{row % WideKeys}").Message(2, ProtobufMessage.New().Varint(3, (ulong)row))));
        }
        var body = ProtobufMessage.New().Message(1, ProtobufMessage.New().Message(2, scope)).ToArray();
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(body);
        return new("halves", number, "/v1/logs", [("Content-Type", Protobuf), ("Content-Encoding", "gzip")], packed.ToArray(), WideRows);
    }

    /// <summary>Makes the group and the stream that <see cref="LogEvents"/> writes to.</summary>
    public static IEnumerable<KillRequest> Prepare()
    {
        yield return Aws("CreateLogGroup", 0, new JsonObject { ["logGroupName"] = Group }, rows: 0);
        yield return Aws("CreateLogStream", 0, new JsonObject { ["logGroupName"] = Group, ["logStreamName"] = Group }, rows: 0);
    }

    private static KillRequest OfSpans(string door, int number, Func<ulong, int, ulong> time)
    {
        var trace = new byte[16];
        BinaryPrimitives.WriteInt64BigEndian(trace, 0x6b696c6c);
        BinaryPrimitives.WriteInt64BigEndian(trace.AsSpan(8), number);
        var now = Now();
        var scope = ProtobufMessage.New();
        for (var row = 1; row <= RowsOfMost; row++)
        {
            var span = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(span, row);
            var start = time(now, row);
            scope.Message(2, ProtobufMessage.New().Bytes(1, trace).Bytes(2, span).Text(5, door).Fixed64(7, start).Fixed64(8, start + 1_000_000));
        }
        return new(door, number, "/v1/traces", [("Content-Type", Protobuf)], ProtobufMessage.New().Message(1, ProtobufMessage.New().Message(2, scope)).ToArray(), RowsOfMost);
    }

    private static KillRequest LogsInJson(int number)
    {
        var now = Now();
        var records = List(row => new JsonObject { ["timeUnixNano"] = $"{now}", ["body"] = new JsonObject { ["stringValue"] = $"lines {number} {row}" } });
        var body = new JsonObject { ["resourceLogs"] = new JsonArray(new JsonObject { ["scopeLogs"] = new JsonArray(new JsonObject { ["logRecords"] = records }) }) };
        return new("lines", number, "/v1/logs", [("Content-Type", Json)], Encoding.UTF8.GetBytes(body.ToJsonString()), RowsOfMost);
    }

    private static KillRequest Events(int number)
    {
        var now = DateTimeOffset.UtcNow.ToString("o", CultureInfo.InvariantCulture);
        var events = List(row => new JsonObject { ["time"] = now, ["data"] = new JsonObject { ["mark"] = $"events {number} {row}" } });
        return new("events", number, "/1/batch/kills", [("Content-Type", Json), ("X-Honeycomb-Team", "t")], Encoding.UTF8.GetBytes(events.ToJsonString()), RowsOfMost);
    }

    private static KillRequest Segments(int number)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        var documents = List(row => string.Create(
            CultureInfo.InvariantCulture, $$"""{"trace_id":"1-{{(long)now:x8}}-6b696c6c{{number:x16}}","id":"{{row + 1:x16}}","name":"kills","start_time":{{now:F3}},"end_time":{{now:F3}}}"""));
        return new("segments", number, "/TraceSegments", [("Content-Type", Json)], Encoding.UTF8.GetBytes(new JsonObject { ["TraceSegmentDocuments"] = documents }.ToJsonString()), RowsOfMost);
    }

    private static KillRequest LogEvents(int number)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var events = List(row => new JsonObject { ["timestamp"] = now, ["message"] = $"put {number} {row}" });
        return Aws("PutLogEvents", number, new JsonObject { ["logGroupName"] = Group, ["logStreamName"] = Group, ["logEvents"] = events }, RowsOfMost);
    }

    private static KillRequest Item(int number)
    {
        var body = new JsonObject
        {
            ["data"] = new JsonObject
            {
                ["uuid"] = $"6b696c6c{number:x24}",
                ["environment"] = "production",
                ["timestamp"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
                ["body"] = new JsonObject { ["message"] = new JsonObject { ["body"] = $"items {number} 0" } },
            },
        };
        return new("items", number, "/api/1/item/", [("Content-Type", Json), ("X-Rollbar-Access-Token", "t")], Encoding.UTF8.GetBytes(body.ToJsonString()), 1);
    }

    /// <summary>A call of an AWS SDK, which sends the same invocation again under the same id.</summary>
    private static KillRequest Aws(string operation, int number, JsonObject body, int rows) => new(
        "put", number, "/", [("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", "Logs_20140328." + operation), ("amz-sdk-invocation-id", Guid.NewGuid().ToString())],
        Encoding.UTF8.GetBytes(body.ToJsonString()), rows);

    private static JsonArray List(Func<int, JsonNode> row) => new([.. Enumerable.Range(0, RowsOfMost).Select(row)]);

    private static ulong Now() => (ulong)(DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;
}
