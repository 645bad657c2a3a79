using System.Buffers.Binary;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp.In;

/// <summary>
/// The one message of a unary gRPC call: a byte that says whether it is compressed, its length as four big-endian bytes, the message
/// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
/// </summary>
internal static class GrpcFrame
{
    public const int HeaderSize = 5;

    /// <summary>Finds the message in a request's body; a fault when there isn't exactly one.</summary>
    public static Fault? TryRead(ReadOnlyMemory<byte> body, out ReadOnlyMemory<byte> message, out bool isCompressed)
    {
        message = default;
        isCompressed = false;
        if (body.Length < HeaderSize)
            return new Fault(FaultKind.Malformed, "the call has no complete gRPC message");
        var header = body.Span;
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (header[0] > 1 || length != (uint)(body.Length - HeaderSize))
            return new Fault(FaultKind.Malformed, "the call's body is not one gRPC message");
        isCompressed = header[0] == 1;
        message = body[HeaderSize..];
        return null;
    }

    /// <summary>Undoes a message's compression, named by grpc-encoding, into <paramref name="plain"/>.</summary>
    public static Fault? Decompress(string encoding, ReadOnlyMemory<byte> message, PooledBytes plain, int limit) =>
        !Decompression.TryParse(encoding, out var coding) || coding is not { } known
            ? new Fault(FaultKind.Unsupported, "grpc-encoding is not supported, use gzip, deflate, zstd or identity")
            : Decompression.Decompress(known, message, plain, limit);
}
