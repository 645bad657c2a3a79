using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions.BubbleUp;

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

    /// <summary>There are more strata than are counted.</summary>
    public bool IsCut { get; private set; }

    /// <summary>All rows of the set.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows that were read to count them.</summary>
    public long Read { get; private set; }

    /// <summary>The two leading columns that the signal's rows are sorted by.</summary>
    public static IReadOnlyList<RowColumn> Columns { get; } = [Column("s0", FirstOf), Column("s1", SecondOf)];

    /// <summary>The rows of the sources.</summary>
    public static async Task<Strata> CountAsync(ITelemetryReader reader, Func<IReadOnlyList<RowColumn>, IReadOnlyList<RowSource>> sources, CancellationToken cancellationToken)
    {
        var (all, _) = await CountAsync(reader, sources, null, cancellationToken);
        return all;
    }

    /// <summary>The rows of the sources, and those of them where <paramref name="chosen"/> is 1.</summary>
    public static async Task<(Strata All, Strata Chosen)> CountAsync(
        ITelemetryReader reader, Func<IReadOnlyList<RowColumn>, IReadOnlyList<RowSource>> sources, RowColumn? chosen, CancellationToken cancellationToken)
    {
        IReadOnlyList<RowColumn> columns = chosen is null ? Columns : [.. Columns, chosen];
        IReadOnlyList<Selection> counts =
        [
            new("rows", new CallExpr(Function.Count, [])),
            .. chosen is null ? Array.Empty<Selection>() : [new Selection("chosen", new CallExpr(Function.Sum, [new FieldExpr(chosen.Name)]))],
        ];
        var keys = Columns.Select(c => new FieldExpr(c.Name)).ToList();
        var table = await reader.QueryRowsAsync(
            new SourceQuery { Sources = sources(columns), Select = [.. keys.Select(key => new Selection(key.Name, key)), .. counts], GroupBy = keys, Limit = Most },
            cancellationToken);
        var (all, some) = (new Strata { Read = table.RowsRead }, new Strata { Read = table.RowsRead });
        var strata = table.Page(out var more);
        if (more)
        {
            table = await reader.QueryRowsAsync(new SourceQuery { Sources = sources(columns), Select = counts, Limit = 1 }, cancellationToken);
            all.Rows = table.First?.Long("rows") ?? 0;
            all.IsCut = some.IsCut = true;
            some.Rows = chosen is null ? 0 : table.First?.Long("chosen") ?? 0;
            return (all, some);
        }
        foreach (var row in strata)
        {
            all.Add(row, row.Long("rows"));
            if (chosen is not null && row.Long("chosen") is > 0 and var rows)
                some.Add(row, rows);
        }
        return (all, some);
    }

    private void Add(ResultRow row, long rows)
    {
        _rows[(row.Text("s0"), row.Text("s1"))] = rows;
        Rows += rows;
    }

    /// <summary>What is in these and not in the others, which are a part of them.</summary>
    public Strata Without(Strata others)
    {
        var rest = new Strata { Rows = Math.Max(0, Rows - others.Rows), Read = Read, IsCut = IsCut };
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
        // A stratum without a sampled row is represented by the other strata with the same leading value.
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
