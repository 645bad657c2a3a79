using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>A column one can ask for.</summary>
/// <param name="Types">One for a typed column; each that was seen for an attribute.</param>
public sealed record ListedColumn(string Name, IReadOnlyList<SeenType> Types, IReadOnlyList<Signal> Signals);

/// <summary>All columns of the signals: those that every row has, then the attributes the directory knows.</summary>
public sealed class ColumnList(IColumnDirectory directory)
{
    /// <summary>
    /// Columns whose name has <paramref name="part"/> somewhere, whatever the case; those that begin with it first. An attribute that has
    /// the name of a typed column of the same signals is that column.
    /// </summary>
    public async Task<IReadOnlyList<ListedColumn>> FindAsync(
        IReadOnlyList<string>? datasets, IReadOnlyList<Signal> signals, string part, int limit, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, ListedColumn>(StringComparer.Ordinal);
        foreach (var signal in signals)
        {
            foreach (var (name, type) in ColumnNames.Known(signal))
            {
                if (!name.Contains(part, StringComparison.OrdinalIgnoreCase))
                    continue;
                known[name] = known.TryGetValue(name, out var listed)
                    ? listed with { Signals = [.. listed.Signals, signal] } : new ListedColumn(name, [TypeOf(type)], [signal]);
            }
        }
        var seen = await directory.ColumnsAsync(new ColumnQuestion(datasets, signals, part, null, limit), cancellationToken);
        var attributes = new List<ListedColumn>();
        foreach (var column in seen)
        {
            if (!known.TryGetValue(column.Key, out var typed))
                attributes.Add(new ListedColumn(column.Key, column.Types, column.Signals));
            else if (column.Signals.Except(typed.Signals).Any())
                known[column.Key] = typed with { Signals = [.. typed.Signals.Union(column.Signals).Order()] };
        }
        return
        [
            .. known.Values.OrderBy(c => c.Name, StringComparer.Ordinal).Concat(attributes)
                .OrderByDescending(c => c.Name.StartsWith(part, StringComparison.OrdinalIgnoreCase)).Take(limit),
        ];
    }

    private static SeenType TypeOf(ColumnType type) => type switch
    {
        ColumnType.Number => SeenType.Float,
        ColumnType.Bool => SeenType.Boolean,
        _ => SeenType.String,
    };
}
