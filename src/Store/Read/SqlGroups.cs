using Weir.Core.Query;

namespace Weir.Store.Read;

/// <summary>
/// Writes a <see cref="GroupedQuery"/>: rows become cells, cells become groups, buckets and the total, and groups are limited and ordered. Result columns are
/// kind, bucket, the keys, the values, points.
/// </summary>
internal static class SqlGroups
{
    public static SqlStatement Build(GroupedQuery query)
    {
        var sql = new SqlText();
        var keys = query.Keys.Select(SqlSources.Name).ToList();
        var bucket = query.Bucket is { } name ? SqlSources.Name(name) : null;
        var hasGroups = keys.Count > 0;
        var quantiles = query.Accumulators.Where(a => a.Kind == AccumulatorKind.Quantiles).ToList();
        var merged = Scope(sql, query, query.Accumulators.ToDictionary(a => a.Name, a => quantiles.Count == 0 ? Merge(a) : $"{SqlSources.Name(a.Name)}_m", StringComparer.Ordinal));
        var values = query.Values.Select((value, i) => $"{merged.Value(value.Value)} AS v{i}").ToList();
        var kind = $"{Kind(query, keys, bucket)} AS kind, {(query.Totals || !hasGroups ? bucket ?? "toUInt32(0)" : "toUInt32(0)")} AS bucket";
        var groups = keys.Select((key, i) => $"{key} AS g{i}").ToList();
        var points = hasGroups && bucket is not null ? Points(sql, query, bucket) : null;
        sql.Append("SELECT * FROM (SELECT ");
        if (quantiles.Count == 0)
        {
            SqlSources.WriteList(sql, "", [kind, .. groups, .. values, .. points is null ? Array.Empty<string>() : [points]]);
            sql.Append(" FROM (");
            WriteCells(sql, query, keys, bucket);
            sql.Append(")");
        }
        else
        {
            // Percentiles of few rows take a step of their own, so that each is worked out once: the engine does it as often as it stands in the text.
            SqlSources.WriteList(sql, "", ["kind", "bucket", .. keys.Select((_, i) => $"g{i}"), .. values, .. points is null ? Array.Empty<string>() : ["points"]]);
            SqlSources.WriteList(sql, " FROM (SELECT ", ["*", .. quantiles.Select(SqlQuantiles.OfGroup)]);
            SqlSources.WriteList(
                sql, " FROM (SELECT ",
                [kind, .. groups, .. query.Accumulators.SelectMany(MergedParts), .. points is null ? Array.Empty<string>() : [points]]);
            SqlSources.WriteList(sql, " FROM (SELECT ", ["*", .. points is null ? [] : quantiles.Select(SqlQuantiles.OfCell)]);
            sql.Append(" FROM (");
            WriteCells(sql, query, keys, bucket);
            sql.Append("))").Append(Sets(query, keys, bucket)).Append("))");
        }
        sql.Append(quantiles.Count == 0 ? Sets(query, keys, bucket) : "").Append(")");
        WriteChoice(sql, query);
        return new SqlStatement(sql.ToString(), sql.Parameters);
    }

    private static IEnumerable<string> MergedParts(Accumulator accumulator) => accumulator.Kind == AccumulatorKind.Quantiles
        ? SqlQuantiles.Merge(accumulator)
        : [$"{Merge(accumulator)} AS {SqlSources.Name(accumulator.Name)}_m"];

    private static SqlExpressions Scope(SqlText sql, GroupedQuery query, IReadOnlyDictionary<string, string> columns) =>
        new(sql, query.Sources[0].Signal, [], columns);

    private static void WriteCells(SqlText sql, GroupedQuery query, List<string> keys, string? bucket)
    {
        var cells = bucket is null ? keys : [.. keys, bucket];
        sql.Append("SELECT ");
        SqlSources.WriteList(sql, "", [.. cells, .. query.Accumulators.SelectMany(Gathered)]);
        sql.Append(" FROM (");
        SqlSources.Write(sql, query.Sources);
        sql.Append(")");
        SqlSources.WriteList(sql, " GROUP BY ", cells);
    }

    private static string Points(SqlText sql, GroupedQuery query, string bucket)
    {
        var single = Scope(sql, query, query.Accumulators.ToDictionary(a => a.Name, Finish, StringComparer.Ordinal));
        return $"groupArray(tuple({string.Join(", ", query.Values.Select(v => single.Value(v.Value)).Prepend(bucket))})) AS points";
    }

    private static string Kind(GroupedQuery query, List<string> keys, string? bucket) => (keys.Count, bucket, query.Totals) switch
    {
        (0, null, _) => "0",
        (0, _, _) => $"if(grouping({bucket}) = 0, 1, 0)",
        (_, _, false) => "2",
        (_, null, _) => $"if(grouping({keys[0]}) = 0, 2, 0)",
        _ => $"multiIf(grouping({keys[0]}) = 0, 2, grouping({bucket}) = 0, 1, 0)",
    };

