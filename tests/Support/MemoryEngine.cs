using System.Globalization;
using Weir.Core.Ingest;
using Weir.Core.Model;

namespace Weir.Tests.Support;

/// <summary>
/// Takes rows as the engine does: an insert is known again by its token in each day's partition, when it is one block. Fails as a test says,
/// and calls it before and after each insert, so that it can look at what a crash there would leave.
/// </summary>
public sealed class MemoryEngine : IBlockLoader
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(Signal Signal, string Name), int> _rows = [];
    private readonly HashSet<string> _tokens = new(StringComparer.Ordinal);

    /// <summary>Gets the rows' names; the fault that the insert ends with, or null.</summary>
    public Func<Signal, IReadOnlyList<string>, int, Fault?> Fault { get; set; } = static (_, _, _) => null;

    /// <summary>Called before (false) and after (true) rows come in.</summary>
    public Action<bool> Around { get; set; } = static _ => { };

    /// <summary>Partitions that come in before the fault of an insert of several.</summary>
    public int PartitionsBeforeFault { get; set; }

    public HashSet<ColumnFact> Columns { get; init; } = [];

    public int Inserts { get; private set; }

    /// <summary>How often each row is stored, by its name.</summary>
    public IReadOnlyDictionary<string, int> Rows(Signal signal)
    {
        lock (_lock)
            return _rows.Where(r => r.Key.Signal == signal).ToDictionary(r => r.Key.Name, r => r.Value);
    }

    /// <summary>As it is now, without faults.</summary>
    public MemoryEngine Clone()
    {
        lock (_lock)
        {
            var clone = new MemoryEngine { Columns = [.. Columns] };
            foreach (var (row, count) in _rows)
                clone._rows[row] = count;
            clone._tokens.UnionWith(_tokens);
            return clone;
        }
    }

    public Task LoadAsync(Signal signal, TableLayout layout, IReadOnlyList<ReadOnlyMemory<byte>> blocks, string token, CancellationToken cancellationToken)
    {
        var rows = new List<(string Name, long Day)>();
        foreach (var block in blocks)
        {
            var read = NativeBlock.Parse(block.Span);
            for (var row = 0; row < read.Rows; row++)
            {
                var time = (long)read[row, signal == Signal.Spans ? "start_time" : "time"]!;
                rows.Add((Convert.ToString(read.Json(row)["n"], CultureInfo.InvariantCulture)!, time / 86_400_000_000_000));
            }
        }
        Around(false);
        var partitions = rows.GroupBy(r => r.Day).ToList();
        lock (_lock)
        {
            Inserts++;
            var fault = Fault(signal, [.. rows.Select(r => r.Name)], partitions.Count);
            var take = fault is null ? partitions.Count : partitions.Count > 1 ? PartitionsBeforeFault : 0;
            foreach (var partition in partitions.Take(take))
            {
                // Of several blocks the engine remembers how many they were.
                if (!_tokens.Add($"{signal}/{token}/{partition.Key}/{(blocks.Count == 1 ? "" : blocks.Count)}"))
                    continue;
                foreach (var (name, _) in partition)
                    _rows[(signal, name)] = _rows.GetValueOrDefault((signal, name)) + 1;
            }
            if (fault is not null)
                throw new FaultException(fault);
        }
        Around(true);
        return Task.CompletedTask;
    }

    public Task NoteColumnsAsync(IReadOnlySet<ColumnFact> facts, string token, CancellationToken cancellationToken)
    {
        lock (_lock)
            Columns.UnionWith(facts);
        return Task.CompletedTask;
    }
}
