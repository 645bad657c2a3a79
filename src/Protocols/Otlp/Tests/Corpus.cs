using System.Text;
using Weir.Core.Model;
using Weir.Tests.Support;
using static Weir.Tests.Otlp.OtlpMessages;

namespace Weir.Tests.Otlp;

/// <summary>Requests to mutate: made ones that use every field, and the recorded ones that are not packed.</summary>
internal static class Corpus
{
    public static IReadOnlyList<byte[]> Protobuf(Signal signal) => [Everything(signal), .. Recorded(signal, "-protobuf")];

    public static IReadOnlyList<byte[]> Json(Signal signal) => [Encoding.UTF8.GetBytes(signal switch
    {
        Signal.Logs => """
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"5","severityNumber":14,"body":{"kvlistValue":{"values":[{"key":"k","value":{"intValue":"9"}}]}},
            "traceId":"5759e988bd862e3fe1be46a994272793","attributes":[{"key":"exception.type","value":{"stringValue":"E\u00e9"}}]}]}]}]}
            """,
        Signal.Metrics => """
            {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"s","sum":{"dataPoints":[{"asInt":"-3"}],"aggregationTemporality":2,"isMonotonic":true}},
            {"name":"h","histogram":{"dataPoints":[{"count":"3","sum":4.5,"bucketCounts":["1",2],"explicitBounds":[5],"min":0.5}]}}]}]}]}
            """,
        _ => """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]},"scopeSpans":[{"scope":{"name":"lib"},
            "spans":[{"traceId":"5759e988bd862e3fe1be46a994272793","spanId":"53995c3f42cd8ad8","kind":"SPAN_KIND_SERVER","startTimeUnixNano":"5","endTimeUnixNano":6,
            "attributes":[{"key":"d","value":{"doubleValue":0.25}},{"key":"b","value":{"boolValue":true}},{"key":"y","value":{"bytesValue":"AQIDBA=="}}],
            "events":[{"name":"exception"}],"status":{"code":2}}]}]}]}
            """,
    }), .. Recorded(signal, "-json")];

    private static IEnumerable<byte[]> Recorded(Signal signal, string ending)
    {
        var path = signal switch { Signal.Logs => "/v1/logs", Signal.Metrics => "/v1/metrics", _ => "/v1/traces" };
        return RecordedRequest.Names().Where(name => name.EndsWith(ending, StringComparison.Ordinal))
            .Select(RecordedRequest.Load).Where(request => request.Path == path).Select(request => request.Body);
    }

    private static byte[] Everything(Signal signal)
    {
        var attributes = new[]
        {
            KeyValue("s", String("text")), KeyValue("i", Int(-1)), KeyValue("d", Double(1.5)), KeyValue("b", Bool(true)), KeyValue("y", Bytes(1, 2)),
            KeyValue("a", Array(String("x"), Map(KeyValue("k", Int(1))))), KeyValue("m", Map(KeyValue("k", Map(KeyValue("n", String("v")))))),
            KeyValue("sampleRate", Int(5)), KeyValue("exception.type", String("E")), KeyValue("exception.stacktrace", String("  at a.b (c.js:1:2)\n")),
        };
        var resource = Resource(KeyValue("service.name", String("cart")), KeyValue("host.name", String("h")));
        var scope = ProtobufMessage.New().Text(1, "lib").Text(2, "1").Message(3, attributes[0]);
        return Request(resource, scope, signal switch
        {
            Signal.Logs => With(6, attributes).Fixed64(1, Start).Varint(2, 9).Text(3, "INFO").Message(5, Map(KeyValue("k", Array(Int(1)))))
                .Fixed32(8, 1).Bytes(9, TraceIdBytes).Bytes(10, SpanIdBytes).Fixed64(11, Start).Text(12, "ev"),
            Signal.Metrics => ProtobufMessage.New().Text(1, "m")
                .Message(9, ProtobufMessage.New().Varint(2, 1).Message(1, With(9, attributes).Fixed64(3, Start).Fixed64(4, 2).Bytes(6, new byte[16])
                    .Bytes(7, new byte[8]).Message(8, ProtobufMessage.New().Fixed64(2, 1).Double(3, 1).Message(7, attributes[0])))),
            _ => With(9, attributes).Bytes(1, TraceIdBytes).Bytes(2, SpanIdBytes).Text(3, "ot=th:c").Text(5, "n").Fixed64(7, Start).Fixed64(8, Start + 1)
                .Message(11, With(3, attributes).Fixed64(1, Start).Text(2, "exception"))
                .Message(13, With(4, attributes).Bytes(1, TraceIdBytes).Bytes(2, SpanIdBytes)).Message(15, ProtobufMessage.New().Varint(3, 2).Text(2, "m")),
        });
    }

    private static ProtobufMessage With(int field, ProtobufMessage[] attributes)
    {
        var message = ProtobufMessage.New();
        foreach (var attribute in attributes)
            message.Message(field, attribute);
        return message;
    }
}
