using System.Diagnostics;
using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Core.Explore.BubbleUp;

/// <summary>
/// Compares a selection with the other rows of its query, column by column: counts both, samples both, and ranks the columns by how
/// much they differ. How: docs/adr/0008-bubbleup.md.
/// </summary>
public sealed class BubbleUpRunner(ITelemetryReader reader, IColumnDirectory directory, TimeProvider time)
{
    private const int MostColumns = 400;

    /// <summary>
    /// Throws <see cref="SpecException"/> for what can't be asked, <see cref="FaultException"/> when the asking fails. Cancelling stops the
    /// engine's work.
    /// </summary>
    public async Task<BubbleUpResult> RunAsync(BubbleUpQuestion question, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var now = time.GetUtcNow();
        if (SpecCheck.Errors(question.Query, now, series: true) is { Count: > 0 } errors)
            throw new SpecException(errors);
        var window = QueryWindow.Of(question.Query, now, [])!;
        var selection = new SelectedRows(question.Selection, window);
        var (plan, _) = await new RowPlanner(reader, directory).PlanAsync(question.Query, question.Scope, window, cancellationToken);
        var columns = await new ComparedColumns(directory).ChooseAsync(plan, question.Scope, question.Columns, selection.Columns, cancellationToken);
        if (columns.Count > MostColumns)
            throw new SpecException("columns", "out-of-range", string.Create(CultureInfo.InvariantCulture, $"at most {MostColumns} columns are compared"));

        var countAll = Strata.CountAsync(reader, c => plan.Sources(window, c), cancellationToken);
        var countSelected = CountSelectedAsync(plan, selection, cancellationToken);
        var all = await countAll;
        var chosen = await countSelected;
        var others = all.Without(chosen);
        var selectedSampling = SampleSize.Of(chosen.Rows, chosen.Read, columns.Count);
        var baselineSampling = SampleSize.Of(others.Rows, all.Read, columns.Count);
        var selectedSample = SampleAsync(plan, selection.Window, selection.Condition, chosen, selectedSampling, columns, cancellationToken);
        var baselineSample = SampleAsync(plan, window, selection.Others, others, baselineSampling, columns, cancellationToken);
        var selected = await selectedSample;
        var baseline = await baselineSample;

        var compared = new object?[columns.Count];
        Parallel.For(0, columns.Count, i => compared[i] = Contrast.Of(i, selected, baseline));
        return new BubbleUpResult(
            new RowSet(chosen.Rows, selected.Rows),
            new RowSet(others.Rows, baseline.Rows),
            Note(chosen.Rows, selected, selectedSampling, others.Rows, baseline, baselineSampling, plan.Weight is not null),
            [.. compared.OfType<Dimension>().OrderByDescending(d => d.Score).ThenBy(d => d.Distinct < 2).ThenBy(d => d.Distinct).ThenBy(d => d.Column, StringComparer.Ordinal).Take(question.Limit)],
            [.. compared.OfType<Measure>().OrderByDescending(m => m.Score).ThenBy(m => m.Column, StringComparer.Ordinal).Take(question.Limit)],
            clock.Elapsed);
    }

    private async Task<Strata> CountSelectedAsync(RowPlan plan, SelectedRows selection, CancellationToken cancellationToken) =>
        // A window without length is no time range that can be asked for.
        await Strata.CountAsync(
            reader,
            c => plan.Sources(selection.Window, c, signal => selection.IsEmpty ? new OrExpr([]) : selection.Condition(signal)),
            cancellationToken);

    private async Task<Sample> SampleAsync(
        RowPlan plan, QueryWindow window, Func<SignalColumns, Expr> condition, Strata strata, RowSampling? sampling, IReadOnlyList<ComparedColumn> columns,
        CancellationToken cancellationToken)
    {
        var sample = new Sample([.. columns.Select(c => c.Name)]);
        if (strata.Rows == 0 || columns.Count == 0)
            return sample;
        var sources = plan.Sources(window, [.. columns.Select((column, i) => column.Read(i)), .. Strata.Columns], condition);
        var select = Enumerable.Range(0, columns.Count).Select(i => $"x{i}").Concat(Strata.Columns.Select(c => c.Name)).Concat(plan.Weight is { } weight ? [weight] : []);
        var table = await reader.QueryRowsAsync(
            new SourceQuery
            {
                Sources = [.. sources.Select(source => source with { Sampling = sampling })],
                Select = [.. select.Select(name => new Selection(name, new FieldExpr(name)))],
                Limit = SampleSize.MostRows,
            },
            cancellationToken);
        // All rows need no weights to be like all rows.
        var weights = sampling is null ? null : strata.Weights(table.Rows);
        for (var i = 0; i < table.Rows.Count; i++)
        {
            var row = table.Rows[i];
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

    private static string Note(
        long rows, Sample selected, RowSampling? selectedSampling, long others, Sample baseline, RowSampling? baselineSampling, bool isWeighted)
    {
        string Set(string name, long all, Sample sample, RowSampling? sampling) => sampling is null
            ? string.Create(CultureInfo.InvariantCulture, $"{name}: all {all:N0} rows.")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {sample.Rows:N0} of {all:N0} rows, from {Share(sampling.Granules)} of the blocks of neighbouring rows.");
        return Set("Selection", rows, selected, selectedSampling) + " " + Set("Baseline", others, baseline, baselineSampling)
            + (isWeighted ? " Shares count each row as many times as its sample rate says." : "");
    }

    private static string Share(double share) => share >= 1 ? "all" : share.ToString(share >= 0.01 ? "0.#%" : "0.##%", CultureInfo.InvariantCulture);
}
