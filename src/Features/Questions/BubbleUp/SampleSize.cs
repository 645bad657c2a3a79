using Weir.Core.Query;

namespace Weir.Features.Questions.BubbleUp;

/// <summary>
/// How a set is sampled. Reading is the expensive part: a column's values lie in granules of some thousand neighbouring rows that are read
/// whole or not at all. So a sample takes random granules, and from their rows only as many as the comparison needs.
/// </summary>
internal static class SampleSize
{
    /// <summary>Rows of each set that are compared: shares are then right to about half a percent.</summary>
    public const int WantedRows = 12_000;

    /// <summary>Most rows that a sample may turn out to have.</summary>
    public const int MostRows = 3 * WantedRows;

    /// <summary>Values (rows times columns) that may be read for a set.</summary>
    private const long ReadValues = 15_000_000;

    /// <summary>A set of which fewer rows than this would be found may read this many times as much.</summary>
    private const int FewRows = 2_000;
    private const int MoreForFew = 3;

    /// <summary>A share of the granules larger than this is no sample worth its unevenness: all are read.</summary>
    private const double LargeShare = 0.7;

    /// <summary>Granules below which services and names that lie together would be missed.</summary>
    private const int LeastGranules = 64;
    private const double RowsAGranule = 8192;

    /// <param name="rows">Rows of the set.</param>
    /// <param name="among">Rows in the time range of the set.</param>
    /// <param name="columns">Columns that are read of each row.</param>
    public static RowSampling? Of(long rows, long among, int columns)
    {
        if (rows == 0)
            return null;
        var granules = Math.Max(1, (among * columns) / (double)ReadValues);
        granules = Math.Max(1, Math.Min(granules, among / RowsAGranule / LeastGranules));
        if (rows / granules < FewRows)
            granules = Math.Max(1, Math.Min(granules, Math.Max(granules / MoreForFew, rows / (double)FewRows)));
        if (granules < 1 / LargeShare)
            granules = 1;
        var inGranules = rows / granules;
        var kept = Math.Min(1, WantedRows / inGranules);
        return granules <= 1 && kept >= 1 ? null : new RowSampling(1 / granules, kept);
    }
}