    private static string Sets(GroupedQuery query, List<string> keys, string? bucket) => (keys.Count, bucket, query.Totals) switch
    {
        (0, null, _) => "",
        (0, _, _) => $" GROUP BY GROUPING SETS (({bucket}), ())",
        (_, _, false) => $" GROUP BY {string.Join(", ", keys)}",
        (_, null, _) => $" GROUP BY GROUPING SETS (({string.Join(", ", keys)}), ())",
        _ => $" GROUP BY GROUPING SETS (({string.Join(", ", keys)}), ({bucket}), ())",
    };

    private static void WriteChoice(SqlText sql, GroupedQuery query)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (i, key) in query.Keys.Index())
            names[key] = $"g{i}";
        foreach (var (i, value) in query.Values.Index())
            names[value.Name] = $"v{i}";
        var result = new SqlExpressions(sql, query.Sources[0].Signal, [], names);
        if (query.Having is { } having)
            sql.Append(" WHERE kind < 2 OR ").Append(result.Condition(having));
        sql.Append(" ORDER BY kind, bucket * (kind = 1)");
        foreach (var order in query.OrderBy)
            sql.Append(", ").Append(result.Value(order.Value)).Append(order.Descending ? " DESC NULLS LAST" : " NULLS LAST");
        SqlSources.WriteList(sql, ", ", query.Keys.Select((_, i) => $"g{i} NULLS LAST"));
        // Groups past the limit show that there are others; the total and its buckets come first.
        sql.Append($" LIMIT {query.Limit + 1} BY if(kind = 2, 0, bucket + kind + 1)");
    }

    private static IEnumerable<string> Gathered(Accumulator accumulator)
    {
        var name = SqlSources.Name(accumulator.Name);
        return accumulator.Kind == AccumulatorKind.Quantiles
            ? [$"{Gather(accumulator)} AS {name}", .. SqlQuantiles.Gather(accumulator)]
            : [$"{Gather(accumulator)} AS {name}"];
    }

    /// <summary>Over rows.</summary>
    private static string Gather(Accumulator accumulator)
    {
        var column = accumulator.Column is { } name ? SqlSources.Name(name) : null;
        var weight = accumulator.Weight is { } rate ? SqlSources.Name(rate) : null;
        return accumulator.Kind switch
        {
            AccumulatorKind.Count when weight is null => $"count({column})",
            AccumulatorKind.Count when column is null => $"sum({weight})",
            AccumulatorKind.Count => $"sumIf({weight}, isNotNull({column}))",
            AccumulatorKind.Sum => weight is null ? $"sum({column})" : $"sum({column} * {weight})",
            AccumulatorKind.Min => $"min({column})",
            AccumulatorKind.Max => $"max({column})",
            AccumulatorKind.Quantiles when weight is null => $"quantilesTDigestState({SqlQuantiles.Levels(accumulator)})({column})",
            AccumulatorKind.Quantiles => $"quantilesTDigestWeightedState({SqlQuantiles.Levels(accumulator)})({column}, {weight})",
            AccumulatorKind.ExactQuantiles => $"quantilesExactWeightedState({SqlQuantiles.Levels(accumulator)})({column}, {weight ?? "1"})",
            AccumulatorKind.Distinct => $"uniqCombinedState({column})",
            _ => throw new ArgumentOutOfRangeException(nameof(accumulator)),
        };
    }

    /// <summary>Over cells.</summary>
    private static string Merge(Accumulator accumulator)
    {
        var name = SqlSources.Name(accumulator.Name);
        return accumulator.Kind switch
        {
            AccumulatorKind.Count or AccumulatorKind.Sum => $"sum({name})",
            AccumulatorKind.Min => $"min({name})",
            AccumulatorKind.Max => $"max({name})",
            AccumulatorKind.ExactQuantiles => $"quantilesExactWeightedMerge({SqlQuantiles.Levels(accumulator)})({name})",
            // Where no row has a value the engine gives NULL, which is neither less than one nor equal to zero.
            AccumulatorKind.Distinct => $"ifNull(uniqCombinedMerge({name}), 0)",
            _ => throw new ArgumentOutOfRangeException(nameof(accumulator)),
        };
    }

    /// <summary>Of one cell.</summary>
    private static string Finish(Accumulator accumulator) => accumulator.Kind switch
    {
        AccumulatorKind.Quantiles => SqlQuantiles.CellName(accumulator),
        AccumulatorKind.Distinct => $"ifNull(finalizeAggregation({SqlSources.Name(accumulator.Name)}), 0)",
        AccumulatorKind.ExactQuantiles => $"finalizeAggregation({SqlSources.Name(accumulator.Name)})",
        _ => SqlSources.Name(accumulator.Name),
    };
}
