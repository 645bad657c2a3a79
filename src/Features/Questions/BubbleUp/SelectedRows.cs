using Weir.Core.Query;

namespace Weir.Features.Questions.BubbleUp;

/// <summary>A selection as a time and a condition on the rows.</summary>
internal sealed class SelectedRows
{
    /// <summary>A part of the query's time so small that its rows are asked for apart from the others.</summary>
    private const int NarrowPart = 4;

    private readonly BubbleUpSelection _selection;
    private readonly QueryWindow _all;

    /// <summary>Throws <see cref="SpecException"/> for a selection that can't be one.</summary>
    public SelectedRows(BubbleUpSelection selection, QueryWindow window)
    {
        _selection = selection;
        _all = window;
        Window = window;
        switch (selection)
        {
            case BoxSelection box:
                if (!(box.Start < box.End) || !double.IsFinite(box.End))
                    throw new SpecException("selection.start", "out-of-range", "the start lies before the end, both in seconds since 1970");
                if (box.Column is not null && (box is { Min: null, Max: null } || box.Min > box.Max))
                    throw new SpecException("selection.min", "out-of-range", "with a column there is a min, a max, or both with the min not above the max");
                var start = Math.Max(window.StartNs, Nanoseconds(box.Start));
                var end = Math.Min(window.EndNs, Nanoseconds(box.End));
                IsEmpty = end <= start;
                Window = IsEmpty ? window : window with { StartNs = start, EndNs = end };
                Columns = box.Column is null ? [] : [box.Column];
                break;
            case GroupSelection group:
                if (group.Group.Count == 0)
                    throw new SpecException("selection.group", "missing", "a group names at least one column with its value");
                if (group.Group.Keys.FirstOrDefault(name => SpecCheck.RelationOf(name) is not null) is { } related)
                    throw new SpecException("selection.group", "invalid", $"{related} is a column of another span; only the row's own columns select it");
                Columns = [.. group.Group.Keys];
                break;
        }
    }

    /// <summary>The time that the rows lie in.</summary>
    public QueryWindow Window { get; }

    /// <summary>It lies outside of the query's time.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>The columns that the selection is made by.</summary>
    public IReadOnlyCollection<string> Columns { get; } = [];

    /// <summary>What a row in <see cref="Window"/> meets.</summary>
    public Expr Condition(SignalColumns signal)
    {
        if (_selection is GroupSelection group)
            return new AndExpr([.. group.Group.Select(column => FilterExpressions.Of(Equal(column.Key, column.Value), signal))]);
        var box = (BoxSelection)_selection;
        var conditions = new List<Expr>();
        if (box.Column is { } name)
        {
            var number = RowPlan.Number(signal, name);
            if (box.Min is { } min)
                conditions.Add(new CompareExpr(CompareOp.GreaterOrEqual, number, new ConstExpr(min)));
            if (box.Max is { } max)
                conditions.Add(new CompareExpr(CompareOp.LessOrEqual, number, new ConstExpr(max)));
        }
        return new AndExpr(conditions);
    }

    /// <summary>Its rows lie close together in time, and are found faster without the others.</summary>
    public bool IsNarrow => !IsEmpty && (Window.EndNs - Window.StartNs) < (_all.EndNs - _all.StartNs) / NarrowPart;

    /// <summary>What the selection's rows meet among all rows of the query, and no other.</summary>
    public Expr Chosen(SignalColumns signal)
    {
        if (IsEmpty)
            return new OrExpr([]);
        if (Window == _all)
            return Condition(signal);
        var time = new FieldExpr(RowPlan.TimeColumn(signal.Signal));
        return new AndExpr(
        [
            new CompareExpr(CompareOp.GreaterOrEqual, time, new ConstExpr(new Instant(Window.StartNs))),
            new CompareExpr(CompareOp.Less, time, new ConstExpr(new Instant(Window.EndNs))),
            Condition(signal),
        ]);
    }

    /// <summary>What no row of the selection meets and every other row of the query does.</summary>
    public Expr Others(SignalColumns signal) => !Chosen(signal);

    private static Filter Equal(string column, object? value) =>
        value is null ? new Filter(column, FilterOp.DoesNotExist) : new Filter(column, FilterOp.Equal, value);

    private static long Nanoseconds(double seconds) => (long)Math.Round(Math.Clamp(seconds, 0, 9.2e9) * 1e6) * 1000;
}
