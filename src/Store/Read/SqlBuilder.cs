using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Store.Engine;

namespace Weir.Store.Read;

/// <summary>A query as SQL with its parameters; result columns are c0, c1, … in the order of <see cref="TelemetryQuery.Select"/>.</summary>
internal sealed record SqlStatement(string Sql, IReadOnlyList<EngineParameter> Parameters);

/// <summary>Turns a <see cref="TelemetryQuery"/> into one SELECT. The only place where query SQL is written.</summary>
internal static class SqlBuilder
{
    public static SqlStatement Build(TelemetryQuery query)
    {
        var sql = new SqlText();
        // One row more than the limit shows whether the answer is truncated.
        Write(sql, query, query.Limit + 1);
        return new SqlStatement(sql.ToString(), sql.Parameters);
    }

    internal static void Write(SqlText sql, TelemetryQuery query, int limit)
    {
        if (query.Select.Count == 0)
            throw SqlExpressions.Invalid("a query selects at least one column");
        var expressions = new SqlExpressions(sql, query.Signal, query.Joins);
        sql.Append("SELECT ");
        for (var i = 0; i < query.Select.Count; i++)
        {
            sql.Append(i == 0 ? "" : ", ").Append(expressions.Value(query.Select[i].Value));
            sql.Append(string.Create(CultureInfo.InvariantCulture, $" AS c{i}"));
        }
        sql.Append(" FROM ").Append(SignalTable.Name(query.Signal));
        for (var i = 0; i < query.Joins.Count; i++)
            WriteJoin(sql, query.Joins[i], i, expressions);
        WriteWhere(sql, query, expressions);
        for (var i = 0; i < query.GroupBy.Count; i++)
            sql.Append(i == 0 ? " GROUP BY " : ", ").Append(expressions.Value(query.GroupBy[i]));
        if (query.Having is { } having)
            sql.Append(" HAVING ").Append(expressions.Condition(having));
        for (var i = 0; i < query.OrderBy.Count; i++)
        {
            sql.Append(i == 0 ? " ORDER BY " : ", ").Append(OrderKey(query, query.OrderBy[i].Value, expressions));
            sql.Append(query.OrderBy[i].Descending ? " DESC" : "");
        }
        if (query.LimitBy > 0)
        {
            sql.Append(string.Create(CultureInfo.InvariantCulture, $" LIMIT {query.LimitBy} BY "));
            for (var i = 0; i < query.LimitByKey.Count; i++)
                sql.Append(i == 0 ? "" : ", ").Append(expressions.Value(query.LimitByKey[i]));
        }
        sql.Append(string.Create(CultureInfo.InvariantCulture, $" LIMIT {limit}"));
        if (query.Offset > 0)
            sql.Append(string.Create(CultureInfo.InvariantCulture, $" OFFSET {query.Offset}"));
    }

    /// <summary>The joined query's columns are named apart, so that they never clash with those of this one.</summary>
    private static void WriteJoin(SqlText sql, Join join, int number, SqlExpressions expressions)
    {
        sql.Append(" LEFT JOIN (SELECT ");
        for (var i = 0; i < join.Query.Select.Count; i++)
            sql.Append(string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}c{i} AS j{number}_{i}"));
        sql.Append(" FROM (");
        Write(sql, join.Query, join.Query.Limit);
        sql.Append(string.Create(CultureInfo.InvariantCulture, $")) AS j{number} ON {expressions.Value(join.Key)} = j{number}.j{number}_0"));
    }

    private static void WriteWhere(SqlText sql, TelemetryQuery query, SqlExpressions expressions)
    {
        var conditions = Conditions(sql, query.Signal, query.Range, query.Environment, query.Where, expressions);
        if (query.Range is null && query.Signal == Signal.Spans && TraceIds(query.Where) is { } ids)
        {
            // A look-up by id without a time range: the trace's own times bound what is read.
            var time = SignalFields.TimeColumn(query.Signal);
            var list = string.Join(", ", ids.Select(sql.Bind));
            conditions.Insert(0, $"{time} >= (SELECT min(first) FROM trace_times WHERE trace_id IN ({list}))");
            conditions.Insert(1, $"{time} <= (SELECT max(last) FROM trace_times WHERE trace_id IN ({list}))");
        }
        if (conditions.Count > 0)
            sql.Append(" WHERE ").Append(string.Join(" AND ", conditions));
    }

    internal static List<string> Conditions(
        SqlText sql, Signal signal, TimeRange? between, string? environment, Expr? where, SqlExpressions expressions)
    {
        var conditions = new List<string>();
        if (between is { } range)
        {
            var time = SignalFields.TimeColumn(signal);
            conditions.Add($"{time} >= {sql.Time(SqlText.UnixNanoseconds(range.From))}");
            conditions.Add($"{time} < {sql.Time(SqlText.UnixNanoseconds(range.To))}");
        }
        if (environment is not null)
            conditions.Add($"environment = {sql.Bind("String", environment)}");
        if (where is not null)
            conditions.Add(expressions.Condition(where));
        return conditions;
    }

    /// <summary>The trace ids that the filter demands, if it demands any.</summary>
    private static List<object>? TraceIds(Expr? where) => where switch
    {
        CompareExpr { Op: CompareOp.Equal, Left: FieldExpr { Name: "trace_id" }, Right: ConstExpr { Value: byte[] id } } => [id],
        InExpr { Operand: FieldExpr { Name: "trace_id" } } list => [.. list.Values],
        AndExpr and => and.Operands.Select(TraceIds).FirstOrDefault(ids => ids is not null),
        _ => null,
    };

    private static string OrderKey(TelemetryQuery query, Expr key, SqlExpressions expressions)
    {
        if (key is FieldExpr field)
        {
            for (var i = 0; i < query.Select.Count; i++)
            {
                if (query.Select[i].Name == field.Name)
                    return string.Create(CultureInfo.InvariantCulture, $"c{i}");
            }
        }
        return expressions.Value(key);
    }
}
