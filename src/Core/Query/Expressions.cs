namespace Weir.Core.Query;

/// <summary>
/// An expression over the rows of a signal. All query languages are parsed into expressions, and one builder translates them to SQL with bound
/// parameters, so user text never becomes SQL.
/// </summary>
public abstract record Expr
{
    public static Expr operator &(Expr left, Expr right) => new AndExpr([left, right]);

    public static Expr operator |(Expr left, Expr right) => new OrExpr([left, right]);

    public static Expr operator !(Expr operand) => new NotExpr(operand);
}

/// <summary>A column of the signal's table (or alias column, see the schema), e.g. <c>service</c>, <c>duration_ns</c>.</summary>
public sealed record FieldExpr(string Name) : Expr;

/// <summary>An attribute by key, with the type it was stored with. Missing is NULL.</summary>
public sealed record AttributeExpr(string Key, AttributeScope Scope = AttributeScope.Any, AttributeType Type = AttributeType.Dynamic) : Expr;

/// <summary>Where an attribute is read. Any: on the record, then on its resource.</summary>
public enum AttributeScope
{
    Any,
    Record,
    Resource,
}

/// <summary>The type as which an attribute is read; other types give NULL, except that String reads every type as text.</summary>
public enum AttributeType
{
    Dynamic,
    String,
    Number,
    Bool,
    /// <summary>Only where it was stored as a string.</summary>
    OnlyString,
    /// <summary>Only where it was stored as an integer.</summary>
    Integer,
    /// <summary>Only where it was stored as a floating-point number.</summary>
    Float,
}

/// <summary>
/// A value: string, bool, long, ulong, double, byte[] (ids), DateTimeOffset, or <see cref="Instant"/>. Bound as a parameter.
/// </summary>
public sealed record ConstExpr(object Value) : Expr;

/// <summary>NULL.</summary>
public sealed record NullExpr : Expr
{
    private NullExpr()
    {
    }

    public static NullExpr Instance { get; } = new();
}

/// <summary>
/// A value whose type differs between rows: in each row at most one of these is not NULL. Read as text, as a number or as a
/// condition, it behaves like an attribute.
/// </summary>
public sealed record UnionExpr(Expr? Text, Expr? Integer, Expr? Float, Expr? Bool) : Expr;

/// <summary>Nanoseconds since 1970, UTC, where a DateTimeOffset would round to 100 ns.</summary>
public readonly record struct Instant(long UnixNanoseconds);

public sealed record AndExpr(IReadOnlyList<Expr> Operands) : Expr;

public sealed record OrExpr(IReadOnlyList<Expr> Operands) : Expr;

public sealed record NotExpr(Expr Operand) : Expr;

/// <summary>A comparison; false when one side is NULL.</summary>
public sealed record CompareExpr(CompareOp Op, Expr Left, Expr Right) : Expr;

public enum CompareOp
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    ContainsIgnoreCase,
    StartsWith,
    EndsWith,
    /// <summary>RE2 syntax.</summary>
    Matches,
    /// <summary>The text contains this whole word (uses the text index).</summary>
    HasToken,
}

/// <summary>Membership in a list of values of one type.</summary>
public sealed record InExpr(Expr Operand, IReadOnlyList<object> Values) : Expr;

/// <summary>True when the operand is a value of the single column that <paramref name="Query"/> selects.</summary>
public sealed record InQueryExpr(Expr Operand, TelemetryQuery Query) : Expr;

/// <summary>A column that the query's join <see cref="Join.Name"/> selects; empty or zero where no row was joined.</summary>
public sealed record JoinedExpr(string Join, string Column) : Expr;
/// <summary>True when the keys equal those of a row of <paramref name="Other"/>, which has the same number of columns.</summary>
public sealed record InRowsExpr(IReadOnlyList<Expr> Keys, IReadOnlyList<RowSource> Other) : Expr;

/// <summary>The attribute or nullable expression has a value.</summary>
public sealed record ExistsExpr(Expr Operand) : Expr;

/// <summary>A call of one of a closed set of functions.</summary>
public sealed record CallExpr(Function Function, IReadOnlyList<Expr> Arguments) : Expr;

