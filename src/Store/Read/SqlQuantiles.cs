using System.Globalization;
using Weir.Core.Query;

namespace Weir.Store.Read;

/// <summary>
/// Percentiles of a group. A percentile is the least value such that the rows up to it, each counted as often as it stands for, are at least that share of
/// all: the same value that the rows written out one by one have. Of few rows it is computed from the rows themselves, of more from a t-digest, whose
/// rank is within about one percent.
/// </summary>
internal static class SqlQuantiles
{
    /// <summary>Rows with a value up to which a group keeps them: 16 bytes each, beside a digest of some kilobytes.</summary>
    public const int FewRows = 256;

    /// <summary>What is gathered beside the digest: values and weights of the first rows, one row more than are computed with.</summary>
    public static IEnumerable<string> Gather(Accumulator accumulator)
    {
        var (name, column) = (SqlSources.Name(accumulator.Name), SqlSources.Name(accumulator.Column!));
        yield return $"groupArrayState({FewRows + 1})(toFloat64({column})) AS {name}_x";
        if (accumulator.Weight is { } weight)
            yield return $"groupArrayState({FewRows + 1})(if(isNull({column}), NULL, {SqlSources.Name(weight)})) AS {name}_w";
    }

    /// <summary>Over cells: the parts that <see cref="OfGroup"/> chooses from.</summary>
    public static IEnumerable<string> Merge(Accumulator accumulator)
    {
        var name = SqlSources.Name(accumulator.Name);
        yield return $"quantilesTDigest{(accumulator.Weight is null ? "" : "Weighted")}Merge({Levels(accumulator)})({name}) AS {name}_md";
        yield return $"groupArrayMerge({FewRows + 1})({name}_x) AS {name}_mx";
        if (accumulator.Weight is not null)
            yield return $"groupArrayMerge({FewRows + 1})({name}_w) AS {name}_mw";
    }

    /// <summary>Over merged parts: the percentiles of a group, named as other merged accumulators are.</summary>
    public static string OfGroup(Accumulator accumulator)
    {
        var name = SqlSources.Name(accumulator.Name);
        return $"{Choose(accumulator, $"{name}_md", part => $"{name}_m{part}")} AS {name}_m";
    }

    public static string CellName(Accumulator accumulator) => $"{SqlSources.Name(accumulator.Name)}_f";

    /// <summary>Of one cell.</summary>
    public static string OfCell(Accumulator accumulator)
    {
        var name = SqlSources.Name(accumulator.Name);
        return $"{Choose(accumulator, $"finalizeAggregation({name})", part => $"finalizeAggregation({name}_{part})")} AS {CellName(accumulator)}";
    }

    private static string Choose(Accumulator accumulator, string digest, Func<string, string> rows)
    {
        var values = rows("x");
        // For no rows the digest is used, which returns no number.
        var isFew = $"length({values}) BETWEEN 1 AND {FewRows}";
        string Few(string array, string none) => $"if({isFew}, {array}, {none})";
        var few = Few(values, "emptyArrayFloat64()");
        // Where every row stands for itself, sorting a few hundred numbers costs less than an aggregate function. Both arrays of weighted rows are of the same
        // rows in the same order: their states are filled and merged side by side.
        var exact = accumulator.Weight is null
            ? $"arrayMap(level -> arraySort({few})[toUInt32(ceil(level * length({values})))], [{Levels(accumulator)}])"
            : $"arrayReduce('quantilesExactWeighted({Levels(accumulator)})', {few}, {Few(rows("w"), "emptyArrayUInt64()")})";
        return $"if({isFew}, {exact}, CAST({digest}, 'Array(Float64)'))";
    }

    // Levels must be literals; they are numbers that were checked, never text.
    public static string Levels(Accumulator accumulator) => string.Join(", ", (accumulator.Levels ?? []).Select(level => level is >= 0 and <= 1
        ? level.ToString("R", CultureInfo.InvariantCulture)
        : throw SqlExpressions.Invalid("a quantile's level is a number from 0 to 1")));
}
