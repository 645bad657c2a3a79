using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>Asks for groups, their points and the totals: in one pass where there are few cells, groups first where there are many.</summary>
internal sealed class GroupRunner(ITelemetryReader reader, QuerySpec spec, RowPlan rows, GroupPlan plan, bool series)
{
    /// <summary>Cells past which the groups are asked first. Tests set it lower.</summary>
    internal static long MostCells { get; set; } = 100_000;

    public long RowsRead { get; private set; }

    /// <summary>There are groups that are not among those given.</summary>
    public bool IsCut { get; private set; }

    /// <param name="Groups">Keys as the engine returns them, not yet converted to their types.</param>
    public sealed record Answer(IReadOnlyList<ResultGroup> Groups, ResultGroup Total);

    public async Task<Answer> RunAsync(QueryWindow window, CancellationToken cancellationToken)
    {
        if (plan.Keys.Count == 0)
            return Read(await AskAsync(window, [], null, int.MaxValue, cancellationToken), window);
        if (await TryAsync(Query(window, plan.Keys, null, series), cancellationToken) is { } once)
            return Read(once, window);
        var (keys, cut) = await TopAsync(window, cancellationToken);
        var answer = await OfGroupsAsync(window, keys, cancellationToken);
        IsCut = cut;
        return answer;
    }

    /// <summary>These groups only, and the totals of all rows.</summary>
    public async Task<Answer> OfGroupsAsync(QueryWindow window, IReadOnlyList<IReadOnlyList<object?>> keys, CancellationToken cancellationToken)
    {
        if (plan.Keys.Count == 0)
            return await RunAsync(window, cancellationToken);
        var total = Read(await AskAsync(window, [], null, int.MaxValue, cancellationToken), window).Total;
        if (keys.Count == 0)
            return new Answer([], total);
        var table = await TryAsync(Query(window, plan.Keys, plan.Among(keys), series) with { Totals = false, Having = null }, cancellationToken);
        // So many points of so many groups are not useful: the groups are returned without them.
        table ??= await AskAsync(window, plan.Keys, plan.Among(keys), int.MaxValue, cancellationToken, points: false);
        return Read(table, window) with { Total = total };
    }

    /// <summary>The rows of all other groups, as one.</summary>
    public async Task<IReadOnlyList<object?>> OthersAsync(QueryWindow window, IReadOnlyList<IReadOnlyList<object?>> keys, CancellationToken cancellationToken)
    {
        var among = plan.Among(keys);
        var table = await AskAsync(window, [], signal => new NotExpr(among(signal)), int.MaxValue, cancellationToken, points: false);
        return Read(table, window).Total.Values;
    }

    /// <summary>Which groups come first: only what the order and the conditions need is gathered.</summary>
    private async Task<(List<IReadOnlyList<object?>> Keys, bool Cut)> TopAsync(QueryWindow window, CancellationToken cancellationToken)
    {
        var orders = QueryOrder.Of(spec, plan);
        var needed = orders.Select(o => o.Value).Concat(Conditions().Select(c => c.Value)).OfType<PlannedValue>().Distinct().ToList();
        // A query with only a heatmap has no values to order groups by: they are ordered by their keys.
        if (needed.Count == 0 && plan.Values.Concat(plan.Calculations).FirstOrDefault() is { } any)
            needed.Add(any);
        var query = Query(window, plan.Keys, null, false) with { Totals = false, MostCells = 1_000_000_000 };
        query = query with
        {
            Values =
            [
                .. needed.Select((value, i) => new Selection($"o{i}", value.Value)),
                .. needed.Select((value, i) => (value, i)).Where(v => v.value.Exact is not null).Select(v => new Selection($"q{v.i}", v.value.Exact!)),
            ],
            Having = HavingOver(value => $"o{needed.IndexOf(value)}", value => $"q{needed.IndexOf(value)}"),
            OrderBy = [.. orders.SelectMany(o => OrderingOf(o, value => $"o{needed.IndexOf(value)}", value => $"q{needed.IndexOf(value)}"))],
        };
        query = Trim(query);
        var table = await TryAsync(query, cancellationToken) ?? throw new InvalidOperationException("more groups than there can be");
        // One group more than the limit shows whether there are others.
        var found = table.All("groups");
        var keys = found.Take(query.Limit).Select(row => (IReadOnlyList<object?>)[.. plan.Keys.Select(k => row[k.Name])]).ToList();
        return (keys, found.Count > query.Limit);
    }

