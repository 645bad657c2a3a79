using System.Diagnostics;
using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions.BubbleUp;

/// <summary>
/// Compares a selection with the other rows of its query, column by column: counts both, samples both, and ranks the columns by how
/// much they differ. docs/adr/0008-bubbleup.md describes the method.
/// </summary>
public sealed class BubbleUpRunner(ITelemetryReader reader, IColumnDirectory directory, TimeProvider time)
{
    private const int MostColumns = 400;

    /// <summary>Rows of a set below which a difference may well be chance.</summary>
    private const int FewRows = 30;

    /// <summary>The same, telling <paramref name="work"/> what the engine does for it.</summary>
    public Task<BubbleUpResult> RunAsync(BubbleUpQuestion question, QueryWork work, CancellationToken cancellationToken) =>
        new BubbleUpRunner(reader.Watched(work), directory, time).RunAsync(question, cancellationToken);

    /// <summary>
    /// Throws <see cref="SpecException"/> for an invalid specification, <see cref="FaultException"/> when the query fails. Cancelling stops the
    /// engine's work.
    /// </summary>
    public async Task<BubbleUpResult> RunAsync(BubbleUpQuestion question, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var now = time.GetUtcNow();
        if (SpecCheck.Errors(question.Query, now, series: true) is { Count: > 0 } errors)
            throw new SpecException(errors);
        var window = QueryWindow.Of(question.Query, now, [])!;
        var planner = new RowPlanner(reader, directory);
        var loads = planner.Loads(question.Query);
        var (result, isWeighted) = await CompareAsync(planner, question, window, weighted: false, cancellationToken);
        if (!isWeighted && await planner.WasSampledSinceAsync(loads, question.Query, question.Scope, window, cancellationToken))
            (result, _) = await CompareAsync(planner, question, window, weighted: true, cancellationToken);
        return result with { Elapsed = clock.Elapsed };
    }

    private async Task<(BubbleUpResult Result, bool IsWeighted)> CompareAsync(
        RowPlanner planner, BubbleUpQuestion question, QueryWindow window, bool weighted, CancellationToken cancellationToken)
    {
        var selection = new SelectedRows(question.Selection, window);
        var (plan, _) = await planner.PlanAsync(question.Query, question.Scope, window, cancellationToken, selection.Columns, weighted);
        var (columns, seen) = await new ComparedColumns(directory).ChooseAsync(plan, question.Scope, question.Columns, selection.Columns, cancellationToken);
        plan = plan.With(seen);
        if (columns.Count > MostColumns)
            throw new SpecException("columns", "out-of-range", string.Create(CultureInfo.InvariantCulture, $"at most {MostColumns} columns are compared"));

        var (all, chosen) = await CountAsync(plan, window, selection, cancellationToken);
        var others = all.Without(chosen);
        var selectedSampling = SampleSize.Of(chosen.Rows, chosen.Read, columns.Count);
        var baselineSampling = SampleSize.Of(others.Rows, all.Read, columns.Count);
        var sampler = new Sampler(reader, plan, columns);
        var (selected, baseline) = await sampler.ReadAsync(
            window, selection, new SampledSet(chosen, selectedSampling), new SampledSet(others, baselineSampling), cancellationToken);

        var compared = new object?[columns.Count];
        Parallel.For(0, columns.Count, i => compared[i] = Contrast.Of(i, selected, baseline));
        var result = new BubbleUpResult(
            new RowSet(chosen.Rows, selected.Rows),
            new RowSet(others.Rows, baseline.Rows),
            Note(chosen.Rows, selected, selectedSampling, others.Rows, baseline, baselineSampling, plan.Weight is not null),
            [.. compared.OfType<Dimension>().OrderByDescending(d => d.Score).ThenBy(d => d.Distinct < 2).ThenBy(d => d.Distinct).ThenBy(d => d.Column, StringComparer.Ordinal).Take(question.Limit)],
            [.. compared.OfType<Measure>().OrderByDescending(m => m.Score).ThenBy(m => m.Column, StringComparer.Ordinal).Take(question.Limit)],
            TimeSpan.Zero)
        {
            Warnings = Warnings(question, chosen, others, columns.Count, sampler.IsCut, compared),
        };
        return (result, plan.Weight is not null);
    }

    private static List<string> Warnings(BubbleUpQuestion question, Strata chosen, Strata others, int columns, bool isCut, object?[] compared)
    {
        var warnings = new List<string>();
        foreach (var (set, rows) in new[] { ("selection", chosen.Rows), ("baseline", others.Rows) })
        {
            if (rows < FewRows)
                warnings.Add(string.Create(CultureInfo.InvariantCulture, $"The {set} has {rows} rows: so few differ by chance, and a score says little."));
        }
        if (chosen.IsCut || others.IsCut)
            warnings.Add("There are more services and names than are counted one by one, so the samples may have some of them too often.");
        if (isCut)
            warnings.Add("A sample had more rows than are compared; the last of them were left out.");
        if (question.Columns is null && columns >= ComparedColumns.MostAttributes)
            warnings.Add($"At most {ComparedColumns.MostAttributes} attributes are compared, those that most days and datasets have; name others as columns.");
        foreach (var (kind, count) in new[] { ("dimensions", compared.OfType<Dimension>().Count()), ("measures", compared.OfType<Measure>().Count()) })
        {
            if (count > question.Limit)
                warnings.Add($"{count} {kind} were compared; the {question.Limit} that differ most are listed.");
        }
        return warnings;
    }

    /// <summary>Exactly, all rows of the query and those of the selection.</summary>
    private async Task<(Strata All, Strata Chosen)> CountAsync(RowPlan plan, QueryWindow window, SelectedRows selection, CancellationToken cancellationToken)
    {
        if (!selection.IsNarrow)
            return await Strata.CountAsync(reader, c => plan.Sources(window, c), Sampler.Chosen(selection), cancellationToken);
        var all = Strata.CountAsync(reader, c => plan.Sources(window, c), cancellationToken);
        var chosen = Strata.CountAsync(reader, c => plan.Sources(selection.Window, c, selection.Condition), cancellationToken);
        return (await all, await chosen);
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
            + (rows is > 0 and < FewRows ? " So few selected rows differ by chance; a score says little." : "") + (isWeighted ? " Shares count each row as many times as its sample rate says." : "");
    }

    private static string Share(double share) => share >= 1 ? "all" : share.ToString(share >= 0.01 ? "0.#%" : "0.##%", CultureInfo.InvariantCulture);
}