/// <summary>Functions the SQL builder knows; aggregates first.</summary>
public enum Function
{
    Count,
    /// <summary>(condition)</summary>
    CountIf,
    Sum,
    Avg,
    Min,
    Max,
    /// <summary>(value, level 0..1 as constant)</summary>
    Quantile,
    CountDistinct,
    Any,
    /// <summary>(value, by)</summary>
    ArgMin,
    /// <summary>(value, by)</summary>
    ArgMax,
    /// <summary>(value, condition): any value of the rows that match the condition.</summary>
    AnyIf,
    /// <summary>(value, by, condition)</summary>
    ArgMinIf,
    /// <summary>(value, condition)</summary>
    SumIf,
    /// <summary>Array of distinct values; (value, at most as constant)</summary>
    GroupUniqArray,
    /// <summary>Array of values; (value, at most as constant)</summary>
    GroupArray,
    // Scalar functions
    /// <summary>(time, seconds as constant): start of the interval as seconds since 1970.</summary>
    TimeBucket,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Lower,
    ToText,
    ToNumber,
    Coalesce,
    /// <summary>(condition, then, else)</summary>
    If,
    Length,
    /// <summary>Integer logarithm to base 2, for heatmaps.</summary>
    Log2Bucket,
    /// <summary>A time column as nanoseconds since 1970 (Int64).</summary>
    UnixNanoseconds,
    // Of calculated fields
    /// <summary>(condition, value[, condition, value ...][, else]); NULL without else.</summary>
    MultiIf,
    /// <summary>NULL for an empty text.</summary>
    NullIfEmpty,
    /// <summary>A number as Float64.</summary>
    ToFloat,
    /// <summary>A number truncated to Int64, 0 when it does not fit.</summary>
    Truncate,
    /// <summary>A condition or flag as Bool.</summary>
    ToBool,
    /// <summary>The smallest of the arguments that are not NULL.</summary>
    Least,
    /// <summary>The largest of the arguments that are not NULL.</summary>
    Greatest,
    Floor,
    /// <summary>(number, digits after the point as constant)</summary>
    Round,
    Log10,
    /// <summary>Texts one after the other.</summary>
    Concat,
    LowerUtf8,
    /// <summary>(text, characters as constant): its beginning.</summary>
    Prefix,
    /// <summary>In characters, where <see cref="Length"/> counts bytes.</summary>
    LengthUtf8,
    /// <summary>(text, RE2 pattern as constant): the first group of the first match, the whole match without groups, else empty.</summary>
    Extract,
    /// <summary>(text, RE2 pattern as constant)</summary>
    CountMatches,
    /// <summary>A time column as seconds since 1970 (Float64), to the microsecond.</summary>
    UnixSeconds,
    /// <summary>RFC 3339 text as seconds since 1970, else NULL.</summary>
    ParseTime,
    /// <summary>(seconds since 1970, format as constant in the letters of ClickHouse's formatDateTime)</summary>
    FormatTime,
    // Of X-Ray
    /// <summary>(trace id, span id): one number that names an entity, for joins and sets.</summary>
    EntityKey,
    /// <summary>(text, separator of one character as constant): what follows the last separator, or the whole text.</summary>
    LastPart,
    /// <summary>(text of 16 hex digits): a span id; zeros for NULL.</summary>
    SpanIdOf,
    /// <summary>
    /// (whole number, condition): array of the distinct values of rows that meet the condition, ascending. With <see cref="ValueCounts"/>
    /// a histogram.
    /// </summary>
    CountedValues,
    /// <summary>How often each of <see cref="CountedValues"/> occurs, in that order.</summary>
    ValueCounts,
    /// <summary>(value, digits as constant): a whole number rounded to so many leading digits.</summary>
    LeadingDigits,
    /// <summary>(value, none): NULL where both are equal.</summary>
    NullIf,
    /// <summary>(value[, digits as constant]): lower-case hexadecimal digits; an id has all of them, a whole number as many as asked for.</summary>
    Hex,
    /// <summary>The number behind an enum's word.</summary>
    EnumNumber,
    // Of explored rows
    /// <summary>(value): a number as Float64, NULL where it is none or not finite.</summary>
    FiniteNumber,
    /// <summary>(time, first bucket's start, nanoseconds of a bucket): which bucket, from 0 (UInt32).</summary>
    BucketNumber,
    /// <summary>(time, first bucket's start, nanoseconds of a bucket): how far into its bucket, 0 to 1.</summary>
    BucketFraction,
    /// <summary>(time, nanoseconds): that much later.</summary>
    TimeAfter,
    /// <summary>(time, from, to): the time within these.</summary>
    TimeWithin,
    /// <summary>(number, not null): sign, exponent and four bits of the fraction, as UInt16: sixteen steps an octave.</summary>
    FloatStep,
    /// <summary>(number, ascending numbers as constants): the greatest of the constants that is not above the number, the first one below all of them.</summary>
    StepDown,
    /// <summary>(array, index from 1 as constant)</summary>
    Element,
    /// <summary>Several values as one, to compare with a query's.</summary>
    Tuple,
    /// <summary>(value, ColumnForm as constant): a column that several signals give.</summary>
    Shaped,
    /// <summary>(sample rate): how many rows a row stands for (UInt64), at least one.</summary>
    SampleWeight,
    /// <summary>Keys of the JSON object in a text, as an array.</summary>
    JsonKeys,
    /// <summary>The name of the type an attribute is stored as; "None" where it is missing.</summary>
    TypeName,
    /// <summary>How many elements the JSON array in a text has; 0 for other texts.</summary>
    JsonLength,
    // Of metrics: a series is the data points of one metric with the same service, scope, resource and attributes. A condition can't use these.
    /// <summary>
    /// (number, nanoseconds since 1970 as constant): by how much it rose since the series' point before; a fall or a new start is a reset, and all of it
    /// counts. Of the first point all of it when the series began at or after the constant, else NULL.
    /// </summary>
    SeriesIncrease,
    /// <summary>The same by seconds since the point before, of a first point since the series' start.</summary>
    SeriesRate,
    /// <summary>(number, first bucket's start, nanoseconds of a bucket): where it is the series' last point of its bucket, else NULL.</summary>
    SeriesLast,
}
