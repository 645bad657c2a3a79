namespace Weir.Features.Requests.Stitching;

/// <summary>Matches the spans of two recorders, which sit a few layers of one process apart and so begin and end together.</summary>
internal sealed class SpanPairs
{
    // Two recordings of a request begin this near, or are not matched.
    private const long FarthestNs = 1_000_000_000;

    // Of that many spans around, the nearest in time count as candidates.
    private const int MostCandidates = 48;

    // Nothing else within this makes a pair uncontested.
    private const long AloneNs = 100_000_000;
    private const int FewestAlone = 8;
    private const int Rounds = 4;

    // Requests that wait for one lock begin late and end together: a pair that begins this far from the usual is judged more strictly.
    private const long UnusualNs = 20_000_000;
    private const double UnusualSafety = 100;
    private const long LoneNs = 5_000_000;

    // What nobody kept can't be seen without access lines: then one of the two has to have nearly all of its recordings in the other, of as
    // many that this is no accident.
    private const int FewestWhole = 20;
    private const double WholeShare = 0.97;
    private const double UnseenSafety = 1_000;
    private const double CompleteLines = 0.9;

    // Logarithm of one and a half requests in two seconds: more around contest a pair, recorded by both or not.
    private static readonly double LoneChance = Math.Log(1.5 / 2e9);
    private const int SoftRounds = 8;
    private const double LeastShare = 0.02;

    /// <summary>Less certain pairs are not learned from.</summary>
    internal const double LeastSure = 0.5;

    private readonly List<Entry> _rows;
    private readonly List<Entry> _columns;
    private readonly List<Candidate> _candidates = [];
    private readonly double[] _chances;
    private readonly OffsetHistogram _start = new();
    private readonly OffsetHistogram _end = new();
    private readonly OffsetHistogram _chance = new();
    private readonly Dictionary<string, (double Rows, double Columns)> _most = [];
    private readonly HashSet<string> _areLinesComplete = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HitRate> _rowsMatched = [];
    private readonly Dictionary<string, HitRate> _columnsMatched = [];

    private readonly record struct Candidate(int Row, int Column, double Start, double End);

    /// <param name="rows">Spans of one recorder, by start.</param>
    /// <param name="columns">Spans of the other, by start.</param>
    private SpanPairs(List<Entry> rows, List<Entry> columns, List<Entry> lines)
    {
        (_rows, _columns) = (rows, columns);
        // Each recorder may have been sampled: the one that saw most says best how many requests there were.
        var rates = new[] { rows, columns, lines }
            .Select(all => all.GroupBy(Facts).ToDictionary(group => group.Key, group => new LocalRate(group.Select(e => e.TimeNs))))
            .ToList();
        _chances = [.. columns.Select(e => Math.Log(rates.Max(r => r.TryGetValue(Facts(e), out var rate) ? rate.AtDensest(e.StartNs) : 0)))];
        foreach (var block in rows.Concat(columns).Select(e => e.Block).Distinct(StringComparer.Ordinal))
        {
            var (ofRows, ofColumns) = (rows.Count(e => e.Block == block), columns.Count(e => e.Block == block));
            var ofLines = lines.Count(e => e.Block == block);
            var requests = Math.Max(Math.Max(ofRows, ofColumns), ofLines);
            if (ofLines >= CompleteLines * Math.Max(ofRows, ofColumns))
                _areLinesComplete.Add(block);
            _most[block] = ((ofRows + 1.0) / (requests + 1), (ofColumns + 1.0) / (requests + 1));
        }
        FindCandidates();
    }

    /// <param name="lines">Access lines, which nobody samples.</param>
    public static PairMatch Match(List<Entry> rows, List<Entry> columns, List<Entry> lines)
    {
        if (rows.Count == 0 || columns.Count == 0)
            return PairMatch.Empty;
        var pairs = new SpanPairs(rows, columns, lines);
        return pairs._candidates.Count == 0 ? PairMatch.Empty : pairs.Match();
    }

    private static (string, string) Facts(Entry entry) => (entry.Facts.Method, entry.Facts.Path);

