using Weir.Core.Ingest;
using Weir.Core.Model;

namespace Weir.Tests.Support;

/// <summary>A sink that keeps what it is given as blocks read back, or refuses with <see cref="Fault"/>.</summary>
public sealed class CapturingSink : ITelemetrySink
{
    private readonly Lock _gate = new();
    private readonly List<(string Protocol, Signal Signal, NativeBlock Block)> _blocks = [];

    public Fault? Fault { get; set; }

    /// <summary>What was committed so far. Clients send side by side.</summary>
    public IReadOnlyList<(string Protocol, Signal Signal, NativeBlock Block)> Blocks
    {
        get
        {
            lock (_gate)
                return [.. _blocks];
        }
    }

    public NativeBlock Single(Signal signal) => Blocks.Single(b => b.Signal == signal).Block;

    public ValueTask<Fault?> CommitAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        if (Fault is null)
        {
            foreach (var signal in SignalTable.All)
            {
                if (batch.Peek(signal) is not { } block)
                    continue;
                var read = NativeBlock.Of(block);
                lock (_gate)
                    _blocks.Add((batch.Protocol, signal, read));
            }
        }
        batch.Dispose();
        return ValueTask.FromResult(Fault);
    }
}
