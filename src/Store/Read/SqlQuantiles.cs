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

    public static string Merge(Accumulator accumulator)
    {
        var name = SqlSources.Name(accumulator.Name);
        var digest = $"quantilesTDigest{(accumulator.Weight is null ? "" : "Weighted")}Merge({Levels(accumulator)})({name})";
        return Choose(accumulator, digest, part => $"groupArrayMerge({FewRows + 1})({name}{part})");
    }

    /// <summary>Of one cell.</summary>
    public static string Finish(Accumulator accumulator)
    {
        var name = SqlSources.Name(accumulator.Name);
        return Choose(accumulator, $"finalizeAggregation({name})", part => $"finalizeAggregation({name}{part})");
    }

    private static string Choose(Accumulator accumulator, string digest, Func<string, string> rows)
    {
        var values = rows("_x");
        // None at all is the digest's to tell: it gives no number then.
        var isFew = $"length({values}) BETWEEN 1 AND {FewRows}";
        // Both arrays are of the same rows in the same order: their states are filled and merged side by side.
        string Few(string array, string none) => $"if({isFew}, {array}, {none})";
        var weights = accumulator.Weight is null ? $"arrayWithConstant(length({Few(values, "emptyArrayFloat64()")}), toUInt64(1))" : Few(rows("_w"), "emptyArrayUInt64()");
        return $"if({isFew}, arrayReduce('quantilesExactWeighted({Levels(accumulator)})', {Few(values, "emptyArrayFloat64()")}, {weights}), CAST({digest}, 'Array(Float64)'))";
    }

    // Levels must be literals; they are numbers that were checked, never text.
    public static string Levels(Accumulator accumulator) => string.Join(", ", (accumulator.Levels ?? []).Select(level => level is >= 0 and <= 1
        ? level.ToString("R", CultureInfo.InvariantCulture)
        : throw SqlExpressions.Invalid("a quantile's level is a number from 0 to 1")));
}
