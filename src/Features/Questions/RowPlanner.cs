using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions.Fields;

namespace Weir.Features.Questions;

/// <summary>Finds the properties of the rows that change how they are read.</summary>
internal sealed class RowPlanner(ITelemetryReader reader, IColumnDirectory? directory)
{
    /// <summary>Throws <see cref="SpecException"/> and <see cref="FaultException"/>.</summary>
    /// <param name="more">Columns that are read beside those the question names.</param>
    /// <param name="weighted">True when sampled rows are known to exist.</param>
    public async Task<(RowPlan Plan, long RowsRead)> PlanAsync(
        QuerySpec spec, ExploreScope scope, QueryWindow window, CancellationToken cancellationToken, IReadOnlyCollection<string>? more = null, bool weighted = false)
    {
        var calculated = Fields([.. scope.DerivedColumns ?? [], .. spec.CalculatedFields]);
        var signals = SignalsOf(spec);
        SeriesCheck.Throw(spec, calculated);
        var looking = SeenAsync(spec, calculated, more ?? [], cancellationToken);
        var traits = await Task.WhenAll(signals.Select(signal => TraitsAsync(signal, RowPlan.OwnRows(spec, signal), scope, Asked(spec, window), weighted, cancellationToken)));
        var seen = await looking;
        // A signal without rows in this time costs a branch of the statement and, worse, the types that only one signal keeps.
        var present = traits.Where(t => t.HasRows).ToList();
        if (present.Count == 0)
            present = [traits[0]];
        var plan = new RowPlan(
            spec, scope, [.. present.Select(t => new SignalColumns(t.Signal, calculated, seen, window.Grid))], weighted || present.Any(t => t.Sampled))
        {
            Warnings = ColumnWarnings.Of(spec, [.. signals.Select(signal => new SignalColumns(signal, calculated, seen, window.Grid))], calculated, seen),
        };
        return (plan, traits.Sum(t => t.RowsRead));
    }

    /// <summary>What <see cref="WasSampledSinceAsync"/> compares with; to be taken before the plan is made.</summary>
    public IReadOnlyDictionary<Signal, long?> Loads(QuerySpec spec) => SignalsOf(spec).Where(RowPlan.HasSampleRate).ToDictionary(s => s, reader.LoadsOf);

    /// <summary>
    /// True when rows that stand for several were loaded after a plan was made that takes each row for one: answers of such a plan count them wrong.
    /// Where nothing was loaded, nothing is asked.
    /// </summary>
    public async Task<bool> WasSampledSinceAsync(
        IReadOnlyDictionary<Signal, long?> loads, QuerySpec spec, ExploreScope scope, QueryWindow window, CancellationToken cancellationToken)
    {
        foreach (var (signal, before) in loads)
        {
            if ((before is null || reader.LoadsOf(signal) != before)
                && (await AnyAsync(signal, Both(IsSampled, AskedRows.Condition(signal)), scope, Asked(spec, window), cancellationToken)).Found)
                return true;
        }
        return false;
    }

    private static List<Signal> SignalsOf(QuerySpec spec) => [.. (spec.Signals ?? QuerySpec.DefaultSignals).Distinct()];

    /// <summary>The compared period is queried as well, with the same plan.</summary>
    private static QueryWindow Asked(QuerySpec spec, QueryWindow window) =>
        spec.CompareOffset is { } offset ? window with { StartNs = window.Back(offset).StartNs } : window;

    private static List<(string, CalculatedField)> Fields(IReadOnlyList<CalculatedFieldDefinition> definitions)
    {
        var fields = new List<(string, CalculatedField)>();
        foreach (var definition in definitions)
        {
            if (CalculatedField.TryParse(definition.Expression, out var field, out _))
                fields.Add((definition.Name, field));
        }
        return fields;
    }

    private static Expr? Both(Expr? one, Expr? other) => one is null ? other : other is null ? one : one & other;

    private sealed record Traits(Signal Signal, bool HasRows, bool Sampled, long RowsRead);

    private static CompareExpr IsSampled { get; } = new(CompareOp.Greater, new FieldExpr("sample_rate"), new ConstExpr(1L));

    private async Task<Traits> TraitsAsync(Signal signal, Expr? own, ExploreScope scope, QueryWindow window, bool weighted, CancellationToken cancellationToken)
    {
        // Both queries stop at the first row they find; where no row was sampled, the first reads only the sample rates.
        var asked = AskedRows.Condition(signal);
        var sampled = weighted || !RowPlan.HasSampleRate(signal) ? (Found: false, RowsRead: 0) : await AnyAsync(signal, Both(IsSampled, asked), scope, window, cancellationToken);
        if (sampled.Found)
            return new Traits(signal, HasRows: true, Sampled: true, sampled.RowsRead);
        var any = await AnyAsync(signal, Both(own, asked), scope, window, cancellationToken);
        return new Traits(signal, any.Found, Sampled: false, sampled.RowsRead + any.RowsRead);
    }

    private async Task<(bool Found, long RowsRead)> AnyAsync(Signal signal, Expr? where, ExploreScope scope, QueryWindow window, CancellationToken cancellationToken)
    {
        var table = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = signal,
                Range = window.Range,
                Environment = scope.Environment,
                Select = [new Selection("any", new ConstExpr(1L))],
                Where = where,
                Limit = 1,
                Budget = QueryBudget.Long,
            },
            cancellationToken);
        return (table.First is not null, table.RowsRead);
    }

    /// <summary>For every attribute that the query names.</summary>
    private async Task<IReadOnlyDictionary<string, SeenColumn?>> SeenAsync(
        QuerySpec spec, IReadOnlyList<(string, CalculatedField Field)> calculated, IReadOnlyCollection<string> more, CancellationToken cancellationToken)
    {
        if (directory is null)
            return new Dictionary<string, SeenColumn?>(StringComparer.Ordinal);
        var names = spec.Breakdowns.Concat(more)
            .Concat(spec.Calculations.Select(c => c.Column).OfType<string>())
            .Concat(spec.Calculations.SelectMany(c => c.Filters ?? []).Concat(spec.Filters).Select(f => f.Column))
            .Concat(calculated.SelectMany(c => c.Field.Columns));
        var keys = names.Select(name => SpecCheck.RelationOf(name) is { } prefix ? name[prefix.Length..] : name)
            .SelectMany(name => ColumnNames.KeyAfterPrefix(name) is { } key ? [name, key] : new[] { name }).ToHashSet(StringComparer.Ordinal);
        var seen = keys.ToDictionary(key => key, _ => (SeenColumn?)null, StringComparer.Ordinal);
        foreach (var column in await directory.FindAsync(keys, cancellationToken))
            seen[column.Key] = column;
        return seen;
    }
}
