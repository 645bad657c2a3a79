using System.Globalization;
using System.Text;
using Weir.Core.Query;

namespace Weir.Store.Read;

/// <summary>The functions that calculated fields need.</summary>
internal static class SqlFieldFunctions
{
    private const string Rfc3339 = @"^\\d{4}-\\d{2}-\\d{2}[Tt ]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?([Zz]|[+-]\\d{2}:\\d{2})$";

    public static string Write(CallExpr call, SqlExpressions e)
    {
        string Value(int i) => e.Value(SqlFunctions.Argument(call, i));
        string Text(int i) => e.Text(SqlFunctions.Argument(call, i));
        string Number(int i) => e.Number(SqlFunctions.Argument(call, i));
        string All(Func<Expr, string> write) => string.Join(", ", call.Arguments.Select(write));
        return call.Function switch
        {
            Function.MultiIf => MultiIf(call, e),
            Function.NullIfEmpty => $"nullIf({Text(0)}, '')",
            Function.ToFloat => $"toFloat64({Number(0)})",
            Function.Truncate => $"if(ifNull(abs({Number(0)}) < 9.2e18, 0), toInt64(trunc({Number(0)})), 0)",
            Function.ToBool => $"toBool({Value(0)})",
            Function.Least => $"least({All(e.Value)})",
            Function.Greatest => $"greatest({All(e.Value)})",
            Function.Floor => $"floor({Number(0)})",
            Function.Round => $"round({Number(0)}, {Value(1)})",
            Function.Log10 => $"log10({Number(0)})",
            Function.Concat => $"concat({All(e.Text)})",
            Function.Prefix => $"leftUTF8({Text(0)}, {Value(1)})",
            Function.LowerUtf8 => $"lowerUTF8({Text(0)})",
            Function.LengthUtf8 => $"toInt64(lengthUTF8({Text(0)}))",
            Function.Extract => $"extract({Text(0)}, {Value(1)})",
            Function.CountMatches => $"toInt64(countMatches({Text(0)}, {Value(1)}))",
            Function.UnixSeconds => $"(toUnixTimestamp64Micro({Value(0)}) / 1e6)",
            Function.ParseTime =>
                $"if(ifNull(match({Text(0)}, '{Rfc3339}'), 0), toUnixTimestamp64Micro(parseDateTime64BestEffortOrNull({Text(0)}, 9, 'UTC')) / 1e6, NULL)",
            Function.FormatTime => FormatTime(Number(0), Value(1)),
            _ => throw SqlExpressions.Invalid($"function {call.Function} is not known"),
        };
    }

    private static string MultiIf(CallExpr call, SqlExpressions e)
    {
        var arguments = call.Arguments;
        var sql = new StringBuilder("multiIf(");
        for (var i = 0; i + 1 < arguments.Count; i += 2)
            sql.Append(CultureInfo.InvariantCulture, $"{e.Condition(arguments[i])}, {e.Value(arguments[i + 1])}, ");
        return sql.Append(arguments.Count % 2 == 1 ? e.Value(arguments[^1]) : "NULL").Append(')').ToString();
    }

    // Within what DateTime64 holds at nanoseconds; the formatting function throws past it.
    private static string FormatTime(string seconds, string format) =>
        $"if(ifNull(abs({seconds} - 3.5e9) < 5.7e9, 0), formatDateTime(fromUnixTimestamp64Nano(toInt64({seconds} * 1e9), 'UTC'), {format}, 'UTC'), NULL)";
}
