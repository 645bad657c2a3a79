using System.Net;

namespace Weir.Store.Engine;

/// <summary>Sends blocks as they lie in memory, one after another.</summary>
internal sealed class BlocksContent(IReadOnlyList<ReadOnlyMemory<byte>> blocks) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        foreach (var block in blocks)
            await stream.WriteAsync(block, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = blocks.Sum(static b => (long)b.Length);
        return true;
    }
}
