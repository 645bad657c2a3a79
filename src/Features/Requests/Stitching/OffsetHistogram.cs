namespace Weir.Features.Requests.Stitching;

/// <summary>
/// How far apart two recorders' times of one request lie, learned from matched pairs. Bins grow with the distance from the centre, on both
/// sides, so that a spread of microseconds and a tail of seconds fit into a few numbers. Not thread-safe.
/// </summary>
public sealed class OffsetHistogram
{
    /// <summary>Bins on each side of the centre.</summary>
    private const int Side = 24;

    // The share that is always expected to follow the prior: what was never seen stays possible.
    private const double LeastPrior = 0.01;

    // As many observations as the prior weighs at first.
    private const double PriorWeight = 6;

    private readonly double[] _counts = new double[2 * Side];
    private readonly double[] _density = new double[2 * Side];
    private readonly double _baseNs;
    private readonly double _priorScaleNs;
    private double _total;

    /// <param name="resolutionNs">Distances smaller than this say nothing.</param>
    /// <param name="priorScaleNs">What is expected before anything is learned: half width of a Cauchy distribution, whose tails are heavier than any that was measured.</param>
    public OffsetHistogram(long resolutionNs = 1, double priorScaleNs = 2_000_000)
    {
        _priorScaleNs = priorScaleNs;
        _baseNs = Math.Max(4_000, resolutionNs / 2.0);
        Update();
    }

    public double CentreNs { get; private set; }

    /// <summary>How much was learned from.</summary>
    public double Total => _total;

    /// <summary>Learns anew from distances with weights of 0 to 1. The result does not depend on their order.</summary>
    public void Learn(List<(double DistanceNs, double Weight)> distances)
    {
        Array.Clear(_counts);
        _total = 0;
        CentreNs = 0;
        if (distances.Count > 0)
        {
            distances.Sort();
            CentreNs = Median(distances);
            foreach (var (distance, weight) in distances)
            {
                _counts[Bin(distance - CentreNs)] += weight;
                _total += weight;
            }
        }
        Update();
    }

    /// <summary>Probability of a distance, per nanosecond.</summary>
    public double Density(double distanceNs) => _density[Bin(distanceNs - CentreNs)];

    /// <summary>Where the density changes, ascending; the ends are infinite.</summary>
    public void AppendEdges(List<double> edges)
    {
        for (var bin = 1; bin < 2 * Side; bin++)
            edges.Add(CentreNs + Lower(bin));
    }

    private static double Median(List<(double DistanceNs, double Weight)> sorted)
    {
        var half = sorted.Sum(d => d.Weight) / 2;
        foreach (var (distance, weight) in sorted)
        {
            half -= weight;
            if (half <= 0)
                return distance;
        }
        return sorted[^1].DistanceNs;
    }

    private int Bin(double fromCentre)
    {
        var magnitude = Math.Abs(fromCentre) / _baseNs;
        var bin = magnitude < 1 ? 0 : Math.Min(Side - 1, 1 + Math.ILogB(magnitude));
        return fromCentre < 0 ? Side - 1 - bin : Side + bin;
    }

    /// <summary>The lower edge of a bin, from the centre.</summary>
    private double Lower(int bin) => bin >= Side
        ? (bin == Side ? 0 : _baseNs * Math.ScaleB(1, bin - Side - 1))
        : -_baseNs * Math.ScaleB(1, Side - 1 - bin);

    private double Width(int bin)
    {
        var magnitude = bin >= Side ? bin - Side : Side - 1 - bin;
        return magnitude == 0 ? _baseNs : _baseNs * Math.ScaleB(1, magnitude - 1);
    }

    private void Update()
    {
        // A single observation in a bin tells nothing: it may be the pair that is judged, or a wrong one.
        var kept = _counts.Select(count => Math.Max(0, count - 1)).ToArray();
        var smooth = new double[2 * Side];
        for (var bin = 0; bin < 2 * Side; bin++)
        {
            // Neighbours share in proportion to their width, so that a sharp peak stays sharp.
            smooth[bin] += kept[bin] * 0.8;
            smooth[Math.Max(0, bin - 1)] += kept[bin] * 0.1;
            smooth[Math.Min((2 * Side) - 1, bin + 1)] += kept[bin] * 0.1;
        }
        var total = smooth.Sum();
        var prior = total == 0 ? 1 : Math.Max(LeastPrior, PriorWeight / (total + PriorWeight));
        for (var bin = 0; bin < 2 * Side; bin++)
        {
            var lower = Lower(bin);
            var mass = (Math.Atan((lower + Width(bin)) / _priorScaleNs) - Math.Atan(lower / _priorScaleNs)) / Math.PI;
            _density[bin] = ((1 - prior) * (total == 0 ? 0 : smooth[bin] / total) / Width(bin)) + (prior * mass / Width(bin));
        }
    }
}
