using System.Globalization;
using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>Filters as expressions over one signal's rows.</summary>
internal static class FilterExpressions
{
    private static readonly Expr Always = new AndExpr([]);
    private static readonly Expr Never = new OrExpr([]);

    public static Expr Of(IReadOnlyList<Filter> filters, FilterCombination combination, SignalColumns columns) => filters switch
    {
        [] => Always,
        [var only] => Of(only, columns),
        _ when combination == FilterCombination.Or => new OrExpr([.. filters.Select(f => Of(f, columns))]),
        _ => new AndExpr([.. filters.Select(f => Of(f, columns))]),
    };

    /// <summary>What does not hold for a row without the column holds for its negation.</summary>
    public static Expr Of(Filter filter, SignalColumns columns) => FilterOps.Positive(filter.Op) is { } positive
        ? !Holds(filter with { Op = positive }, columns)
        : Holds(filter, columns);

    private static Expr Holds(Filter filter, SignalColumns columns)
    {
        var column = columns.Resolve(filter.Column);
        var type = columns.TypeOf(filter.Column);
        if (IdExpressions.Of(filter, column) is { } id)
            return id;
        return filter.Op switch
        {
            FilterOp.Exists => new ExistsExpr(column),
            FilterOp.Equal when filter.Value is null => !new ExistsExpr(column),
            FilterOp.Equal => Compare(CompareOp.Equal, column, type, filter.Value),
            FilterOp.Less => Compare(CompareOp.Less, column, type, filter.Value),
            FilterOp.LessOrEqual => Compare(CompareOp.LessOrEqual, column, type, filter.Value),
            FilterOp.Greater => Compare(CompareOp.Greater, column, type, filter.Value),
            FilterOp.GreaterOrEqual => Compare(CompareOp.GreaterOrEqual, column, type, filter.Value),
            FilterOp.Contains => Text(CompareOp.Contains, column, filter.Value),
            FilterOp.StartsWith => Text(CompareOp.StartsWith, column, filter.Value),
            FilterOp.EndsWith => Text(CompareOp.EndsWith, column, filter.Value),
            FilterOp.Matches => Text(CompareOp.Matches, column, filter.Value),
            FilterOp.In => In(column, type, filter.Value as IReadOnlyList<object?> ?? [filter.Value]),
            _ => throw new InvalidOperationException($"{filter.Op} is a negation"),
        };
    }

    private static Expr Compare(CompareOp op, Expr column, ColumnType type, object? value) => (type, value) switch
    {
        (_, null) => Never,
        (ColumnType.Text, string) => new CompareExpr(op, column, new ConstExpr(value)),
        // Texts do not sort like numbers: a comparison with a number uses the texts that are numbers.
        (ColumnType.Text, long or double) when op != CompareOp.Equal =>
            new CompareExpr(op, new CallExpr(Function.ToNumber, [column]), new ConstExpr(value)),
        (ColumnType.Text, _) => new CompareExpr(op, column, new ConstExpr(TextOf(value))),
        (ColumnType.Number, long or double) => new CompareExpr(op, column, new ConstExpr(value)),
        (ColumnType.Number, string text) when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) =>
            new CompareExpr(op, column, new ConstExpr(whole)),
        (ColumnType.Number, string text) => NumberOf(text) is { } number ? new CompareExpr(op, column, new ConstExpr(number)) : Never,
        (ColumnType.Number, bool flag) => new CompareExpr(op, column, new ConstExpr(flag ? 1L : 0L)),
        (ColumnType.Bool, _) => op == CompareOp.Equal && BoolOf(value) is { } wanted ? new CompareExpr(op, column, new ConstExpr(wanted)) : Never,
        _ => new CompareExpr(op, column, new ConstExpr(value)),
    };

    private static CompareExpr Text(CompareOp op, Expr column, object? value) => new(op, column, new ConstExpr(TextOf(value)));

    private static Expr In(Expr column, ColumnType type, IReadOnlyList<object?> values)
    {
        var some = values.OfType<object>().ToList();
        if (type is ColumnType.Any)
        {
            // Each value is compared as its own type.
            var lists = some.GroupBy(v => v switch { string => 0, bool => 1, _ => 2 })
                .Select(group => (Expr)new InExpr(column, [.. group])).ToList();
            return lists is [var only] ? only : new OrExpr(lists);
        }
        if (type is ColumnType.Text)
            return new InExpr(column, [.. some.Select(v => (object)TextOf(v))]);
        return new OrExpr([.. some.Select(v => Compare(CompareOp.Equal, column, type, v))]);
    }

    public static string TextOf(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static double? NumberOf(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static bool? BoolOf(object? value) => value switch
    {
        bool flag => flag,
        "true" or 1L or 1.0 => true,
        "false" or 0L or 0.0 => false,
        _ => null,
    };
}
