using System.Globalization;
using Weir.Core.Query;

namespace Weir.Store.Read;

/// <summary>The closed set of functions: how each <see cref="Function"/> is written.</summary>
internal static class SqlFunctions
{
    public static string Write(CallExpr call, SqlExpressions e)
    {
        var args = call.Arguments;
        string Value(int i) => e.Value(Argument(call, i));
        string Number(int i) => e.Number(Argument(call, i));
        string Condition(int i) => e.Condition(Argument(call, i));
        return call.Function switch
        {
            Function.Count => "count()",
            Function.CountIf => $"countIf({Condition(0)})",
            Function.Sum => $"sum({Number(0)})",
            Function.SumIf => $"sumIf({Number(0)}, {Condition(1)})",
            Function.Avg => $"avg({Number(0)})",
            Function.Min => $"min({Number(0)})",
            Function.Max => $"max({Number(0)})",
            Function.Quantile => $"quantile({Level(call)})({Number(0)})",
            Function.CountDistinct => $"uniq({Value(0)})",
            Function.Any => $"any({Value(0)})",
            Function.AnyIf => $"anyIf({Value(0)}, {Condition(1)})",
            Function.ArgMin => $"argMin({Value(0)}, {Value(1)})",
            Function.ArgMax => $"argMax({Value(0)}, {Value(1)})",
            Function.ArgMinIf => $"argMinIf({Value(0)}, {Value(1)}, {Condition(2)})",
            Function.GroupUniqArray => $"groupUniqArray({Whole(call, 1)})({Value(0)})",
            Function.GroupArray => $"groupArray({Whole(call, 1)})({Value(0)})",
            Function.TimeBucket => $"intDiv(toUnixTimestamp64Nano({Value(0)}), {Whole(call, 1)} * 1000000000) * {Whole(call, 1)}",
            Function.Add => $"({Number(0)} + {Number(1)})",
            Function.Subtract => $"({Number(0)} - {Number(1)})",
            Function.Multiply => $"({Number(0)} * {Number(1)})",
            Function.Divide => $"({Number(0)} / {Number(1)})",
            Function.Modulo => $"({Number(0)} % {Number(1)})",
            Function.Lower => $"lower({e.Text(args[0])})",
            Function.ToText => e.Text(Argument(call, 0)),
            Function.ToNumber => $"toFloat64OrNull({e.Text(Argument(call, 0))})",
            Function.Coalesce => $"coalesce({string.Join(", ", args.Select(e.Value))})",
            Function.If => $"if({Condition(0)}, {Value(1)}, {Value(2)})",
            Function.Length => $"length({e.Text(Argument(call, 0))})",
            Function.Log2Bucket => $"toInt64(floor(log2(greatest(toFloat64({Number(0)}), 1))))",
            Function.UnixNanoseconds => $"toUnixTimestamp64Nano({Value(0)})",
            Function.EntityKey => $"cityHash64({Value(0)}, {Value(1)})",
            Function.LastPart => $"arrayElement(splitByChar({e.Value(Argument(call, 1))}, {e.Text(Argument(call, 0))}), -1)",
            Function.SpanIdOf => $"toFixedString(substring(unhex(ifNull({e.Text(Argument(call, 0))}, '')), 1, 8), 8)",
            Function.CountedValues => $"mapKeys({Counts(Value(0), Condition(1))})",
            Function.ValueCounts => $"mapValues({Counts(Value(0), Condition(1))})",
            Function.LeadingDigits => Leading(Value(0), Whole(call, 1)),
            Function.NullIf => $"nullIf({Value(0)}, {Value(1)})",
            Function.Hex when args.Count > 1 => $"lower(leftPad(hex({Value(0)}), {Whole(call, 1)}, '0'))",
            Function.Hex => $"lower(hex({Value(0)}))",
            Function.EnumNumber => $"toInt64({Value(0)})",
            Function.JsonLength => $"toInt64(JSONLength({Value(0)}))",
            >= Function.FiniteNumber and <= Function.TypeName or Function.SeriesIncrease or Function.SeriesRate or Function.SeriesLast => SqlRowFunctions.Write(call, e),
            _ => SqlFieldFunctions.Write(call, e),
        };
    }

    private static string Counts(string value, string condition) => $"sumMapIf(map(toInt64({value}), toUInt64(1)), {condition})";

    // Rounded half away from zero, as whole numbers.
    private static string Leading(string value, string digits)
    {
        var step = $"toInt64(exp10(greatest(toInt64(length(toString({value}))) - {digits}, 0)))";
        return $"(intDiv({value} + intDiv({step}, 2), {step}) * {step})";
    }

    internal static Expr Argument(CallExpr call, int index) => index < call.Arguments.Count
        ? call.Arguments[index]
        : throw SqlExpressions.Invalid($"{call.Function} needs {index + 1} arguments");

    // Parameters of aggregate functions must be literals; these are numbers that were checked, never text.
    private static string Level(CallExpr call) => Argument(call, 1) is ConstExpr { Value: double level and >= 0 and <= 1 }
        ? level.ToString("R", CultureInfo.InvariantCulture)
        : throw SqlExpressions.Invalid("a quantile's level is a number from 0 to 1");

    internal static string Whole(CallExpr call, int index) => Argument(call, index) is ConstExpr { Value: long number and > 0 }
        ? number.ToString(CultureInfo.InvariantCulture)
        : throw SqlExpressions.Invalid($"{call.Function} takes a positive whole number as argument {index + 1}");
}
