namespace Weir.Features.Requests.Stitching;

/// <summary>
/// Matches lines or reports that are alike with the spans of one recorder. Each lies anywhere in its span, at a distance from the start and
/// from the end that is learned; a request is expected to leave at most one of each kind, and how often it does is learned by its route.
/// </summary>
internal sealed class PointPairs
{
    // A report may come in long after its request, a line's clock may be a little early.
    private const long EarliestNs = 50_000_000;
    private const long LatestNs = 2_000_000_000;
    private const int MostLooked = 512;
    private const int MostCandidates = 48;
    private const int Rounds = 4;

    // Nothing else within this makes a pair uncontested.
    private const long AloneNs = 250_000_000;
    private const int FewestAlone = 8;
    private const long ContestedNs = 400_000_000;

    private const double NamedExpectation = 0.9;

    // Where only times tell, and a request's own line is lost, another's takes its place: judged more strictly by this factor.
    private const double UnnamedSafety = 10;

    private readonly List<Entry> _spans;
    private readonly List<Entry> _points;
    private readonly IReadOnlyDictionary<string, string> _streams;
    private readonly List<Candidate> _candidates = [];
    private readonly double[] _chances;
    private readonly OffsetHistogram _afterStart;
    private readonly OffsetHistogram _beforeEnd;
    private readonly Dictionary<string, HitRate> _leaves = [];
    private readonly string[] _blocks;
    private readonly double[] _whole;
    private double _recorded = 0.5;

    /// <param name="Expected">How probable it is that such a request leaves such an entry, before anything was learned.</param>
    private readonly record struct Candidate(int Span, int Point, double AfterStart, double BeforeEnd, double Expected);

    private PointPairs(List<Entry> spans, List<Entry> points, IReadOnlyDictionary<string, string> streams)
    {
        (_spans, _points, _streams) = (spans, points, streams);
        var rate = new LocalRate(points.Select(p => p.TimeNs));
        _chances = [.. points.Select(p => Math.Log(rate.At(p.TimeNs)))];
        var resolution = points.Max(p => p.ResolutionNs);
        // A report travels, mostly from a thread of its own.
        var scale = points[0].Kind == EntryKind.Report ? 20_000_000 : 2_000_000;
        (_afterStart, _beforeEnd) = (new OffsetHistogram(resolution, scale), new OffsetHistogram(resolution, scale));
        _blocks = [.. spans.Select(s => s.Block)];
        _whole = new double[spans.Count];
        FindCandidates();
    }

    /// <param name="spans">Spans of one recorder, by start.</param>
    /// <param name="points">Lines or reports of one recorder that are alike, by time.</param>
    /// <param name="streams">By a span's id the stream that its request is known to write to.</param>
    public static PairMatch Match(List<Entry> spans, List<Entry> points, IReadOnlyDictionary<string, string> streams)
    {
        if (spans.Count == 0 || points.Count == 0)
            return PairMatch.Empty;
        var pairs = new PointPairs(spans, points, streams);
        return pairs._candidates.Count == 0 ? PairMatch.Empty : pairs.Match();
    }

    /// <summary>What a span and a line or report have in common; null when they contradict each other.</summary>
    internal static double? Expectation(Entry span, Entry point)
    {
        if (!span.Facts.MayBeOne(point.Facts))
            return null;
        var named = point.Facts.Path.Length > 0 || point.Facts.Route is not null;
        if (point.Exceptions.Count > 0)
        {
            if (span.Exceptions.Count > 0)
                return span.Exceptions.Any(e => point.Exceptions.Any(e.IsSame)) ? NamedExpectation : null;
            // A request that went well may have reported an exception that it handled.
            return named && span.Facts.Status is null or >= 500 ? 0.8 : 0.05;
        }
        if (named)
            return NamedExpectation;
        return span.Facts.Path.Length > 1 && point.Template.Contains(span.PathTemplate, StringComparison.Ordinal) ? 0.8 : 0.05;
    }

    private PairMatch Match()
    {
        LearnUncontested();
        var assignment = Assign();
        for (var round = 1; round < Rounds; round++)
        {
            Learn(assignment);
            assignment = Assign();
        }
        // A named report comes in soon after its request: only what ran shortly before it contests it.
        var (ofSpan, ofPoint) = Counts(_points[0] is { Kind: EntryKind.Report, IsNamed: true } ? [.. _candidates.Where(c => c.AfterStart < ContestedNs)] : _candidates);
        return PairMatch.Of(assignment, _spans, _points, (row, column) =>
            (_points[0].IsNamed ? 1 : UnnamedSafety) * PairMatch.FewLearned(_afterStart.Total, ofSpan[row] + ofPoint[column] > 2));
    }

    private void FindCandidates()
    {
        var longest = _spans.Max(s => s.EndNs - s.StartNs);
        var last = 0;
        for (var point = 0; point < _points.Count; point++)
        {
            var one = _points[point];
            var time = one.TimeNs;
            while (last < _spans.Count && _spans[last].StartNs <= time + EarliestNs)
                last++;
            var (looked, taken) = (0, 0);
            for (var span = last - 1; span >= 0 && looked < MostLooked && taken < MostCandidates; span--, looked++)
            {
                var other = _spans[span];
                if (other.StartNs < time - longest - LatestNs)
                    break;
                if (other.EndNs < time - LatestNs || (one.Stream.Length > 0 && _streams.TryGetValue(other.Id, out var stream) && stream != one.Stream)
                    || Expectation(other, one) is not { } expected)
                    continue;
                taken++;
                _candidates.Add(new Candidate(span, point, time - other.StartNs, other.EndNs - time, expected));
            }
        }
    }

