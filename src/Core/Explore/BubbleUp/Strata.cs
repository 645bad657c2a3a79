using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Core.Explore.BubbleUp;

/// <summary>
/// Rows lie sorted, so a sample of granules has some services and names more often than all rows do. How many rows each has is counted
/// exactly, and sampled rows are weighted to match.
/// </summary>
internal sealed class Strata
{
    /// <summary>Past so many the counting itself would cost; then rows stay as they were sampled.</summary>
    private const int Most = 5_000;

    private readonly Dictionary<(string, string), long> _rows = [];

    private Strata()
    {
    }

    /// <summary>All rows of the set.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows that were read to count them.</summary>
    public long Read { get; private set; }

    /// <summary>The two leading columns that the signal's rows are sorted by.</summary>
    public static IReadOnlyList<RowColumn> Columns { get; } = [Column("s0", FirstOf), Column("s1", SecondOf)];

    public static async Task<Strata> CountAsync(ITelemetryReader reader, Func<IReadOnlyList<RowColumn>, IReadOnlyList<RowSource>> sources, CancellationToken cancellationToken)
    {
        var strata = new Strata();
        var keys = Columns.Select(c => new FieldExpr(c.Name)).ToList();
        var table = await reader.QueryRowsAsync(
            new SourceQuery
            {
                Sources = sources(Columns),
                Select = [.. keys.Select(key => new Selection(key.Name, key)), new Selection("rows", new CallExpr(Function.Count, []))],
                GroupBy = keys,
                Limit = Most,
            },
            cancellationToken);
        strata.Read = table.RowsRead;
        foreach (var row in table.Rows)
        {
            strata._rows[(row.Text("s0"), row.Text("s1"))] = row.Long("rows");
            strata.Rows += row.Long("rows");
        }
        if (!table.Truncated)
            return strata;
        strata._rows.Clear();
        var whole = await reader.QueryRowsAsync(
            new SourceQuery { Sources = sources([Columns[0]]), Select = [new Selection("rows", new CallExpr(Function.Count, []))], Limit = 1 },
            cancellationToken);
        strata.Rows = whole.Rows[0].Long("rows");
        return strata;
    }

    /// <summary>What is in these and not in the others, which are a part of them.</summary>
    public Strata Without(Strata others)
    {
        var rest = new Strata { Rows = Math.Max(0, Rows - others.Rows), Read = Read };
        if (_rows.Count == 0 || (others._rows.Count == 0 && others.Rows > 0))
            return rest;
        foreach (var (stratum, rows) in _rows)
            rest._rows[stratum] = Math.Max(0, rows - others._rows.GetValueOrDefault(stratum));
        return rest;
    }

    /// <summary>By how much each sampled row counts more or less, so that every stratum has its share.</summary>
    public IReadOnlyList<double> Weights(IReadOnlyList<ResultRow> sampled)
    {
        if (_rows.Count == 0)
            return [.. sampled.Select(_ => 1.0)];
        var keys = sampled.Select(row => (row.Text("s0"), row.Text("s1"))).ToList();
        var counts = keys.GroupBy(key => key).ToDictionary(group => group.Key, group => group.Count());
        // A stratum of which no row was sampled is stood for by the others of the same leading value.
        var all = Sums(_rows.Select(r => (r.Key.Item1, r.Value)));
        var found = Sums(counts.Keys.Select(key => (key.Item1, _rows.GetValueOrDefault(key))));
        var scale = sampled.Count / Math.Max(1.0, found.Keys.Sum(leading => all.GetValueOrDefault(leading)));
        return
        [
            .. keys.Select(key => _rows.GetValueOrDefault(key) is > 0 and var rows
                ? rows * scale / counts[key] * (all[key.Item1] / (double)found[key.Item1]) : 1),
        ];
    }

    private static Dictionary<string, long> Sums(IEnumerable<(string Leading, long Rows)> strata) =>
        strata.GroupBy(s => s.Leading, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(s => s.Rows), StringComparer.Ordinal);

    private static RowColumn Column(string name, Func<Signal, string?> field) => new(
        name, ColumnForm.AsIs, signal => field(signal.Signal) is { } column ? new FieldExpr(column) : new ConstExpr(""));

    private static string? FirstOf(Signal signal) => signal switch
    {
        Signal.Logs => "log_group",
        Signal.Metrics => "name",
        Signal.Events => "dataset",
        _ => "service",
    };

    private static string? SecondOf(Signal signal) => signal switch
    {
        Signal.Logs or Signal.Metrics => "service",
        Signal.Spans or Signal.Events => "name",
        _ => null,
    };
}