    private PairMatch Match()
    {
        LearnUncontested();
        _chance.Learn([.. _candidates.Select(c => (Duration(c), 1.0))]);
        for (var round = 0; round < SoftRounds; round++)
            LearnSoftly();
        var assignment = Assign();
        for (var round = 1; round < Rounds; round++)
        {
            Learn(assignment);
            assignment = Assign();
        }
        var (ofRow, ofColumn) = Counts(FarthestNs);
        // Where both recorders kept some requests only and little was learned, the counterpart of either may be missing.
        var areBothSampled = _start.Total < FewestAlone && assignment.ColumnOf.Contains(-1) && assignment.RowOf.Contains(-1);
        var isWhole = IsWhole(assignment);
        return PairMatch.Of(
            assignment, _rows, _columns,
            (row, column) => (isWhole || (_areLinesComplete.Contains(_rows[row].Block) && _areLinesComplete.Contains(_columns[column].Block)) ? 1 : UnseenSafety)
                * (IsUsual(_rows[row], _columns[column]) && !areBothSampled ? 1 : UnusualSafety)
                * PairMatch.FewLearned(_start.Total, ofRow[row] + ofColumn[column] > 2 || _chances[column] > LoneChance));
    }

    /// <summary>One of the two recorders has nearly all that the other one has, so that no counterpart of a recording is missing.</summary>
    private bool IsWhole(SparseAssignment assignment)
    {
        var matched = assignment.RowOf.Count(row => row >= 0);
        var fewer = Math.Min(_rows.Count, _columns.Count);
        return fewer >= FewestWhole && matched >= WholeShare * fewer;
    }

    private bool IsUsual(Entry row, Entry column)
    {
        var start = Math.Abs(column.StartNs - row.StartNs - _start.CentreNs);
        if (_start.Total >= FewestAlone)
            return start < UnusualNs;
        // With nothing to learn from: as two recorders of one process do.
        return start < LoneNs && Math.Abs(row.EndNs - column.EndNs) < Math.Max(UnusualNs, (row.EndNs - row.StartNs) / 4);
    }

    private (int[] OfRow, int[] OfColumn) Counts(long withinNs)
    {
        var (ofRow, ofColumn) = (new int[_rows.Count], new int[_columns.Count]);
        foreach (var c in _candidates.Where(c => Math.Abs(c.Start) < withinNs))
        {
            ofRow[c.Row]++;
            ofColumn[c.Column]++;
        }
        return (ofRow, ofColumn);
    }

    private static double Duration(Candidate c) => c.Start + c.End;

    private void FindCandidates()
    {
        var byFacts = new Dictionary<(string, string), List<int>>();
        for (var column = 0; column < _columns.Count; column++)
        {
            if (!byFacts.TryGetValue(Facts(_columns[column]), out var list))
                byFacts[Facts(_columns[column])] = list = [];
            list.Add(column);
        }
        for (var row = 0; row < _rows.Count; row++)
        {
            var one = _rows[row];
            if (!byFacts.TryGetValue(Facts(one), out var list))
                continue;
            var right = FirstFrom(list, one.StartNs);
            var left = right - 1;
            for (var taken = 0; taken < MostCandidates;)
            {
                var toLeft = left >= 0 ? one.StartNs - _columns[list[left]].StartNs : long.MaxValue;
                var toRight = right < list.Count ? _columns[list[right]].StartNs - one.StartNs : long.MaxValue;
                if (Math.Min(toLeft, toRight) > FarthestNs)
                    break;
                var column = toLeft < toRight ? list[left--] : list[right++];
                var other = _columns[column];
                if (!one.Facts.MayBeOne(other.Facts) || Contradicts(one, other))
                    continue;
                taken++;
                _candidates.Add(new Candidate(
                    row, column, other.StartNs - one.StartNs, one.EndNs - other.EndNs));
            }
        }
    }

