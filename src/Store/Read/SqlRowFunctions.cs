using System.Globalization;
using Weir.Core.Query;

namespace Weir.Store.Read;

/// <summary>The functions that explored rows need.</summary>
internal static class SqlRowFunctions
{
    public static string Write(CallExpr call, SqlExpressions e)
    {
        string Value(int i) => e.Value(SqlFunctions.Argument(call, i));
        string Whole(int i) => SqlFunctions.Argument(call, i) is ConstExpr { Value: long number }
            ? number.ToString(CultureInfo.InvariantCulture)
            : throw SqlExpressions.Invalid($"{call.Function} takes a whole number as argument {i + 1}");
        return call.Function switch
        {
            Function.FiniteNumber => FiniteNumber(e.Number(SqlFunctions.Argument(call, 0))),
            Function.BucketNumber => Bucket(Value(0), Whole(1), Whole(2), call.Arguments[2] is ConstExpr { Value: long and < MultipliedStep }),
            Function.BucketFraction => $"(((toUnixTimestamp64Nano({Value(0)}) - {Whole(1)}) % {Whole(2)}) / {Whole(2)})",
            Function.TimeAfter => $"addNanoseconds({Value(0)}, toInt64({Value(1)}))",
            Function.TimeWithin => $"least(greatest({Value(0)}, {Value(1)}), {Value(2)})",
            Function.FloatStep => $"toUInt16(bitShiftRight(reinterpretAsUInt64(assumeNotNull({Value(0)})), 48))",
            Function.StepDown => $"roundDown({Value(0)}, [{string.Join(", ", call.Arguments.Skip(1).Select(Edge))}])",
            Function.Element => $"{Value(0)}[{Whole(1)}]",
            Function.Tuple => $"tuple({string.Join(", ", call.Arguments.Select(e.Value))})",
            Function.Shaped => Shaped(call.Arguments[0], call.Arguments[1] is ConstExpr { Value: long form } ? (ColumnForm)form : ColumnForm.AsIs, e),
            Function.SampleWeight => $"toUInt64(greatest({Value(0)}, 1))",
            Function.JsonKeys => $"JSONExtractKeys({Value(0)})",
            Function.TypeName => $"dynamicType({e.Path(SqlFunctions.Argument(call, 0))})",
            Function.SeriesIncrease => Increase(e.Number(SqlFunctions.Argument(call, 0)), Whole(1)),
            Function.SeriesRate => $"({Increase(e.Number(SqlFunctions.Argument(call, 0)), Whole(1))} / nullIf({SecondsBefore}, 0))",
            Function.SeriesLast => Last(e.Number(SqlFunctions.Argument(call, 0)), Whole(1), Whole(2)),
            _ => throw SqlExpressions.Invalid($"function {call.Function} is not known"),
        };
    }

    // Elements of a constant array must be literals; these are numbers, never text.
    private static string Edge(Expr edge) => edge is ConstExpr { Value: double number } && double.IsFinite(number)
        ? $"toFloat64({number.ToString("R", CultureInfo.InvariantCulture)})"
        : throw SqlExpressions.Invalid("an edge is a finite number");

    /// <summary>The data points of one series of a metric.</summary>
    internal const string Series = "PARTITION BY environment, service, name, scope_name, resource, toString(attributes)";
    private const string Before = $"OVER ({Series} ORDER BY time ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)";

    // The first point covers the time since its series began.
    private const string SecondsBefore =
        $"((toUnixTimestamp64Nano(time) - ifNull(lagInFrame(toNullable(toUnixTimestamp64Nano(time))) {Before}, toUnixTimestamp64Nano(start_time))) / 1e9)";

    private static string Increase(string number, string since)
    {
        var now = $"toFloat64({number})";
        var before = $"lagInFrame(toNullable(toFloat64({number}))) {Before}";
        var start = $"lagInFrame(toNullable(start_time)) {Before}";
        return $"multiIf({now} IS NULL, NULL, {before} IS NULL, if(toUnixTimestamp64Nano(start_time) >= {since}, {now}, NULL), start_time > {start} OR {now} < {before}, {now}, {now} - {before})";
    }

    private static string Last(string number, string first, string step) =>
        $"if(row_number() OVER ({Series}, intDiv(toUnixTimestamp64Nano(time) - {first}, {step}) ORDER BY time DESC) = 1, toFloat64({number}), NULL)";

    // Dividing 64-bit integers costs more than all else here. A product is as exact as long as a thousand buckets are less than 10^15 ns:
    // then half a nanosecond more than the time keeps it clear of the next whole number, whichever way it is rounded.
    private const long MultipliedStep = 1_000_000_000_000;

    private static string Bucket(string time, string first, string step, bool multiplied) => multiplied
        ? $"toUInt32((toUnixTimestamp64Nano({time}) - {first} + 0.5) * (1 / {step}))"
        : $"toUInt32(intDiv(toUnixTimestamp64Nano({time}) - {first}, {step}))";

    private static string FiniteNumber(string number) =>
        number == "NULL" ? "CAST(NULL, 'Nullable(Float64)')" : $"if(isFinite(toFloat64({number})), toFloat64({number}), NULL)";

    private static string Shaped(Expr value, ColumnForm form, SqlExpressions e) => form switch
    {
        ColumnForm.Text => $"CAST({(value is NullExpr ? "NULL" : e.Text(value))}, 'Nullable(String)')",
        ColumnForm.Number => $"CAST({e.Number(value)}, 'Nullable(Float64)')",
        ColumnForm.Bool => $"CAST({e.Value(value)}, 'Nullable(Bool)')",
        ColumnForm.Whole => value is NullExpr ? "CAST(NULL, 'Nullable(Int64)')" : $"accurateCastOrNull({e.Value(value)}, 'Int64')",
        _ => e.Value(value),
    };
}
