using System.Collections.Concurrent;
using System.Globalization;
using Shouldly;
using Weir.Tests.Support;

namespace Weir.Tests.Functional.Kills;

/// <summary>What was sent to one folder, which of it was acknowledged, and what is stored of it.</summary>
internal sealed class KillLedger
{
    private readonly ConcurrentDictionary<(string Door, string Number), Entry> _entries = new();
    private long _acknowledged;
    private int _number;

    private sealed class Entry(string kind, int rows)
    {
        /// <summary>Of the kill that the request was first sent before.</summary>
        public string Kind => kind;

        public int Rows => rows;

        public bool IsAcknowledged { get; set; }
    }

    /// <summary>Requests, and rows, that were acknowledged, and how many of them are not stored or stored more than once or in part.</summary>
    public sealed record Outcome(string Kind, long Requests, long Rows, long Lost, long Doubled);

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Answers that neither acknowledge nor say "later".</summary>
    public ConcurrentQueue<string> Refusals { get; } = new();

    /// <summary>Requests that were sent again because no answer came.</summary>
    public int Repeats;

    public int NextNumber() => Interlocked.Increment(ref _number);

    public void Begin(KillRequest request, string kind) => _entries[(request.Door, $"{request.Number}")] = new Entry(kind, request.Rows);

    public void Acknowledge(KillRequest request)
    {
        _entries[(request.Door, $"{request.Number}")].IsAcknowledged = true;
        Interlocked.Increment(ref _acknowledged);
    }

    /// <summary>Counts in a folder that no server has open.</summary>
    public async Task<List<Outcome>> CountAsync(string folder)
    {
        var (code, output) = await WeirProcess.RunToEndAsync(["sql", "--data", folder, .. WeirProcess.StoreOptions(folder), "--format", "TSV", KillRequest.Count]);
        code.ShouldBe(0, output);
        var stored = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))
            .ToDictionary(f => (f[0], f[1]), f => (Rows: long.Parse(f[2], CultureInfo.InvariantCulture), Distinct: long.Parse(f[3], CultureInfo.InvariantCulture)));
        stored.Keys.Where(k => !_entries.ContainsKey(k)).ShouldBeEmpty("rows that nobody sent");
        return
        [
            .. _entries.GroupBy(e => e.Value.Kind).Select(kind => new Outcome(
                kind.Key,
                kind.LongCount(e => e.Value.IsAcknowledged),
                kind.Where(e => e.Value.IsAcknowledged).Sum(e => (long)e.Value.Rows),
                kind.LongCount(e => e.Value.IsAcknowledged && stored.GetValueOrDefault(e.Key).Distinct < e.Value.Rows),
                // What was not acknowledged is there whole and once, or not at all.
                kind.LongCount(e => stored.TryGetValue(e.Key, out var rows) && (rows.Rows > rows.Distinct || (!e.Value.IsAcknowledged && rows.Rows != e.Value.Rows))))),
        ];
    }
}
