using System.Diagnostics;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>What of an answer is wanted.</summary>
/// <param name="Series">Points over time.</param>
/// <param name="Others">The combined values of the groups that are not shown.</param>
public sealed record QueryWants(bool Series = true, bool Others = true);

/// <summary>Answers questions: checks, plans, asks the reader as often as it takes, and puts the answer together.</summary>
/// <param name="work">Receives the statistics of the engine's work for the query.</param>
public sealed class QueryRunner(ITelemetryReader source, TimeProvider time, IColumnDirectory? directory = null, QueryWork? work = null)
{
    private readonly ITelemetryReader _reader = work is null ? source : source.Watched(work);

    /// <summary>Points of all groups past which only the first groups get theirs.</summary>
    private const int MostPoints = 100_000;

    /// <summary>
    /// Throws <see cref="SpecException"/> for a specification that can't be asked, <see cref="FaultException"/> (Invalid, LimitExceeded,
    /// Unavailable) when the asking fails. Cancelling stops the engine's work.
    /// </summary>
    public async Task<QueryResult> RunAsync(QuerySpec spec, ExploreScope scope, QueryWants wants, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var now = time.GetUtcNow();
        if (SpecCheck.Errors(spec, now, wants.Series) is { Count: > 0 } errors)
            throw new SpecException(errors);
        var window = QueryWindow.Of(spec, now, [])!;
        spec = Normalised(spec, window);
        var planner = new RowPlanner(_reader, directory);
        var loads = planner.Loads(spec);
        var (rows, rowsRead) = await planner.PlanAsync(spec, scope, window, cancellationToken);
        var result = await AnswerAsync(spec, rows, rowsRead, window, wants, now, clock, cancellationToken);
        if (rows.Weight is not null || !await planner.WasSampledSinceAsync(loads, spec, scope, window, cancellationToken))
            return result;
        // Rows that stand for several came while the others were asked for, and may have been counted as one each.
        (rows, rowsRead) = await planner.PlanAsync(spec, scope, window, cancellationToken, weighted: true);
        return await AnswerAsync(spec, rows, rowsRead, window, wants, now, clock, cancellationToken);
    }

    private async Task<QueryResult> AnswerAsync(
        QuerySpec spec, RowPlan rows, long rowsRead, QueryWindow window, QueryWants wants, DateTimeOffset now, Stopwatch clock, CancellationToken cancellationToken)
    {
        rows = await new HistogramPlanner(_reader).PlanAsync(spec, rows, window, cancellationToken);
        var plan = new GroupPlan(spec, rows, window);
        var groups = new GroupRunner(_reader, spec, rows, plan, wants.Series);
        var hasGroups = plan.Calculations.Count > 0 || plan.Keys.Count > 0;
        var answer = hasGroups ? await groups.RunAsync(window, cancellationToken) : new GroupRunner.Answer([], new ResultGroup([], [], null));
        var keys = answer.Groups.Select(g => g.Key).ToList();
        var types = new KeyTypes(_reader, rows);
        var restore = await types.OfAsync(spec.Breakdowns, answer.Groups, window, cancellationToken);
        var warnings = new List<string>(rows.Warnings);
        // Callers that need only the numbers, such as triggers, do not read warnings.
        if ((wants.Series || wants.Others) && await AheadAsync(rows, window, now, cancellationToken) is { } ahead)
            warnings.Add(ahead);

        IReadOnlyList<object?>? others = null;
        if (wants.Others && keys.Count > 0 && (groups.IsCut || spec.Havings.Count > 0))
            others = await OthersAsync(groups, plan, window, answer, spec, cancellationToken);
        var heatmaps = new List<Heatmap>();
        var heatmapRunner = new HeatmapRunner(_reader, rows);
        foreach (var calculation in spec.Calculations.Where(c => c.Op == CalculationOp.Heatmap))
            heatmaps.Add(await heatmapRunner.RunAsync(calculation, window, cancellationToken));
        if (wants.Series)
            rowsRead += await FillConcurrencyAsync(spec, rows, plan, answer, window, AreAll(groups, spec), cancellationToken);
        var compared = spec.CompareOffset is { } offset
            ? await CompareAsync(spec, rows, groups, plan, keys, window.Back(offset), offset, restore, wants, cancellationToken) : null;

        var restored = Restored(answer.Groups, restore);
        return new QueryResult
        {
            Spec = spec,
            Window = window,
            Columns = Columns(spec, rows, plan, restored, answer.Total),
            Groups = hasGroups ? Shortened(restored, window, warnings) : [],
            Total = answer.Total,
            Other = others,
            Heatmaps = heatmaps,
            Compared = compared,
            Statistics = new QueryStatistics(
                rowsRead + groups.RowsRead + types.RowsRead + heatmapRunner.RowsRead, clock.Elapsed, work?.BytesRead, Matched(spec, rows, plan, answer.Total)),
            Warnings = warnings,
        };
    }

