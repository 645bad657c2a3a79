using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Otlp.In;
using Weir.Tests.Support;

namespace Weir.Tests.Otlp;

/// <summary>Builds OTLP messages as wire bytes.</summary>
internal static class OtlpMessages
{
    public const ulong Start = 1_700_000_000_000_000_000;
    public static readonly byte[] TraceIdBytes = Convert.FromHexString("5759e988bd862e3fe1be46a994272793");
    public static readonly byte[] SpanIdBytes = Convert.FromHexString("53995c3f42cd8ad8");

    public static ProtobufMessage String(string value) => ProtobufMessage.New().Text(1, value);

    public static ProtobufMessage Bool(bool value) => ProtobufMessage.New().Varint(2, value ? 1u : 0u);

    public static ProtobufMessage Int(long value) => ProtobufMessage.New().Varint(3, (ulong)value);

    public static ProtobufMessage Double(double value) => ProtobufMessage.New().Double(4, value);

    public static ProtobufMessage Array(params ProtobufMessage[] values) => ProtobufMessage.New().Message(5, All(values));

    public static ProtobufMessage Map(params ProtobufMessage[] keyValues) => ProtobufMessage.New().Message(6, All(keyValues));

    public static ProtobufMessage Bytes(params byte[] value) => ProtobufMessage.New().Bytes(7, value);

    public static ProtobufMessage KeyValue(string key, ProtobufMessage? value) =>
        value is null ? ProtobufMessage.New().Text(1, key) : ProtobufMessage.New().Text(1, key).Message(2, value);

    public static ProtobufMessage Resource(params ProtobufMessage[] attributes) => All(attributes);

    public static ProtobufMessage Span() => ProtobufMessage.New().Bytes(1, TraceIdBytes).Bytes(2, SpanIdBytes).Text(5, "GET /").Varint(6, 2)
        .Fixed64(7, Start).Fixed64(8, Start + 5_000_000);

    /// <summary>A request of one resource and one scope.</summary>
    public static byte[] Request(ProtobufMessage resource, ProtobufMessage? scope, params ProtobufMessage[] records)
    {
        var scoped = ProtobufMessage.New();
        if (scope is not null)
            scoped.Message(1, scope);
        foreach (var record in records)
            scoped.Message(2, record);
        return ProtobufMessage.New().Message(1, ProtobufMessage.New().Message(1, resource).Message(2, scoped)).ToArray();
    }

    public static byte[] RequestOf(params ProtobufMessage[] records) =>
        Request(Resource(KeyValue("service.name", String("cart"))), null, records);

    private static ProtobufMessage All(ProtobufMessage[] values)
    {
        var message = ProtobufMessage.New();
        foreach (var value in values)
            message.Message(1, value);
        return message;
    }
}

/// <summary>Decodes a request and reads the rows back.</summary>
internal sealed class Decoded
{
    public const long ReceivedAt = 1_800_000_000_000_000_000;

    public DecodeResult Result { get; private init; }

    public NativeBlock Spans { get; private init; } = null!;

    public NativeBlock Logs { get; private init; } = null!;

    public NativeBlock Metrics { get; private init; } = null!;

    public NativeBlock Occurrences { get; private init; } = null!;

    public NativeBlock Events { get; private init; } = null!;

    public static Decoded Malformed { get; } = new() { Result = new DecodeResult { IsMalformed = true } };

    public static Decoded From(RecordDecoder decoder, byte[] request, string environment = "production", string dataset = "", bool isClassic = false)
    {
        using var batch = new IngestBatchPool().Rent(WireProtocol.Otlp);
        var result = decoder.Decode(request, batch, new DecodeContext(environment, ReceivedAt, dataset, isClassic));
        return new Decoded
        {
            Result = result,
            Spans = NativeBlock.Of(batch.Spans),
            Logs = NativeBlock.Of(batch.Logs),
            Metrics = NativeBlock.Of(batch.Metrics),
            Occurrences = NativeBlock.Of(batch.Occurrences),
            Events = NativeBlock.Of(batch.Events),
        };
    }
}
