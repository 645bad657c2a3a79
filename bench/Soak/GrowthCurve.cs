namespace Weir.Bench.Soak;

/// <summary>One number of one process over time, and whether it grows.</summary>
/// <param name="Allowed">Growth over the whole time that is still called flat, in the number's own unit.</param>
/// <param name="AllowedShare">The same as a share of where it began; the larger of both counts.</param>
internal sealed record GrowthCurve(string Name, double Allowed, double AllowedShare)
{
    private readonly List<(double Minute, double Value)> _points = [];

    public void Add(double minute, double value) => _points.Add((minute, value));

    /// <summary>
    /// What it says of the points from that minute on: the middle of the slopes between all pairs of points (Theil and Sen), so that a
    /// single peak, as a burst of merges makes it, does not count as growth and does not hide it.
    /// </summary>
    public Judgement Judge(double fromMinute)
    {
        var points = _points.Where(p => p.Minute >= fromMinute).ToList();
        if (points.Count < 2)
            return new Judgement(points.Count, 0, 0, 0, IsFlat: false);
        var slopes = new List<double>();
        for (var i = 0; i < points.Count; i++)
        {
            for (var j = i + 1; j < points.Count; j++)
                slopes.Add((points[j].Value - points[i].Value) / (points[j].Minute - points[i].Minute));
        }
        var slope = Median(slopes);
        var growth = slope * (points[^1].Minute - points[0].Minute);
        var begin = Median([.. points.Take(Math.Max(1, points.Count / 4)).Select(p => p.Value)]);
        var end = Median([.. points.TakeLast(Math.Max(1, points.Count / 4)).Select(p => p.Value)]);
        return new Judgement(points.Count, begin, end, slope * 60, growth <= Math.Max(Allowed, begin * AllowedShare));
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}

/// <param name="Begin">Median of the first quarter of the points.</param>
/// <param name="End">Median of the last quarter.</param>
internal sealed record Judgement(int Points, double Begin, double End, double PerHour, bool IsFlat);