    private static QuerySpec Normalised(QuerySpec spec, QueryWindow window) => spec with
    {
        Calculations = spec.Calculations.Count == 0 ? [new Calculation(CalculationOp.Count)] : spec.Calculations,
        Breakdowns = [.. spec.Breakdowns.Distinct(StringComparer.Ordinal)],
        Limit = spec.Limit ?? SpecCheck.DefaultLimit,
        TimeRange = null,
        StartTime = window.Start,
        EndTime = window.End,
        Granularity = window.Granularity,
    };

    private static async Task<IReadOnlyList<object?>> OthersAsync(
        GroupRunner groups, GroupPlan plan, QueryWindow window, GroupRunner.Answer answer, QuerySpec spec, CancellationToken cancellationToken)
    {
        if (!plan.Values.All(v => v.IsAdditive) || spec.Calculations.Any(c => c.Filters is { Count: > 0 }))
            return await groups.OthersAsync(window, [.. answer.Groups.Select(g => g.Key)], cancellationToken);
        return
        [
            .. plan.Values.Select((value, i) => answer.Total.Values[i] switch
            {
                long total => (object?)(total - answer.Groups.Sum(g => g.Values[i] is long own ? own : 0)),
                double total => total - answer.Groups.Sum(g => g.Values[i] is double own ? own : 0),
                _ => null,
            }),
        ];
    }

    private async Task<long> FillConcurrencyAsync(
        QuerySpec spec, RowPlan rows, GroupPlan plan, GroupRunner.Answer answer, QueryWindow window, bool areAll, CancellationToken cancellationToken)
    {
        long read = 0;
        // The groups that get a series over time.
        var shown = answer.Groups.Take(MostSeries(window)).Where(g => g.Points is not null).Select(g => g.Key).ToList();
        foreach (var (i, value) in plan.Values.Index())
        {
            if (value.Op != CalculationOp.Concurrency)
                continue;
            var runner = new ConcurrencyRunner(_reader, rows, plan);
            var points = await runner.RunAsync(
                spec.Calculations.First(c => c.Key == value.Key), window, shown, areAll && shown.Count == answer.Groups.Count, cancellationToken);
            read += runner.RowsRead;
            foreach (var group in answer.Groups.Append(answer.Total))
            {
                if (group.Points is { } series && points.TryGetValue(group.Key.Count == 0 ? ConcurrencyRunner.Whole : ConcurrencyRunner.KeyOf(group.Key), out var own))
                    own.Select(p => (object?)p).ToArray().CopyTo(series[i], 0);
            }
        }
        return read;
    }

