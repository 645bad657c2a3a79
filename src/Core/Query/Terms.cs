namespace Weir.Core.Query;

/// <summary>Short names for the query expressions of this room.</summary>
public static class Terms
{
    public static Expr Field(string name) => new FieldExpr(name);

    public static Expr Value(object value) => new ConstExpr(value);

    public static Expr Is(string field, object value) => Compare(CompareOp.Equal, field, value);

    public static Expr Compare(CompareOp op, string field, object value) => new CompareExpr(op, Field(field), Value(value));

    public static Expr AnyOf(string field, IEnumerable<object> values) => new InExpr(Field(field), [.. values]);

    public static Expr Call(Function function, params Expr[] arguments) => new CallExpr(function, arguments);

    public static Expr Count { get; } = Call(Function.Count);

    public static Expr CountIf(Expr condition) => Call(Function.CountIf, condition);

    public static Expr Quantile(string field, double level) => Call(Function.Quantile, Field(field), Value(level));

    public static Expr Distinct(string field, long most) => Call(Function.GroupUniqArray, Field(field), Value(most));

    public static Expr Bucket(string field, long seconds) => Call(Function.TimeBucket, Field(field), Value(seconds));

    public static Selection As(this Expr value, string name) => new(name, value);

    /// <summary>All of the conditions; null when there are none.</summary>
    public static Expr? All(IReadOnlyList<Expr> conditions) => conditions.Count switch
    {
        0 => null,
        1 => conditions[0],
        _ => new AndExpr(conditions),
    };

    /// <summary>
    /// A request that a service answered, or the root of work without a request: the basis of rates, errors and durations.
    /// </summary>
    public static Expr IsRequest { get; } = Is("is_root", 1L) | IsEntryKind;

    public static Expr IsEntryKind => AnyOf("kind", ["server", "consumer", "segment"]);

    public static Expr IsError { get; } = Is("status", "error");
}