    private (int[] OfSpan, int[] OfPoint) Counts(List<Candidate> candidates)
    {
        var (ofSpan, ofPoint) = (new int[_spans.Count], new int[_points.Count]);
        foreach (var c in candidates)
        {
            ofSpan[c.Span]++;
            ofPoint[c.Point]++;
        }
        return (ofSpan, ofPoint);
    }

    private void LearnUncontested()
    {
        var near = _candidates.Where(c => c.Expected > 0.5 && c.BeforeEnd > -AloneNs).ToList();
        var (ofSpan, ofPoint) = Counts(near);
        var alone = near.Where(c => ofSpan[c.Span] == 1 && ofPoint[c.Point] == 1).ToList();
        if (alone.Count < FewestAlone)
            return;
        _afterStart.Learn([.. alone.Select(c => (c.AfterStart, 1.0))]);
        _beforeEnd.Learn([.. alone.Select(c => (c.BeforeEnd, 1.0))]);
    }

    private void Learn(SparseAssignment assignment)
    {
        var (starts, ends) = (new List<(double, double)>(), new List<(double, double)>());
        var (ofSpan, points) = (new double[_spans.Count], new HitRate(0.5, 2));
        var expected = new double[_spans.Count];
        foreach (var c in _candidates)
        {
            expected[c.Span] = Math.Max(expected[c.Span], c.Expected);
            if (assignment.ColumnOf[c.Span] != c.Point)
                continue;
            var sure = 1 / (1 + assignment.ErrorOf(c.Span));
            ofSpan[c.Span] = 1;
            if (sure < SpanPairs.LeastSure)
                continue;
            starts.Add((c.AfterStart, sure));
            ends.Add((c.BeforeEnd, sure));
        }
        _afterStart.Learn(starts);
        _beforeEnd.Learn(ends);
        for (var point = 0; point < _points.Count; point++)
            points.Add(assignment.RowOf[point] >= 0 ? 1 : 0);
        _recorded = points.Value;
        _leaves.Clear();
        for (var span = 0; span < _spans.Count; span++)
        {
            if (expected[span] == 0)
                continue;
            var share = _leaves.TryGetValue(_blocks[span], out var known) ? known : new HitRate(expected[span], 2);
            share.Add(ofSpan[span]);
            _leaves[_blocks[span]] = share;
        }
    }

    private SparseAssignment Assign()
    {
        var edges = new List<(int, int, double)>();
        Array.Clear(_whole);
        var breaks = new List<double>();
        foreach (var c in _candidates)
        {
            var leaves = _leaves.TryGetValue(_blocks[c.Span], out var share) ? share.Value : c.Expected;
            var weight = Math.Log(Density(c, breaks)) - _chances[c.Point]
                + Math.Log(leaves / (1 - leaves)) - Math.Log(1 - _recorded);
            if (weight > 0)
                edges.Add((c.Span, c.Point, weight));
        }
        return new SparseAssignment(_spans.Count, _points.Count, edges);
    }

    /// <summary>How probable the candidate's place is, per nanosecond.</summary>
    private double Density(Candidate c, List<double> breaks)
    {
        var (afterStart, beforeEnd) = (_afterStart.Density(c.AfterStart), _beforeEnd.Density(c.BeforeEnd));
        if (_whole[c.Span] == 0)
            _whole[c.Span] = Whole(_spans[c.Span].EndNs - _spans[c.Span].StartNs, breaks);
        var inside = afterStart * beforeEnd / _whole[c.Span];
        // A report may also leave the request and come in on its own time, nearer to the start or to the end.
        return _points[c.Point].Kind == EntryKind.Report ? (inside / 2) + ((afterStart + beforeEnd) / 4) : inside;
    }

    /// <summary>The sum over everywhere an entry may lie, for a span of the given duration: the two distances add up to it.</summary>
    private double Whole(double duration, List<double> breaks)
    {
        breaks.Clear();
        _afterStart.AppendEdges(breaks);
        var ofEnd = breaks.Count;
        _beforeEnd.AppendEdges(breaks);
        for (var i = ofEnd; i < breaks.Count; i++)
            breaks[i] = duration - breaks[i];
        breaks.Add(-EarliestNs);
        breaks.Add(duration + LatestNs);
        breaks.Sort();
        var sum = 0.0;
        for (var i = 1; i < breaks.Count; i++)
        {
            var (from, to) = (Math.Max(breaks[i - 1], -EarliestNs), Math.Min(breaks[i], duration + LatestNs));
            if (to <= from)
                continue;
            var middle = (from + to) / 2;
            sum += (to - from) * _afterStart.Density(middle) * _beforeEnd.Density(duration - middle);
        }
        return Math.Max(sum, 1e-30);
    }
}
