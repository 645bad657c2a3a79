using Weir.Core.Explore.Fields;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Core.Explore;

/// <summary>Finds out what the rows are like, as far as it changes how they are read.</summary>
internal sealed class RowPlanner(ITelemetryReader reader)
{
    private const int MostResources = 5000;

    /// <summary>Throws <see cref="SpecException"/> and <see cref="FaultException"/>.</summary>
    public async Task<(RowPlan Plan, long RowsRead)> PlanAsync(QuerySpec spec, ExploreScope scope, QueryWindow window, CancellationToken cancellationToken)
    {
        var calculated = Fields([.. scope.DerivedColumns ?? [], .. spec.CalculatedFields]);
        var signals = (spec.Signals ?? QuerySpec.DefaultSignals).Distinct().ToList();
        var traits = await Task.WhenAll(signals.Select(signal => TraitsAsync(signal, scope, window, cancellationToken)));
        // A signal without rows in this time costs a branch of the statement and, worse, the types that only one signal keeps.
        var present = traits.Where(t => t.HasRows).ToList();
        if (present.Count == 0)
            present = [traits[0]];
        var plan = new RowPlan(
            spec, scope, [.. present.Select(t => new SignalColumns(t.Signal, calculated, t.ResourceKeys))], present.Any(t => t.Sampled));
        return (plan, traits.Sum(t => t.RowsRead));
    }

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

    private sealed record Traits(Signal Signal, bool HasRows, IReadOnlySet<string>? ResourceKeys, bool Sampled, long RowsRead);

    private async Task<Traits> TraitsAsync(Signal signal, ExploreScope scope, QueryWindow window, CancellationToken cancellationToken)
    {
        var resource = new FieldExpr("resource");
        var rate = RowPlan.HasDuration(signal) ? new CallExpr(Function.Max, [new FieldExpr("sample_rate")]) : (Expr)new ConstExpr(1L);
        var table = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = signal,
                Range = window.Range,
                Environment = scope.Environment,
                Select = [new Selection("keys", new CallExpr(Function.JsonKeys, [resource])), new Selection("rate", rate)],
                GroupBy = [resource],
                Limit = MostResources,
                Budget = QueryBudget.Long,
            },
            cancellationToken);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in table.Rows)
        {
            foreach (var key in row.Array("keys").OfType<string>())
                keys.Add(key);
        }
        return new Traits(
            signal, table.Rows.Count > 0, table.Truncated ? null : keys, table.Truncated || table.Rows.Any(row => row.Long("rate") > 1), table.RowsRead);
    }
}
