using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Weir.Core.Model;

namespace Weir.Protocols.Wire;

/// <summary>
/// A request's body, read whole and decompressed into rented memory, or the fault that stopped it. Dispose it when the bytes are
/// decoded: the memory goes back to its pool.
/// </summary>
/// <example>
/// <code>
/// using var body = await RequestBody.ReadAsync(request, limits, cancellationToken);
/// if (body.Fault is { } fault)
///     return …;
/// Decode(body.Bytes.Span);
/// </code>
/// </example>
internal sealed class RequestBody : IDisposable
{
    private const int FirstRoom = 1 << 20;
    private readonly PooledBytes? _bytes;

    private RequestBody(PooledBytes bytes, int wireLength) => (_bytes, WireLength) = (bytes, wireLength);

    private RequestBody(Fault fault) => Fault = fault;

    /// <summary>Why there are no bytes: TooLarge, Malformed (truncated, corrupt) or Unsupported (an encoding that is not served).</summary>
    public Fault? Fault { get; }

    /// <summary>Empty when there is a fault. Not to be kept after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes?.Memory ?? default;

    /// <summary>Bytes as they came over the wire.</summary>
    public int WireLength { get; }

    /// <summary>Reads the body and undoes its Content-Encoding: identity, gzip, deflate, zstd, or several of them.</summary>
    public static ValueTask<RequestBody> ReadAsync(HttpRequest request, BodyLimits limits, CancellationToken cancellationToken) =>
        ReadAsync(request, request.Headers.ContentEncoding, limits, cancellationToken);

    /// <summary>Reads the body as it is, whatever its headers say of encodings. Only <see cref="BodyLimits.Compressed"/> applies.</summary>
    public static ValueTask<RequestBody> ReadRawAsync(HttpRequest request, BodyLimits limits, CancellationToken cancellationToken) =>
        ReadAsync(request, default, limits with { Decompressed = limits.Compressed }, cancellationToken);

    private static async ValueTask<RequestBody> ReadAsync(
        HttpRequest request, StringValues contentEncoding, BodyLimits limits, CancellationToken cancellationToken)
    {
        var encodings = Decompression.ParseEncodings(contentEncoding, out var fault);
        if (fault is not null)
            return new RequestBody(fault);
        var limit = encodings.Length == 0 ? Math.Min(limits.Compressed, limits.Decompressed) : limits.Compressed;
        if (request.ContentLength > limit)
            return new RequestBody(TooLarge("the request body", limit));
        // Our limits replace Kestrel's 30 MB.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = null;

        PooledBytes? bytes = new(limit);
        try
        {
            fault = await FillAsync(request, bytes, limit, cancellationToken);
            var wireLength = bytes.Length;
            var most = IngestLimits.UnpackedOf(wireLength, limits.Decompressed);
            for (var i = encodings.Length - 1; i >= 0 && fault is null; i--)
            {
                var packed = bytes;
                bytes = new PooledBytes(most);
                fault = Decompression.Decompress(encodings[i], packed.Memory, bytes, most);
                packed.Dispose();
            }
            if (fault is not null)
                return new RequestBody(fault);
            var body = new RequestBody(bytes, wireLength);
            bytes = null;
            return body;
        }
        finally
        {
            bytes?.Dispose();
        }
    }

    private static async ValueTask<Fault?> FillAsync(HttpRequest request, PooledBytes bytes, int limit, CancellationToken cancellationToken)
    {
        // One byte more than announced, so that the read that finds the end needs no larger array.
        var hint = (int)Math.Min((request.ContentLength ?? 16 << 10) + 1, FirstRoom);
        var stream = request.Body;
        try
        {
            while (!bytes.IsFull)
            {
                var read = await stream.ReadAsync(bytes.Room(hint), cancellationToken);
                if (read == 0)
                    return null;
                bytes.Advance(read);
            }
            return await stream.ReadAsync(new byte[1], cancellationToken) == 0 ? null : TooLarge("the request body", limit);
        }
        catch (BadHttpRequestException e)
        {
            return e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? TooLarge("the request body", limit)
                : new Fault(FaultKind.Malformed, "the request body ended before it was complete");
        }
        catch (IOException)
        {
            return new Fault(FaultKind.Malformed, "the connection closed before the request body was complete");
        }
    }

    internal static Fault TooLarge(string what, int limit) => new(
        FaultKind.TooLarge, string.Create(CultureInfo.InvariantCulture, $"{what} is larger than the limit of {limit} bytes"));

    public void Dispose() => _bytes?.Dispose();
}
