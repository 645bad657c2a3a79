using Weir.Core.Ingest;
using Weir.Core.Model;

namespace Weir.Tests.Support;

/// <summary>A sink that keeps what it is given as blocks read back, or refuses with <see cref="Fault"/>.</summary>
public sealed class CapturingSink : ITelemetrySink
{
    private readonly List<(string Protocol, Signal Signal, NativeBlock Block)> _blocks = [];

    public Fault? Fault { get; set; }

    public IReadOnlyList<(string Protocol, Signal Signal, NativeBlock Block)> Blocks => _blocks;

    public NativeBlock Single(Signal signal) => _blocks.Single(b => b.Signal == signal).Block;

    public ValueTask<Fault?> CommitAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        if (Fault is null)
        {
            foreach (var signal in SignalTable.All)
            {
                if (batch.Peek(signal) is { } block)
                    _blocks.Add((batch.Protocol, signal, NativeBlock.Of(block)));
            }
        }
        batch.Dispose();
        return ValueTask.FromResult(Fault);
    }
}