    private async Task<ResultTable> AskAsync(
        QueryWindow window, IReadOnlyList<RowColumn> keys, Func<SignalColumns, Expr?>? also, int most, CancellationToken cancellationToken, bool points = true)
    {
        var query = Query(window, keys, also, series && points) with { MostCells = most };
        if (keys.Count > 0 || also is not null)
            query = query with { Having = null };
        return await TryAsync(query, cancellationToken) ?? throw new InvalidOperationException("more cells than there can be");
    }

    private async Task<ResultTable?> TryAsync(GroupedQuery query, CancellationToken cancellationToken)
    {
        var table = await reader.QueryGroupsAsync(query, cancellationToken);
        RowsRead += table?.RowsRead ?? 0;
        return table;
    }

    private GroupedQuery Query(QueryWindow window, IReadOnlyList<RowColumn> keys, Func<SignalColumns, Expr?>? also, bool points)
    {
        List<RowColumn> columns = [.. keys, .. plan.Columns];
        if (points)
            columns.Add(RowPlan.BucketOf(window));
        return new GroupedQuery
        {
            Sources = rows.Sources(window, columns, also, withHistograms: true),
            Keys = [.. keys.Select(k => k.Name)],
            Bucket = points ? "b" : null,
            Accumulators = plan.Accumulators,
            Values =
            [
                .. plan.Values.Select((value, i) => new Selection($"v{i}", value.Value)),
                .. plan.Values.Select((value, i) => (value, i)).Where(v => v.value.IsRate).Select(v => new Selection($"r{v.i}", v.value.Point)),
                .. plan.Values.Select((value, i) => (value, i)).Where(v => v.value.Exact is not null).Select(v => new Selection($"e{v.i}", v.value.Exact!)),
                .. Hidden().Select((value, i) => new Selection($"h{i}", value.Value)),
                .. Hidden().Select((value, i) => (value, i)).Where(v => v.value.Exact is not null).Select(v => new Selection($"q{v.i}", v.value.Exact!)),
            ],
            Having = keys.Count == 0 ? null : HavingOver(NameOf, ExactNameOf),
            OrderBy = keys.Count == 0 ? [] : [.. QueryOrder.Of(spec, plan).SelectMany(o => OrderingOf(o, NameOf, ExactNameOf))],
            Limit = spec.Limit ?? SpecCheck.DefaultLimit,
            MostCells = MostCells,
        };
    }

    /// <summary>What orders or conditions need beside what is shown: calculations that formulas stand in for.</summary>
    private List<PlannedValue> Hidden() =>
        [.. QueryOrder.Of(spec, plan).Select(o => o.Value).Concat(Conditions().Select(c => c.Value)).OfType<PlannedValue>().Distinct().Except(plan.Values)];

    private string NameOf(PlannedValue value) => PlaceOf(value) is >= 0 and var shown ? $"v{shown}" : $"h{Hidden().IndexOf(value)}";

    private string ExactNameOf(PlannedValue value) => PlaceOf(value) is >= 0 and var shown ? $"e{shown}" : $"q{Hidden().IndexOf(value)}";

    private int PlaceOf(PlannedValue value) => plan.Values.Index().FirstOrDefault(v => ReferenceEquals(v.Item, value), (Index: -1, Item: null!)).Index;