    private async Task<ComparedPeriod> CompareAsync(
        QuerySpec spec, RowPlan rows, GroupRunner groups, GroupPlan plan, List<IReadOnlyList<object?>> keys, QueryWindow window, double offset,
        IReadOnlyList<Func<object?, object?>> restore, QueryWants wants, CancellationToken cancellationToken)
    {
        // Rates and shares depend on the window, so they are planned again.
        var then = new GroupPlan(spec, rows, window);
        var runner = new GroupRunner(_reader, spec, rows, then, wants.Series);
        var answer = await runner.OfGroupsAsync(window, keys, cancellationToken);
        if (wants.Series)
            await FillConcurrencyAsync(spec, rows, then, answer, window, areAll: false, cancellationToken);
        var found = answer.Groups.ToDictionary(g => ConcurrencyRunner.KeyOf(g.Key), StringComparer.Ordinal);
        var aligned = keys.Select(key => found.GetValueOrDefault(ConcurrencyRunner.KeyOf(key))
            ?? new ResultGroup(key, new object?[plan.Values.Count], wants.Series ? [.. plan.Values.Select(_ => new object?[window.Buckets])] : null)).ToList();
        return new ComparedPeriod(offset, Restored(aligned, restore), answer.Total);
    }

    /// <summary>A COUNT of rows that each stand for themselves is how many there were.</summary>
    private static long? Matched(QuerySpec spec, RowPlan rows, GroupPlan plan, ResultGroup total)
    {
        if (rows.Weight is not null || spec.Calculations.FirstOrDefault(c => c is { Op: CalculationOp.Count, Column: null, Filters: null or { Count: 0 } }) is not { } count)
            return null;
        var index = plan.Values.Index().FirstOrDefault(v => v.Item.Op == CalculationOp.Count && v.Item.Key == count.Key, (-1, null!)).Index;
        return index < 0 ? null : total.Values[index] as long?;
    }

    private static List<ResultGroup> Restored(IReadOnlyList<ResultGroup> groups, IReadOnlyList<Func<object?, object?>> restore) =>
        [.. groups.Select(group => group with { Key = [.. group.Key.Select((key, i) => restore[i](key))] })];

    private static int MostSeries(QueryWindow window) => Math.Max(1, MostPoints / window.Buckets);

    private static bool AreAll(GroupRunner groups, QuerySpec spec) => !groups.IsCut && spec.Havings.Count == 0;

    private async Task<string?> AheadAsync(RowPlan rows, QueryWindow window, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var column = new RowColumn("t", ColumnForm.AsIs, signal => RowsAhead.Time(signal.Signal));
        var ahead = await RowsAhead.ReadAsync(
            _reader, [.. rows.Signals.Select(s => s.Signal)], window.Range, now,
            later => rows.Sources(QueryWindow.Of(later), [column]), cancellationToken);
        return ahead is null ? null : AheadNotice.Text(ahead);
    }

    private static List<ResultGroup> Shortened(List<ResultGroup> groups, QueryWindow window, List<string> warnings)
    {
        var most = MostSeries(window);
        if (groups.Count <= most || groups[0].Points is null)
            return groups;
        warnings.Add($"Only the first {most} of {groups.Count} groups have a series.");
        return [.. groups.Select((group, i) => i < most ? group : group with { Points = null })];
    }

    private static List<QueryResultColumn> Columns(QuerySpec spec, RowPlan rows, GroupPlan plan, List<ResultGroup> groups, ResultGroup total) =>
    [
        .. spec.Breakdowns.Select((column, i) => new QueryResultColumn(
            column, ResultColumnKind.Breakdown, null, column, TypeOf(groups.Select(g => g.Key[i]), rows.TypeOf(column)))),
        .. plan.Values.Select((value, i) => new QueryResultColumn(
            value.Key,
            value.Op is null ? ResultColumnKind.Formula : ResultColumnKind.Calculation,
            value.Op,
            value.Column,
            value.IsWhole ? "integer" : value.Op is null ? TypeOf(groups.Select(g => g.Values[i]).Append(total.Values[i]), ColumnType.Number) : "float")),
    ];

    private static string TypeOf(IEnumerable<object?> values, ColumnType otherwise) => values.FirstOrDefault(v => v is not null) switch
    {
        string => "string",
        bool => "boolean",
        long => "integer",
        double => "float",
        _ => otherwise switch { ColumnType.Number => "float", ColumnType.Bool => "boolean", _ => "string" },
    };
}
