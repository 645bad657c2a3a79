using Weir.Core.Query;

namespace Weir.Features.Questions.BubbleUp;

/// <summary>A set of rows, counted, and how it is sampled; null reads it whole.</summary>
internal sealed record SampledSet(Strata Strata, RowSampling? Sampling);

/// <summary>Reads samples of a selection and of the other rows. What costs is reading granules, so both come from one reading where they lie together.</summary>
internal sealed class Sampler(ITelemetryReader reader, RowPlan plan, IReadOnlyList<ComparedColumn> columns)
{
    private const string ChosenName = "chosen";

    /// <summary>A sample turned out to have more rows than are compared, so that some of its services or times are missing.</summary>
    public bool IsCut { get; private set; }

    /// <summary>1 for rows of the selection, 0 for others.</summary>
    public static RowColumn Chosen(SelectedRows selection) => new(
        ChosenName, ColumnForm.AsIs, signal => new CallExpr(Function.If, [selection.Chosen(signal), new ConstExpr(1L), new ConstExpr(0L)]));

    public async Task<(Sample Selected, Sample Baseline)> ReadAsync(
        QueryWindow window, SelectedRows selection, SampledSet chosen, SampledSet others, CancellationToken cancellationToken)
    {
        if (columns.Count == 0)
            return (Empty(), Empty());
        if (!selection.IsNarrow)
            return await ReadBothAsync(window, selection, chosen, others, cancellationToken);
        var selected = ReadAsync(selection.Window, selection.Condition, chosen, cancellationToken);
        var baseline = ReadAsync(window, selection.Others, others, cancellationToken);
        return (await selected, await baseline);
    }

    private async Task<(Sample Selected, Sample Baseline)> ReadBothAsync(
        QueryWindow window, SelectedRows selection, SampledSet chosen, SampledSet others, CancellationToken cancellationToken)
    {
        if (chosen.Strata.Rows + others.Strata.Rows == 0)
            return (Empty(), Empty());
        var isWhole = chosen.Sampling is null && others.Sampling is null;
        var rows = await RowsAsync(
            window, null, [Chosen(selection)],
            signal => isWhole ? [] : [Of(chosen.Sampling, selection.Chosen(signal)), Of(others.Sampling, selection.Others(signal))],
            cancellationToken);
        var byChoice = rows.ToLookup(row => row.Long(ChosenName) == 1);
        return (SampleOf([.. byChoice[true]], chosen), SampleOf([.. byChoice[false]], others));
    }

    private static RowSampling Of(RowSampling? sampling, Expr rows) => (sampling ?? new RowSampling(1, 1)) with { Of = rows };

    private async Task<Sample> ReadAsync(QueryWindow window, Func<SignalColumns, Expr> condition, SampledSet set, CancellationToken cancellationToken)
    {
        if (set.Strata.Rows == 0)
            return Empty();
        var rows = await RowsAsync(window, condition, [], _ => set.Sampling is { } sampling ? [sampling] : [], cancellationToken);
        return SampleOf(rows, set);
    }

    private async Task<IReadOnlyList<ResultRow>> RowsAsync(
        QueryWindow window, Func<SignalColumns, Expr>? condition, IReadOnlyList<RowColumn> more, Func<SignalColumns, IReadOnlyList<RowSampling>> sampling,
        CancellationToken cancellationToken)
    {
        var sources = plan.Sources(window, [.. columns.Select((column, i) => column.Read(i)), .. Strata.Columns, .. more], condition);
        var names = Enumerable.Range(0, columns.Count).Select(i => $"x{i}")
            .Concat(Strata.Columns.Concat(more).Select(c => c.Name)).Concat(plan.Weight is { } weight ? [weight] : []);
        var table = await reader.QueryRowsAsync(
            new SourceQuery
            {
                Sources = [.. sources.Zip(plan.Signals, (source, signal) => source with { Sampling = sampling(signal) })],
                Select = [.. names.Select(name => new Selection(name, new FieldExpr(name)))],
                Limit = 2 * SampleSize.MostRows,
            },
            cancellationToken);
        var sampled = table.Page(out var isCut);
        IsCut |= isCut;
        return sampled;
    }

    private Sample Empty() => new([.. columns.Select(c => c.Name)]);

    private Sample SampleOf(IReadOnlyList<ResultRow> rows, SampledSet set)
    {
        var sample = Empty();
        // When every row is read, no weights are needed.
        var weights = set.Sampling is null ? null : set.Strata.Weights(rows);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var rate = plan.Weight is null ? 1 : Math.Max(1, row.Double("w") ?? 1);
            sample.Add(rate * (weights?[i] ?? 1), column => row[column] switch
            {
                "" => null,
                long number => (double)number,
                ulong number => (double)number,
                var value => value,
            });
        }
        return sample;
    }
}
