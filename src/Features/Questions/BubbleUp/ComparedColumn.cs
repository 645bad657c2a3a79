using Weir.Core.Query;
using Weir.Features.Questions.Fields;

namespace Weir.Features.Questions.BubbleUp;

internal enum ComparedAs
{
    Text,
    Number,
    Flag,
}

/// <summary>A column that both sets are asked for.</summary>
internal sealed record ComparedColumn(string Name, ComparedAs As)
{
    /// <summary>Characters of a text that are compared: enough to tell messages apart, not enough to carry them.</summary>
    private const long TextLength = 120;

    public RowColumn Read(int index) => new(
        $"x{index}",
        As switch { ComparedAs.Number => ColumnForm.Number, ComparedAs.Flag => ColumnForm.Bool, _ => ColumnForm.Text },
        Value);

    private Expr Value(SignalColumns signal)
    {
        if (As == ComparedAs.Number)
            return RowPlan.Number(signal, Name);
        switch (As, signal.Read(Name))
        {
            case (ComparedAs.Text, (ColumnType.Text, AttributeExpr only)):
                return new CallExpr(Function.Prefix, [only, new ConstExpr(TextLength)]);
            case (ComparedAs.Flag, (ColumnType.Bool, AttributeExpr flag)):
                return new CallExpr(Function.ToBool, [flag]);
        }
        var value = ColumnTypes.Of(signal.Resolve(Name), signal.Signal);
        if (As == ComparedAs.Flag)
            return value.Bool is { } any ? new CallExpr(Function.ToBool, [any]) : NullExpr.Instance;
        return value.Types == 0
            ? NullExpr.Instance
            : new CallExpr(Function.Prefix, [value with { Text = value.Filled } is var filled && filled is { Types: 1, Text: { } text } ? text : Whole(filled), new ConstExpr(TextLength)]);
    }

    private static UnionExpr Whole(TypedValue value) =>
        new(value.Text, value.Integer, value.Float, value.Bool is null ? null : new CallExpr(Function.ToBool, [value.Bool]));
}
