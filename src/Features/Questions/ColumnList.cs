using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>A column one can ask for.</summary>
/// <param name="Types">One for a typed column; each that was seen for an attribute.</param>
public sealed record ListedColumn(string Name, IReadOnlyList<SeenType> Types, IReadOnlyList<Signal> Signals);

/// <summary>A stretch of a list of columns.</summary>
/// <param name="Total">How many columns the list has, with those that are not in the stretch.</param>
public sealed record ColumnPage(IReadOnlyList<ListedColumn> Columns, long Total);

/// <summary>All columns of the signals: those that every row has, then the attributes the directory knows.</summary>
public sealed class ColumnList(IColumnDirectory directory)
{
    /// <summary>
    /// Columns whose name has <paramref name="part"/> somewhere, whatever the case; those that begin with it first. An attribute that has
    /// the name of a typed column of the same signals is that column. Only the page is read, however many there are.
    /// </summary>
    public async Task<ColumnPage> FindAsync(
        IReadOnlyList<string>? datasets, IReadOnlyList<Signal> signals, string part, long offset, int limit, CancellationToken cancellationToken)
    {
        var known = await KnownAsync(datasets, signals, part, cancellationToken);
        var attributes = new ColumnQuestion(datasets, signals, part, null, limit) { Except = [.. known.Select(c => c.Name)] };
        var total = known.Count + await directory.CountAsync(attributes, cancellationToken);
        List<ListedColumn> beginning = [.. known.Where(c => Begins(c, part))];
        List<ListedColumn> others = [.. known.Where(c => !Begins(c, part))];
        // Typed columns that begin with the text, attributes that do, the other typed ones, the other attributes: the directory has the
        // attributes in that order too.
        var attributesBeginning = others.Count == 0 ? long.MaxValue : await directory.CountAsync(attributes with { Begins = true }, cancellationToken);
        var page = new List<ListedColumn>();
        page.AddRange(Slice(beginning, offset));
        var at = Math.Max(0, offset - beginning.Count);
        await AttributesAsync(at, attributesBeginning);
        if (others.Count == 0)
            return new ColumnPage(page, total);
        at = Math.Max(0, at - attributesBeginning);
        page.AddRange(Slice(others, at));
        at = Math.Max(0, at - others.Count);
        await AttributesAsync(attributesBeginning + at, long.MaxValue);
        return new ColumnPage(page, total);

        IEnumerable<ListedColumn> Slice(List<ListedColumn> of, long from) => of.Skip((int)Math.Min(from, of.Count)).Take(limit - page.Count);

        async Task AttributesAsync(long from, long to)
        {
            var wanted = (int)Math.Min(limit - page.Count, to - from);
            if (wanted <= 0)
                return;
            var seen = await directory.ColumnsAsync(attributes with { Limit = wanted, Offset = (int)Math.Min(from, int.MaxValue) }, cancellationToken);
            page.AddRange(seen.Select(column => new ListedColumn(column.Key, column.Types, column.Signals)));
        }
    }

    private static bool Begins(ListedColumn column, string part) => column.Name.StartsWith(part, StringComparison.OrdinalIgnoreCase);

    /// <summary>Typed columns, with the signals where an attribute has the name.</summary>
    private async Task<List<ListedColumn>> KnownAsync(
        IReadOnlyList<string>? datasets, IReadOnlyList<Signal> signals, string part, CancellationToken cancellationToken)
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
        if (known.Count == 0)
            return [];
        var alike = await directory.ColumnsAsync(new ColumnQuestion(datasets, signals, part, null, known.Count) { Among = known.Keys }, cancellationToken);
        foreach (var column in alike)
        {
            var typed = known[column.Key];
            if (column.Signals.Except(typed.Signals).Any())
                known[column.Key] = typed with { Signals = [.. typed.Signals.Union(column.Signals).Order()] };
        }
        return [.. known.Values.OrderBy(c => c.Name, StringComparer.Ordinal)];
    }

    private static SeenType TypeOf(ColumnType type) => type switch
    {
        ColumnType.Number => SeenType.Float,
        ColumnType.Bool => SeenType.Boolean,
        _ => SeenType.String,
    };
}
