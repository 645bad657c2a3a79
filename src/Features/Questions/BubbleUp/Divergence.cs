namespace Weir.Features.Questions.BubbleUp;

/// <summary>How much two samples of a distribution over the same categories differ, beyond what chance alone makes of samples of their size.</summary>
internal static class Divergence
{
    /// <summary>
    /// So far above its mean, in standard deviations, that one of some hundred columns without any difference seldom gets there. A difference has to be
    /// greater than chance makes it in one of 10,000 columns.
    /// </summary>
    private const double Unlikely = 3.72;

    /// <summary>
    /// The square root of the Jensen-Shannon divergence in bits, less what chance alone gives for samples of this size: 0 for the same
    /// distribution, 1 for distributions with nothing in common.
    /// </summary>
    /// <param name="left">Shares, adding up to 1.</param>
    /// <param name="right">As many shares.</param>
    /// <param name="leftSize">Rows behind the shares; weighted rows count as fewer.</param>
    /// <param name="rightSize">The same for the other side.</param>
    public static double Score(IReadOnlyList<double> left, IReadOnlyList<double> right, double leftSize, double rightSize)
    {
        if (leftSize < 1 || rightSize < 1)
            return 0;
        var divergence = 0.0;
        var categories = 0;
        for (var i = 0; i < left.Count; i++)
        {
            var middle = (left[i] + right[i]) / 2;
            if (middle <= 0)
                continue;
            categories++;
            divergence += (Part(left[i], middle) + Part(right[i], middle)) / 2;
        }
        // Of two samples of one distribution it is a chi-square of k-1 degrees of freedom, times (1/n+1/m)/(8 ln 2) bits.
        var chance = ChiSquare(categories - 1, Unlikely) / (8 * Math.Log(2)) * ((1 / leftSize) + (1 / rightSize));
        return Math.Sqrt(Math.Clamp(divergence - chance, 0, 1));
    }

    /// <summary>
    /// Whether one value's shares differ by more than chance makes any of <paramref name="values"/> values differ. It holds for small samples as well: three
    /// rows of three that have one value out of hundreds are significant.
    /// </summary>
    public static bool StandsOut(double left, double right, double leftSize, double rightSize, int values)
    {
        var together = ((left * leftSize) + (right * rightSize)) / (leftSize + rightSize);
        if (together is <= 0 or >= 1)
            return false;
        // Twice the log-likelihood ratio, a chi-square of one degree of freedom where both have one share.
        var ratio = 2 * ((leftSize * (Log(left, together) + Log(1 - left, 1 - together))) + (rightSize * (Log(right, together) + Log(1 - right, 1 - together))));
        // One in 10,000 for all values together: the tail of a chi-square of one falls by half every 1.4.
        return ratio > 15.1 + (2 * Math.Log(Math.Max(1, values)));
    }

    /// <summary>The value that a chi-square of so many degrees of freedom seldom exceeds (Wilson and Hilferty).</summary>
    private static double ChiSquare(int degrees, double deviations)
    {
        if (degrees <= 0)
            return 0;
        var part = 2.0 / (9 * degrees);
        return degrees * Math.Pow(1 - part + (deviations * Math.Sqrt(part)), 3);
    }

    private static double Log(double share, double together) => share <= 0 ? 0 : share * Math.Log(share / together);

    private static double Part(double share, double middle) => share <= 0 ? 0 : share * Math.Log2(share / middle);
}
