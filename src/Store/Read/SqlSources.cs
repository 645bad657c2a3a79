using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Store.Read;

/// <summary>Writes sources as one SELECT, or several joined by UNION ALL, that gives their columns by name.</summary>
internal static class SqlSources
{
    public static void Write(SqlText sql, IReadOnlyList<RowSource> sources, int mostRows = 0)
    {
        if (sources.Count == 0)
            throw SqlExpressions.Invalid("a query has at least one source");
        for (var i = 0; i < sources.Count; i++)
        {
            sql.Append(i == 0 ? "" : " UNION ALL ");
            Write(sql, sources[i]);
            if (mostRows > 0)
                sql.Append($" LIMIT {mostRows}");
        }
    }

    public static SqlStatement Build(SourceQuery query)
    {
        var sql = new SqlText();
        var columns = Columns(query.Sources[0].Columns.Select(c => c.Name));
        var expressions = new SqlExpressions(sql, query.Sources[0].Signal, [], columns);
        sql.Append("SELECT ");
        for (var i = 0; i < query.Select.Count; i++)
            sql.Append(i == 0 ? "" : ", ").Append(expressions.Value(query.Select[i].Value)).Append($" AS c{i}");
        sql.Append(" FROM (");
        Write(sql, query.Sources, query.MostRows);
        sql.Append(")");
        WriteList(sql, " GROUP BY ", query.GroupBy.Select(expressions.Value));
        WriteList(sql, " ORDER BY ", query.OrderBy.Select(order => Order(query, order, expressions)));
        sql.Append($" LIMIT {query.Limit + 1}");
        return new SqlStatement(sql.ToString(), sql.Parameters);
    }

    internal static Dictionary<string, string> Columns(IEnumerable<string> names) =>
        names.ToDictionary(name => name, Name, StringComparer.Ordinal);

    /// <summary>Names of columns are the planner's: letters and digits, checked all the same.</summary>
    internal static string Name(string name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
                throw SqlExpressions.Invalid($"'{name}' is not a column of a source");
        }
        return name.Length > 0 ? name : throw SqlExpressions.Invalid("a source's column has a name");
    }

    internal static void WriteList(SqlText sql, string before, IEnumerable<string> items)
    {
        foreach (var item in items)
        {
            sql.Append(before).Append(item);
            before = ", ";
        }
    }

    private static string Order(SourceQuery query, Ordering order, SqlExpressions expressions)
    {
        var key = order.Value is FieldExpr field && query.Select.Index().FirstOrDefault(s => s.Item.Name == field.Name) is { Item: not null } selected
            ? $"c{selected.Index}"
            : expressions.Value(order.Value);
        return order.Descending ? $"{key} DESC" : key;
    }

    private static void Write(SqlText sql, RowSource source)
    {
        var joined = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var join in source.Joins)
        {
            foreach (var column in join.Other[0].Columns)
                joined[column.Name] = Name(column.Name);
        }
        if (source.Parts is not null)
            SqlHistograms.AddColumns(joined);
        var expressions = new SqlExpressions(sql, source.Signal, [], joined);
        sql.Append("SELECT ");
        WriteList(sql, "", source.Columns.Select(c => $"{expressions.Value(c.Value)} AS {Name(c.Name)}"));
        // A plain count needs no column, but SELECT requires one.
        sql.Append(source.Columns.Count == 0 ? "1" : "").Append(" FROM ");
        if (source.Parts is not { } parts)
        {
            WriteRows(sql, source, expressions, "");
            return;
        }
        sql.Append(SqlHistograms.Before(parts.SinceNs));
        WriteRows(sql, source, expressions, SqlHistograms.Condition);
        sql.Append(SqlHistograms.After(parts.Wanted));
        if (parts.Where is { } where)
            sql.Append(" WHERE ").Append(expressions.Condition(where));
    }

    /// <param name="also">A further condition, as SQL.</param>
    private static void WriteRows(SqlText sql, RowSource source, SqlExpressions expressions, string also)
    {
        sql.Append(SignalTable.Name(source.Signal));
        foreach (var (number, join) in source.Joins.Index())
        {
            sql.Append(join.Required ? " ANY INNER JOIN (" : " ANY LEFT JOIN (");
            Write(sql, join.Other);
            sql.Append($") AS joined{number}");
            for (var i = 0; i < join.Keys.Count; i++)
                sql.Append(i == 0 ? " ON " : " AND ").Append($"{expressions.Value(join.Keys[i])} = {Name(join.Other[0].Columns[i].Name)}");
        }
        var conditions = SqlBuilder.Conditions(sql, source.Signal, source.Range, source.Environment, source.Where, expressions);
        if (source.Sampling.Count > 0)
            sql.Append(" PREWHERE ").Append(Sampled(source.Sampling, expressions));
        sql.Append(" WHERE ").Append(string.Join(" AND ", also.Length > 0 ? conditions.Append(also) : conditions));
    }

    /// <summary>
    /// The position of a row is known without reading it, so rows that are not sampled are not read: a condition on the position comes first,
    /// then each sample tests the columns of its rows.
    /// </summary>
    private static string Sampled(IReadOnlyList<RowSampling> samples, SqlExpressions expressions)
    {
        var widest = Part(samples.Max(s => s.Granules), samples.Max(s => s.Rows));
        if (samples is [{ Of: null }])
            return widest;
        return $"{widest} AND ({string.Join(" OR ", samples.Select(s => s.Of is { } of ? $"({Part(s.Granules, s.Rows)} AND {expressions.Condition(of)})" : Part(s.Granules, s.Rows)))})";
    }

    private static string Part(double granuleShare, double rowShare)
    {
        const long Steps = 1_000_000;
        var granules = Math.Clamp((long)(granuleShare * Steps), 1, Steps);
        var rows = Math.Clamp((long)(rowShare * Steps), 1, Steps);
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"(cityHash64(_part, intDiv(_part_offset, 8192)) % {Steps} < {granules} AND intHash64(_part_offset) % {Steps} < {rows})");
    }
}
