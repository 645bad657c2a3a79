using System.Globalization;
using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>
/// Groups are made of attributes as text, so that 200 and "200" are one group. This gives numbers and booleans their type back, where all
/// rows agree on it.
/// </summary>
internal sealed class KeyTypes(ITelemetryReader reader, RowPlan rows)
{
    private const int MostRows = 200_000;

    public long RowsRead { get; private set; }

    /// <summary>What makes a value of a group's text, for each breakdown.</summary>
    public async Task<IReadOnlyList<Func<object?, object?>>> OfAsync(
        IReadOnlyList<string> breakdowns, IReadOnlyList<ResultGroup> groups, QueryWindow window, CancellationToken cancellationToken)
    {
        var restore = new List<Func<object?, object?>>();
        foreach (var (i, column) in breakdowns.Index())
            restore.Add(await OfAsync(column, [.. groups.Select(g => g.Key[i])], window, cancellationToken));
        return restore;
    }

    private async Task<Func<object?, object?>> OfAsync(string column, List<object?> keys, QueryWindow window, CancellationToken cancellationToken)
    {
        if (SpecCheck.RelationOf(column) is not null)
            return static key => key;
        switch (rows.TypeOf(column))
        {
            case ColumnType.Bool:
                return static key => key switch { long number => number != 0, "true" or "1" => true, "false" or "0" => false, _ => key };
            case ColumnType.Text or ColumnType.Number:
                return static key => key is ulong number ? (long)number : key;
        }
        var texts = keys.OfType<string>().ToList();
        if (texts.Count == 0 || !(texts.TrueForAll(t => Number(t) is not null) || texts.TrueForAll(t => t is "true" or "false")))
            return static key => key;
        var types = await TypesAsync(column, window, cancellationToken);
        return types switch
        {
            _ when types.Count > 0 && types.IsSubsetOf(["Int64", "Float64"]) => static key => key is string text ? Number(text) ?? key : key,
            _ when types.SetEquals(["Bool"]) => static key => key is string text ? text == "true" : key,
            _ => static key => key,
        };
    }

    private static object? Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number
        : null;

    /// <summary>Looks at some rows only: a type that few rows have is not worth reading all.</summary>
    private async Task<HashSet<string>> TypesAsync(string column, QueryWindow window, CancellationToken cancellationToken)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (var signal in rows.Signals)
        {
            switch (signal.Read(column).Type)
            {
                case ColumnType.Text:
                    types.Add("String");
                    continue;
                case ColumnType.Number:
                    types.Add("Float64");
                    continue;
                case ColumnType.Bool:
                    types.Add("Bool");
                    continue;
            }
            if (signal.Resolve(column) is not AttributeExpr attribute)
            {
                // The status of the rows is true or false; other texts that were sent as this attribute form groups of their own.
                types.Add(column == "error" ? "Bool" : "String");
                continue;
            }
            if (attribute.Scope != AttributeScope.Record)
            {
                // For resources, only the text is known.
                types.Add("Float64");
            }
            var sources = rows.Sources(window, [new RowColumn("t", ColumnForm.AsIs, _ => new CallExpr(Function.TypeName, [attribute]))], _ => new ExistsExpr(attribute))
                .Where(s => s.Signal == signal.Signal).ToList();
            var table = await reader.QueryRowsAsync(
                new SourceQuery { Sources = sources, MostRows = MostRows, Select = [new Selection("t", new FieldExpr("t"))], GroupBy = [new FieldExpr("t")], Limit = 20 },
                cancellationToken);
            RowsRead += table.RowsRead;
            types.UnionWith(table.All("types").Select(row => row.Text("t")).Where(t => t != "None"));
        }
        return types;
    }
}
