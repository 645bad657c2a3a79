using Weir.Core.Query;

namespace Weir.Features.Questions.BubbleUp;

/// <summary>Chooses the columns that are compared.</summary>
internal sealed class ComparedColumns(IColumnDirectory directory)
{
    /// <summary>Attributes past which the least common ones are left out.</summary>
    public const int MostAttributes = 200;

    /// <summary>What is different in every row, or says the same as another column.</summary>
    private static readonly HashSet<string> Ids = new(StringComparer.Ordinal)
    {
        "trace.trace_id", "trace.span_id", "trace.parent_id", "occurrence_id", "item_id", "type", "severity_code", "dataset", "metric.name",
    };

    /// <returns>The columns, and the known facts about the attributes among them.</returns>
    /// <param name="without">Columns that define the selection: they differ by definition.</param>
    public async Task<(IReadOnlyList<ComparedColumn> Columns, IReadOnlyList<SeenColumn> Seen)> ChooseAsync(
        RowPlan plan, ExploreScope scope, IReadOnlyList<string>? only, IReadOnlyCollection<string> without, CancellationToken cancellationToken)
    {
        var signals = plan.Signals.Select(s => s.Signal).ToList();
        var seen = await directory.ColumnsAsync(new ColumnQuestion(scope.Dataset, signals, "", null, MostAttributes), cancellationToken);
        var chosen = new Dictionary<string, ComparedColumn>(StringComparer.Ordinal);
        foreach (var signal in signals)
        {
            foreach (var (name, _) in ColumnNames.Known(signal).Where(known => !Ids.Contains(known.Name)))
                chosen[name] = Typed(name, plan.TypeOf(name));
        }
        foreach (var column in seen)
            chosen.TryAdd(column.Key, new ComparedColumn(column.Key, FormOf(column.Types)));
        if (only is not null)
        {
            return (
                [.. only.Distinct(StringComparer.Ordinal).Where(name => !without.Contains(name)).Select(name => chosen.GetValueOrDefault(name) ?? Typed(name, plan.TypeOf(name)))],
                seen);
        }
        return ([.. chosen.Values.Where(c => !without.Contains(c.Name))], seen);
    }

    private static ComparedColumn Typed(string name, ColumnType type) => new(name, type switch
    {
        ColumnType.Number => ComparedAs.Number,
        ColumnType.Bool => ComparedAs.Flag,
        _ => ComparedAs.Text,
    });

    private static ComparedAs FormOf(IReadOnlyList<SeenType> types)
    {
        if (types.Count > 0 && types.All(t => t is SeenType.Integer or SeenType.Float))
            return ComparedAs.Number;
        return types is [SeenType.Boolean] ? ComparedAs.Flag : ComparedAs.Text;
    }
}