    /// <summary>Whole numbers that are one as floating point are told apart by their digits.</summary>
    private static IEnumerable<Ordering> OrderingOf(QueryOrder order, Func<PlannedValue, string> name, Func<PlannedValue, string> exactName)
    {
        yield return new Ordering(new FieldExpr(order.Value is { } value ? name(value) : order.Key!), order.Descending);
        if (order.Value is { Exact: not null } exact)
            yield return new Ordering(new FieldExpr(exactName(exact)), order.Descending);
    }

    private IEnumerable<(PlannedValue Value, Having Having)> Conditions() =>
        spec.Havings.Select(having => (plan.Find(SpecCheck.Find(spec, having.Op, having.Column)!.Key)!, having));

    private Expr? HavingOver(Func<PlannedValue, string> name, Func<PlannedValue, string> exactName)
    {
        var conditions = Conditions().Select(c =>
        {
            var op = c.Having.Comparison switch
            {
                FilterOp.Equal => CompareOp.Equal,
                FilterOp.NotEqual => CompareOp.NotEqual,
                FilterOp.Greater => CompareOp.Greater,
                FilterOp.GreaterOrEqual => CompareOp.GreaterOrEqual,
                FilterOp.Less => CompareOp.Less,
                _ => CompareOp.LessOrEqual,
            };
            var number = new ConstExpr(c.Having.Value);
            Expr any = new CompareExpr(op, new FieldExpr(name(c.Value)), number);
            if (c.Value.Exact is null || c.Having.Value is not long whole || IsExactAsFloat(whole))
                return any;
            var exact = new FieldExpr(exactName(c.Value));
            var has = new ExistsExpr(exact);
            return (has & new CompareExpr(op, exact, number)) | (!has & any);
        }).ToList();
        return conditions.Count == 0 ? null : new AndExpr(conditions);
    }

    // Below this, rounding to floating point changes no order.
    private static bool IsExactAsFloat(long number) => number is > -(1L << 53) and < 1L << 53;