    private int FirstFrom(List<int> list, long startNs)
    {
        var (low, high) = (0, list.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_columns[list[middle]].StartNs < startNs)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>Both recorded exceptions and none is the same.</summary>
    private static bool Contradicts(Entry one, Entry other) =>
        one.Exceptions.Count > 0 && other.Exceptions.Count > 0 && !one.Exceptions.Any(e => other.Exceptions.Any(e.IsSame));

    private void LearnUncontested()
    {
        var (ofRow, ofColumn) = Counts(AloneNs);
        var alone = _candidates.Where(c => Math.Abs(c.Start) < AloneNs && ofRow[c.Row] == 1 && ofColumn[c.Column] == 1).ToList();
        if (alone.Count < FewestAlone)
            return;
        _start.Learn([.. alone.Select(c => (c.Start, 1.0))]);
        _end.Learn([.. alone.Select(c => (c.End, 1.0))]);
    }

    /// <summary>
    /// Learns from all candidates by how likely each is among those of its row. Where much is contested this finds the distance that comes
    /// again and again.
    /// </summary>
    private void LearnSoftly()
    {
        var (starts, ends) = (new List<(double, double)>(), new List<(double, double)>());
        for (var first = 0; first < _candidates.Count;)
        {
            var (end, sum) = (first, 1.0);
            for (; end < _candidates.Count && _candidates[end].Row == _candidates[first].Row; end++)
                sum += Odds(_candidates[end]);
            for (; first < end; first++)
            {
                var share = Odds(_candidates[first]) / sum;
                if (share < LeastShare)
                    continue;
                starts.Add((_candidates[first].Start, share));
                ends.Add((_candidates[first].End, share));
            }
        }
        _start.Learn(starts);
        _end.Learn(ends);

        double Odds(Candidate c) => _start.Density(c.Start) * _end.Density(c.End) / _chance.Density(Duration(c)) / Math.Exp(_chances[c.Column]);
    }

    private void Learn(SparseAssignment assignment)
    {
        var (starts, ends) = (new List<(double, double)>(), new List<(double, double)>());
        var (rowSure, columnSure) = (new double[_rows.Count], new double[_columns.Count]);
        foreach (var c in _candidates)
        {
            if (assignment.ColumnOf[c.Row] != c.Column)
                continue;
            var sure = 1 / (1 + assignment.ErrorOf(c.Row));
            (rowSure[c.Row], columnSure[c.Column]) = (1, 1);
            if (sure < LeastSure)
                continue;
            starts.Add((c.Start, sure));
            ends.Add((c.End, sure));
        }
        _start.Learn(starts);
        _end.Learn(ends);
        Count(_rows, rowSure, _rowsMatched);
        Count(_columns, columnSure, _columnsMatched);
    }

    private static void Count(List<Entry> entries, double[] sure, Dictionary<string, HitRate> matched)
    {
        matched.Clear();
        var overall = new HitRate(0.5, 2);
        for (var i = 0; i < entries.Count; i++)
            overall.Add(sure[i]);
        for (var i = 0; i < entries.Count; i++)
        {
            var block = entries[i].Block;
            var share = matched.TryGetValue(block, out var known) ? known : new HitRate(overall.Value, 4);
            share.Add(sure[i]);
            matched[block] = share;
        }
    }

    private SparseAssignment Assign()
    {
        var edges = new List<(int, int, double)>();
        foreach (var c in _candidates)
        {
            var (one, other) = (_rows[c.Row], _columns[c.Column]);
            var rowMatched = _rowsMatched.TryGetValue(one.Block, out var share) ? share.Value : 0.5;
            var columnMatched = _columnsMatched.TryGetValue(other.Block, out share) ? share.Value : 0.5;
            // Of all requests each recorder has at most its share.
            (rowMatched, columnMatched) = (Math.Min(rowMatched, _most[other.Block].Columns), Math.Min(columnMatched, _most[one.Block].Rows));
            var weight = Math.Log(_start.Density(c.Start)) + Math.Log(_end.Density(c.End))
                - _chances[c.Column] - Math.Log(_chance.Density(Duration(c)))
                - Math.Log(1 - Math.Min(rowMatched, 0.995)) - Math.Log(1 - Math.Min(columnMatched, 0.995));
            if (weight > 0)
                edges.Add((c.Row, c.Column, weight));
        }
        return new SparseAssignment(_rows.Count, _columns.Count, edges);
    }
}
