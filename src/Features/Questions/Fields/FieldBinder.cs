using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions.Fields;

/// <summary>Turns a parsed field into an expression over one signal's rows: conditions, comparisons and choices. See the parts for the rest.</summary>
internal sealed class FieldBinder(Func<string, Expr> column, Signal signal, SeriesGrid? grid)
{
    public TypedValue Bind(FieldNode node) => node switch
    {
        ColumnNode named => ColumnTypes.Of(column(named.Name), signal),
        LiteralNode literal => Literal(literal.Value),
        FieldCall call => Call(call),
        _ => throw new InvalidOperationException("no such node"),
    };

    private static TypedValue Literal(object? value) => value switch
    {
        string text => TypedValue.OfText(new ConstExpr(text)),
        long number => TypedValue.OfInteger(new ConstExpr(number)),
        double number => TypedValue.OfFloat(new ConstExpr(number)),
        bool flag => TypedValue.OfBool(new ConstExpr(flag)),
        _ => TypedValue.Null,
    };

    private TypedValue Call(FieldCall call)
    {
        var arguments = call.Arguments;
        TypedValue Value(int index) => Bind(arguments[index]);
        Expr Truth(int index) => Value(index).Truth;
        switch (call.Function)
        {
            case FieldFunction.If:
                return Choice(arguments, 0, Truth);
            case FieldFunction.Switch:
                var subject = Value(0).Text;
                return Choice(arguments, 1, index => subject is null
                    ? Never : new CompareExpr(CompareOp.Equal, subject, new ConstExpr(((LiteralNode)arguments[index]).Value!)));
            case FieldFunction.Coalesce:
                return Coalesce([.. arguments.Select(Bind)]);
            case FieldFunction.Lt:
                return TypedValue.OfBool(Order(CompareOp.Less, Value(0), Value(1)));
            case FieldFunction.Lte:
                return TypedValue.OfBool(Order(CompareOp.LessOrEqual, Value(0), Value(1)));
            case FieldFunction.Gt:
                return TypedValue.OfBool(Order(CompareOp.Greater, Value(0), Value(1)));
            case FieldFunction.Gte:
                return TypedValue.OfBool(Order(CompareOp.GreaterOrEqual, Value(0), Value(1)));
            case FieldFunction.Equals or FieldFunction.In:
                return TypedValue.OfBool(In(Value(0), arguments));
            case FieldFunction.NotEquals:
                return TypedValue.OfBool(!In(Value(0), arguments));
            case FieldFunction.Exists:
                return TypedValue.OfBool(Value(0).IsThere);
            case FieldFunction.Not:
                return TypedValue.OfBool(!Truth(0));
            case FieldFunction.Bool:
                return TypedValue.OfBool(Truth(0));
            case FieldFunction.And:
                return TypedValue.OfBool(new AndExpr([.. arguments.Select((_, i) => Truth(i))]));
            case FieldFunction.Or:
                return TypedValue.OfBool(new OrExpr([.. arguments.Select((_, i) => Truth(i))]));
            case FieldFunction.Min:
                return Extreme(Function.Least, [.. arguments.Select(Bind)]);
            case FieldFunction.Max:
                return Extreme(Function.Greatest, [.. arguments.Select(Bind)]);
            case FieldFunction.EventTimestamp:
                return TypedValue.OfFloat(ColumnTypes.EventTime(signal));
            case FieldFunction.IngestTimestamp:
                return TypedValue.OfFloat(ColumnTypes.IngestTime);
            case FieldFunction.Last when signal == Signal.Metrics && grid is not null:
                // Bound once: binding it twice at each level would double the work with every level of nesting.
                var value = Value(0);
                return value.Number is { } number ? TypedValue.OfFloat(grid.Last(number)) : value;
            case FieldFunction.Last or FieldFunction.Summarize or FieldFunction.RawMetric:
                return Value(0);
            case FieldFunction.Increase or FieldFunction.Rate when arguments.Count > 1:
                throw new FaultException(new Fault(
                    FaultKind.Invalid, "INCREASE and RATE compare a data point with the one before; a range of seconds is not served", Position: call.Span.Start));
            case FieldFunction.Increase or FieldFunction.Rate when signal == Signal.Metrics && grid is not null:
                var counter = Value(0).Number ?? NullExpr.Instance;
                return TypedValue.OfFloat(call.Function == FieldFunction.Rate ? grid.Rate(counter) : grid.Increase(counter));
            case FieldFunction.Increase or FieldFunction.Rate:
                throw new FaultException(new Fault(
                    FaultKind.Invalid, "INCREASE and RATE compare the data points of a metric in time, which a field of single rows can't", Position: call.Span.Start));
            default:
                return NumberFunctions.Find(call, Bind) ?? TextFunctions.Find(call, Bind)
                    ?? throw new InvalidOperationException($"{call.Function} has no meaning");
        }
    }

    private static OrExpr Never { get; } = new([]);

    /// <summary>Pairs of condition and value from <paramref name="first"/> on, and what stands alone at the end.</summary>
    private TypedValue Choice(IReadOnlyList<FieldNode> arguments, int first, Func<int, Expr> condition)
    {
        var conditions = new List<Expr>();
        var values = new List<TypedValue>();
        for (var i = first; i + 1 < arguments.Count; i += 2)
        {
            conditions.Add(condition(i));
            values.Add(Bind(arguments[i + 1]));
        }
        if ((arguments.Count - first) % 2 == 1)
            values.Add(Bind(arguments[^1]));
        return FirstOf(conditions, values);
    }