    /// <summary>Without the accumulators and columns that no value reads.</summary>
    private static GroupedQuery Trim(GroupedQuery query)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in query.Values)
            Names(value.Value, used);
        var accumulators = query.Accumulators.Where(a => used.Contains(a.Name)).ToList();
        var columns = new HashSet<string>(query.Keys, StringComparer.Ordinal) { "w" };
        columns.UnionWith(accumulators.Select(a => a.Column).OfType<string>());
        return query with
        {
            Accumulators = accumulators,
            Sources = [.. query.Sources.Select(s => s with { Columns = [.. s.Columns.Where(c => columns.Contains(c.Name))] })],
        };
    }

    private static void Names(Expr expr, HashSet<string> names)
    {
        switch (expr)
        {
            case FieldExpr field:
                names.Add(field.Name);
                break;
            case CallExpr call:
                foreach (var argument in call.Arguments)
                    Names(argument, names);
                break;
            case AndExpr and:
                foreach (var operand in and.Operands)
                    Names(operand, names);
                break;
            case OrExpr or:
                foreach (var operand in or.Operands)
                    Names(operand, names);
                break;
            case NotExpr not:
                Names(not.Operand, names);
                break;
            case CompareExpr compare:
                Names(compare.Left, names);
                Names(compare.Right, names);
                break;
            case InExpr list:
                Names(list.Operand, names);
                break;
            case ExistsExpr exists:
                Names(exists.Operand, names);
                break;
            case UnionExpr union:
                foreach (var part in new[] { union.Text, union.Integer, union.Float, union.Bool }.OfType<Expr>())
                    Names(part, names);
                break;
        }
    }

    private Answer Read(ResultTable table, QueryWindow window)
    {
        var groups = new List<ResultGroup>();
        var total = new ResultGroup([], [.. plan.Values.Select(v => v.IsWhole ? (object?)0L : null)], series ? Empty(window) : null);
        var limit = spec.Limit ?? SpecCheck.DefaultLimit;
        foreach (var row in table.All("groups and buckets"))
        {
            switch ((RowKind)row.Long("kind"))
            {
                case RowKind.Whole:
                    total = total with { Values = ValuesOf(row) };
                    break;
                case RowKind.Bucket:
                    if (total.Points is { } points && row.Long("bucket") < window.Buckets)
                        SetPoint(points, (int)row.Long("bucket"), i => row[PointName(i)], i => row[$"e{i}"]);
                    break;
                default:
                    IsCut |= groups.Count == limit;
                    if (groups.Count < limit)
                        groups.Add(new ResultGroup([.. plan.Keys.Select(k => row[k.Name])], ValuesOf(row), PointsOf(row, window)));
                    break;
            }
        }
        return new Answer([.. groups.Select(Rated)], Rated(total));
    }

    private object?[] ValuesOf(ResultRow row) => [.. plan.Values.Select((value, i) => Number(value, row[$"v{i}"], value.Exact is null ? null : row[$"e{i}"]))];

    private string PointName(int value) => plan.Values[value].IsRate ? $"r{value}" : $"v{value}";

    private List<object?[]>? PointsOf(ResultRow row, QueryWindow window)
    {
        if (row.ColumnOrNull("points") is not object?[] cells)
            return null;
        var points = Empty(window);
        var rates = plan.Values.Index().Where(v => v.Item.IsRate).Select(v => v.Index).ToList();
        var exact = plan.Values.Index().Where(v => v.Item.Exact is not null).Select(v => v.Index).ToList();
        foreach (var cell in cells.OfType<object?[]>())
        {
            if (cell[0] is long bucket && bucket < window.Buckets)
            {
                SetPoint(
                    points, (int)bucket,
                    i => cell[1 + (plan.Values[i].IsRate ? plan.Values.Count + rates.IndexOf(i) : i)],
                    i => cell[1 + plan.Values.Count + rates.Count + exact.IndexOf(i)]);
            }
        }
        return points;
    }

    private void SetPoint(IReadOnlyList<object?[]> points, int bucket, Func<int, object?> value, Func<int, object?> exact)
    {
        for (var i = 0; i < plan.Values.Count; i++)
            points[i][bucket] = Number(plan.Values[i], value(i), plan.Values[i].Exact is null ? null : exact(i));
    }

    private List<object?[]> Empty(QueryWindow window) => [.. plan.Values.Select(_ => new object?[window.Buckets])];

    /// <summary>Turns the points of rates into differences between neighbours.</summary>
    private ResultGroup Rated(ResultGroup group)
    {
        if (group.Points is { } points)
        {
            foreach (var (i, value) in plan.Values.Index())
            {
                if (!value.IsRate)
                    continue;
                for (var bucket = points[i].Length - 1; bucket > 0; bucket--)
                    points[i][bucket] = points[i][bucket] is double now && points[i][bucket - 1] is double before ? now - before : null;
                points[i][0] = null;
            }
        }
        return group;
    }

    /// <param name="exact">The same number with all its digits, where it is a whole one.</param>
    private static object? Number(PlannedValue value, object? raw, object? exact) => raw switch
    {
        double when exact is long whole && !IsFloat(whole) => whole,
        null when value.IsWhole => 0L,
        double number when !double.IsFinite(number) => null,
        double number when value.IsWhole => (long)number,
        double number when value.IsSingle && (float)number == number => double.Parse(((float)number).ToString("R"), System.Globalization.CultureInfo.InvariantCulture),
        ulong number when value.Op is null => (double)number,
        ulong number => (long)Math.Min(number, long.MaxValue),
        long number when !value.IsWhole && value.Op is not null => (double)number,
        _ => raw,
    };

    private static bool IsFloat(long number) => (double)number is > long.MinValue and < long.MaxValue and var same && (long)same == number;
}
