namespace Weir.Core.Explore.BubbleUp;

/// <summary>How much two samples of a distribution over the same categories differ.</summary>
internal static class Divergence
{
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
        // Of two samples of one distribution it is (k-1)(1/n+1/m)/(8 ln 2) bits on average; twice that is still within chance.
        var chance = (categories - 1) / (8 * Math.Log(2)) * ((1 / leftSize) + (1 / rightSize));
        return Math.Sqrt(Math.Clamp(divergence - (2 * chance), 0, 1));
    }

    private static double Part(double share, double middle) => share <= 0 ? 0 : share * Math.Log2(share / middle);
}