    /// <summary>The value at the first condition that holds; a value more than conditions is for when none does.</summary>
    private static TypedValue FirstOf(List<Expr> conditions, List<TypedValue> values) => TypedValue.Each(values, part =>
    {
        var parts = new List<Expr>();
        for (var i = 0; i < conditions.Count; i++)
        {
            parts.Add(conditions[i]);
            parts.Add(part(values[i]) ?? NullExpr.Instance);
        }
        if (values.Count > conditions.Count)
            parts.Add(part(values[^1]) ?? NullExpr.Instance);
        return TypedValue.Call(Function.MultiIf, parts);
    });

    private static TypedValue Coalesce(List<TypedValue> values)
    {
        values.RemoveAll(v => v.Types == 0);
        values = [.. values.Select(v => v with { Text = v.Filled })];
        return values switch
        {
            [] => TypedValue.Null,
            [var only] => only,
            // All arguments have one type in all rows, so the first that is not null is the result.
            _ when OfOneType(values) => TypedValue.Each(values, part => TypedValue.Call(Function.Coalesce, [.. values.Select(part).OfType<Expr>()])),
            _ => FirstOf([.. values.SkipLast(1).Select(v => v.IsThere)], values),
        };
    }

    private static bool OfOneType(List<TypedValue> values) =>
        values.TrueForAll(v => v is { Text: not null, Types: 1 })
        || values.TrueForAll(v => v is { Bool: not null, Types: 1 })
        || values.TrueForAll(v => v is { Integer: not null, Float: null, Types: 1 })
        || values.TrueForAll(v => v is { Integer: null, Float: not null, Types: 1 });

    /// <summary>Numbers with numbers, text with text, neither empty.</summary>
    private static Expr Order(CompareOp op, TypedValue left, TypedValue right)
    {
        var ways = new List<Expr>();
        if (left.Number is { } leftNumber && right.Number is { } rightNumber)
            ways.Add(new CompareExpr(op, leftNumber, rightNumber));
        if (left.Filled is { } leftText && right.Filled is { } rightText)
            ways.Add(new CompareExpr(op, leftText, rightText));
        return TypedValue.Any(ways);
    }

    private Expr In(TypedValue value, IReadOnlyList<FieldNode> arguments)
    {
        var ways = new List<Expr>();
        // String literals are put into one list, which is faster than separate comparisons.
        var texts = arguments.Skip(1).OfType<LiteralNode>().Select(l => l.Value).OfType<string>().ToList();
        if (texts.Count > 0 && value.Text is { } text)
            ways.Add(texts.Count == 1 ? new CompareExpr(CompareOp.Equal, text, new ConstExpr(texts[0])) : new InExpr(text, [.. texts]));
        foreach (var option in arguments.Skip(1).Where(a => a is not LiteralNode { Value: string }))
            ways.Add(Same(value, Bind(option)));
        return TypedValue.Any(ways);
    }

    /// <summary>Equal and of one type; whole and other numbers are one type. Two nulls are the same.</summary>
    private static Expr Same(TypedValue left, TypedValue right)
    {
        if (left.Types == 0 || right.Types == 0)
            return !(left.Types == 0 ? right : left).IsThere;
        var ways = new List<Expr>();
        void Add(Expr? one, Expr? other)
        {
            if (one is not null && other is not null)
                ways.Add(new CompareExpr(CompareOp.Equal, one, other));
        }
        Add(left.Text, right.Text);
        Add(left.Integer, right.Integer);
        Add(left.Integer, right.Float);
        Add(left.Float, right.Integer);
        Add(left.Float, right.Float);
        Add(left.Bool, right.Bool);
        // A literal is never null, so this is needed only where both sides may be null.
        if (!IsConstant(left) && !IsConstant(right))
            ways.Add(!(left.IsThere | right.IsThere));
        return TypedValue.Any(ways);
    }

    private static bool IsConstant(TypedValue value) => value is { Text: ConstExpr } or { Integer: ConstExpr } or { Float: ConstExpr } or { Bool: ConstExpr };

    /// <summary>The least or greatest of the values that have the type of the first one that is filled.</summary>
    private static TypedValue Extreme(Function function, List<TypedValue> values)
    {
        values.RemoveAll(v => v.Types == 0);
        values = [.. values.Select(v => v with { Text = v.Filled })];
        var whole = values.TrueForAll(v => v.Float is null);
        TypedValue all = new()
        {
            Text = Of(v => v.Text),
            Integer = whole ? Of(v => v.Integer) : null,
            Float = whole ? null : Of(v => v.Float is null && v.Integer is not null ? TypedValue.Call(Function.ToFloat, v.Integer) : v.Number),
            Bool = Of(v => v.Bool),
        };
        if (all.Types <= 1)
            return all;
        // With several types, only the type of the first value that is not null counts.
        Expr? When(Expr? extreme, Func<TypedValue, Expr?> part) => extreme is null ? null : TypedValue.Call(
            Function.MultiIf, [TypedValue.Call(Function.MultiIf, [.. values.SelectMany(v => new[] { v.IsThere, part(v) is { } own ? new ExistsExpr(own) : Never })]), extreme, NullExpr.Instance]);
        return new TypedValue
        {
            Text = When(all.Text, v => v.Text),
            Integer = When(all.Integer, v => v.Number),
            Float = When(all.Float, v => v.Number),
            Bool = When(all.Bool, v => v.Bool),
        };

        Expr? Of(Func<TypedValue, Expr?> part) => values.Select(part).OfType<Expr>().ToList() switch
        {
            [] => null,
            [var only] => only,
            var several => TypedValue.Call(function, several),
        };
    }
}
