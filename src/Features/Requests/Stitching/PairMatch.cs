namespace Weir.Features.Requests.Stitching;

/// <summary>What one recorder's entries are to another's, after the last round.</summary>
internal sealed record PairMatch(IReadOnlyList<EntryLink> Links, IReadOnlyList<OpenEntry> Open)
{
    /// <summary>Candidates that are e times this less likely than the best are none.</summary>
    private const double FarthestCandidate = 6.9;

    private const int MostCandidates = 20;

    // As many pairs have to be learned from before what was learned is taken as it is.
    private const double EnoughLearned = 200;

    /// <summary>What an error is multiplied by when distances were learned from few pairs, and others around contest the pair.</summary>
    public static double FewLearned(double pairs, bool contested) => contested ? 1 + (EnoughLearned / Math.Max(1, pairs)) : 1;

    public static PairMatch Empty { get; } = new([], []);

    /// <param name="safety">By row and column: what the error is multiplied by, for what the learned distributions don't know.</param>
    public static PairMatch Of(SparseAssignment assignment, IReadOnlyList<Entry> rows, IReadOnlyList<Entry> columns, Func<int, int, double> safety)
    {
        var (links, open) = (new List<EntryLink>(), new List<OpenEntry>());
        for (var column = 0; column < columns.Count; column++)
        {
            if (assignment.RowOf[column] >= 0 && assignment.ErrorOf(assignment.RowOf[column]) is < 0.05 and var error)
            {
                links.Add(new EntryLink(rows[assignment.RowOf[column]], columns[column], error * safety(assignment.RowOf[column], column)));
                continue;
            }
            var candidates = assignment.CandidatesOf(column);
            if (candidates.Count > 0)
            {
                open.Add(new OpenEntry(
                    columns[column],
                    [.. candidates.Where(c => c.Loss <= candidates[0].Loss + FarthestCandidate).Take(MostCandidates).Select(c => rows[c.Row])]));
            }
        }
        return new PairMatch(links, open);
    }
}

/// <summary>How often something happens, estimated from few cases towards what is expected.</summary>
internal struct HitRate(double expected, double weight)
{
    private double _hits = expected * weight;
    private double _all = weight;

    public void Add(double hit)
    {
        _hits += hit;
        _all++;
    }

    public readonly double Value => Math.Clamp(_hits / _all, 0.002, 0.995);
}

/// <summary>How many entries there are around a moment: what a coincidence is measured by.</summary>
internal sealed class LocalRate
{
    private const long HalfNs = 1_000_000_000;
    private const long MiddleNs = 50_000_000;
    private const long NearNs = 2_000_000;

    private readonly long[] _times;
    private readonly double _overall;

    public LocalRate(IEnumerable<long> times)
    {
        _times = [.. times];
        Array.Sort(_times);
        _overall = _times.Length / (double)Math.Max(10 * HalfNs, _times.Length == 0 ? 0 : _times[^1] - _times[0]);
    }

    /// <summary>Per nanosecond; never less than one in ten seconds.</summary>
    public double At(long time) => Math.Max(Math.Max(_overall, 1e-10), Around(time, HalfNs) / (2.0 * HalfNs));

    /// <summary>
    /// Per nanosecond, besides one at the moment itself; never less than one in ten seconds. After a pause of the whole process everything
    /// happens at once, so the densest of three reaches counts.
    /// </summary>
    public double AtDensest(long time)
    {
        var rate = Math.Max(At(time), (Around(time, MiddleNs) - 1) / (2.0 * MiddleNs));
        return Math.Max(rate, (Around(time, NearNs) - 1) / (2.0 * NearNs));
    }

    private int Around(long time, long half)
    {
        var from = Array.BinarySearch(_times, time - half);
        var to = Array.BinarySearch(_times, time + half);
        return (to < 0 ? ~to : to) - (from < 0 ? ~from : from);
    }
}
