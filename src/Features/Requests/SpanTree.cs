namespace Weir.Features.Requests;

/// <summary>
/// The spans of a story as trees, depth first and siblings by start: duplicates resolved, circles of parents broken, and limited to the
/// given number, those nearest to a root.
/// </summary>
internal sealed class SpanTree
{
    // When a thousand spans share one id, it is impossible to tell which one is meant.
    private const int MostCandidates = 16;

    private readonly SpanColumns _columns;
    private readonly Dictionary<(int Trace, ulong Id), int> _firstOfId;
    private readonly int[] _nextOfId;
    private readonly int[] _position;
    private Dictionary<(int Trace, ulong Id, long Start), int>? _found;

    /// <summary>Rows of the columns, in order of the tree.</summary>
    public int[] Rows { get; private set; } = [];

    /// <summary>Position of the parent in <see cref="Rows"/>, or -1. A parent precedes its children.</summary>
    public int[] Parents { get; private set; } = [];

    public int[] Depths { get; private set; } = [];

    /// <summary>The part of each position.</summary>
    public int[] Parts { get; private set; } = [];

    /// <summary>Total number of spans, shown or not.</summary>
    public int Total { get; private set; }

    /// <summary>Spans whose id another span of the same trace has as well.</summary>
    public int SharedIds { get; private set; }

    /// <summary>Spans that begin before their parent, in another service, by more than a millisecond.</summary>
    public int Early { get; private set; }

    /// <summary>The largest difference among them, in ns.</summary>
    public long EarliestByNs { get; private set; }

    public bool IsParentMissing(int position) => _columns.Parent[Rows[position]] != 0 && !IsKnown(Rows[position]);

    private SpanTree(SpanColumns columns)
    {
        _columns = columns;
        _firstOfId = new Dictionary<(int, ulong), int>(columns.Count);
        _nextOfId = new int[columns.Count];
        _position = new int[columns.Count];
        Array.Fill(_nextOfId, -1);
        Array.Fill(_position, -1);
    }

    /// <summary>The newest version of each span, by start; longer ones first when several begin at the same time.</summary>
    public static List<int> KeepNewest(SpanColumns columns, IEnumerable<int> rows)
    {
        var kept = new List<int>();
        var exact = new Dictionary<(int, ulong, int, long, int), int>();
        var open = new Dictionary<(int, ulong, int), int>();
        foreach (var row in rows)
        {
            var id = (columns.Trace[row], columns.Id[row], columns.Protocol[row]);
            var key = (id.Item1, id.Item2, id.Item3, columns.Start[row], columns.Name[row]);
            // An X-Ray document in progress is an early version of the final one with its id; a retried export has identical spans.
            // Any other span with that id is a different span.
            if (exact.TryGetValue(key, out var slot) || ((columns.InProgress[row] || IsOpen(id)) && open.TryGetValue(id, out slot)))
            {
                if (columns.IsNewer(row, kept[slot]))
                    kept[slot] = row;
            }
            else
            {
                slot = kept.Count;
                kept.Add(row);
                open.TryAdd(id, slot);
            }
            exact.TryAdd(key, slot);
        }
        bool IsOpen((int, ulong, int) id) => open.TryGetValue(id, out var slot) && columns.InProgress[kept[slot]];
        kept.Sort((a, b) => columns.Start[a] != columns.Start[b]
            ? columns.Start[a].CompareTo(columns.Start[b])
            : columns.Duration[b] != columns.Duration[a] ? columns.Duration[b].CompareTo(columns.Duration[a]) : a.CompareTo(b));
        return kept;
    }

    /// <param name="columns">Holds all rows.</param>
    /// <param name="rows">The rows to show with their parts, by start, without old versions.</param>
    /// <param name="most">Maximum number of rows.</param>
    public static SpanTree Build(SpanColumns columns, IReadOnlyList<(int Row, int Part)> rows, int most)
    {
        var tree = new SpanTree(columns);
        tree.Number(rows);
        var parents = tree.ParentRows(rows);
        var (first, next, roots) = Families(columns.Count, rows, parents);
        var shown = rows.Count > most ? Nearest(columns.Count, rows, first, next, roots, most) : null;
        tree.Write(rows, parents, first, next, roots, shown);
        return tree;
    }

    /// <summary>The position of a span; -1 when it is not shown.</summary>
    public int Find(int trace, ulong id, long start)
    {
        if (_found is null)
        {
            _found = new Dictionary<(int, ulong, long), int>(Rows.Length);
            for (var i = 0; i < Rows.Length; i++)
                _found.TryAdd((_columns.Trace[Rows[i]], _columns.Id[Rows[i]], _columns.Start[Rows[i]]), i);
        }
        return _found.GetValueOrDefault((trace, id, start), -1);
    }

    private bool IsKnown(int row) => _firstOfId.ContainsKey((_columns.Trace[row], _columns.Parent[row]));

    private void Number(IReadOnlyList<(int Row, int Part)> rows)
    {
        Total = rows.Count;
        foreach (var (row, _) in rows)
        {
            var key = (_columns.Trace[row], _columns.Id[row]);
            if (_firstOfId.TryGetValue(key, out var other))
            {
                SharedIds += _nextOfId[other] < 0 ? 2 : 1;
                _nextOfId[row] = other;
            }
            _firstOfId[key] = row;
        }
    }

    /// <summary>The row of each row's parent, or -1.</summary>
    private int[] ParentRows(IReadOnlyList<(int Row, int Part)> rows)
    {
        var parents = new int[_columns.Count];
        Array.Fill(parents, -1);
        foreach (var (row, _) in rows)
        {
            if (_columns.Parent[row] == 0 || !_firstOfId.TryGetValue((_columns.Trace[row], _columns.Parent[row]), out var candidate))
                continue;
            // When several spans share the id (as Zipkin's client and server do), use the one with the same protocol and service.
            var best = -1;
            var points = -1;
            for (var tried = 0; candidate >= 0 && tried < MostCandidates; tried++, candidate = _nextOfId[candidate])
            {
                var fits = (_columns.Protocol[candidate] == _columns.Protocol[row] ? 2 : 0)
                    + (_columns.Service[candidate] == _columns.Service[row] ? 1 : 0);
                if (candidate != row && fits >= points)
                    (best, points) = (candidate, fits);
            }
            parents[row] = best;
            if (best >= 0 && _columns.Service[best] != _columns.Service[row] && _columns.Start[best] - _columns.Start[row] is > 1_000_000 and var early)
            {
                Early++;
                EarliestByNs = Math.Max(EarliestByNs, early);
            }
        }
        return parents;
    }

    private static (int[] First, int[] Next, List<int> Roots) Families(
        int count, IReadOnlyList<(int Row, int Part)> rows, int[] parents)
    {
        var (first, next) = (new int[count], new int[count]);
        Array.Fill(first, -1);
        Array.Fill(next, -1);
        var roots = new List<int>();
        for (var i = rows.Count - 1; i >= 0; i--)
        {
            var row = rows[i].Row;
            if (parents[row] < 0)
            {
                roots.Add(row);
                continue;
            }
            next[row] = first[parents[row]];
            first[parents[row]] = row;
        }
        roots.Reverse();
        return (first, next, roots);
    }

    /// <summary>Level by level from the roots, until there are enough.</summary>
    private static bool[] Nearest(
        int count, IReadOnlyList<(int Row, int Part)> rows, int[] first, int[] next, List<int> roots, int most)
    {
        var shown = new bool[count];
        var level = roots;
        var left = most;
        while (level.Count > 0 && left > 0)
        {
            var below = new List<int>();
            foreach (var row in level)
            {
                if (left == 0)
                    break;
                if (shown[row])
                    continue;
                shown[row] = true;
                left--;
                for (var child = first[row]; child >= 0; child = next[child])
                    below.Add(child);
            }
            level = below;
        }
        // Spans without any root (circles) come last.
        foreach (var (row, _) in rows)
        {
            if (left == 0)
                break;
            if (shown[row])
                continue;
            shown[row] = true;
            left--;
        }
        return shown;
    }

    private void Write(
        IReadOnlyList<(int Row, int Part)> rows, int[] parents, int[] first, int[] next, List<int> roots, bool[]? shown)
    {
        var part = new int[_columns.Count];
        foreach (var (row, of) in rows)
            part[row] = of;
        var (order, above, depths) = (new List<int>(rows.Count), new List<int>(rows.Count), new List<int>(rows.Count));
        var stack = new Stack<int>();
        void Tell(int root)
        {
            stack.Push(root);
            while (stack.TryPop(out var row))
            {
                // The next sibling waits below this span's children. The siblings of a root are roots themselves.
                if (row != root && next[row] >= 0)
                    stack.Push(next[row]);
                if (_position[row] >= 0 || (shown is not null && !shown[row]))
                    continue;
                var parent = parents[row] >= 0 ? _position[parents[row]] : -1;
                _position[row] = order.Count;
                order.Add(row);
                above.Add(parent);
                depths.Add(parent >= 0 ? depths[parent] + 1 : 0);
                if (first[row] >= 0)
                    stack.Push(first[row]);
            }
        }
        foreach (var root in roots)
            Tell(root);
        // Parents in a circle have no root, so the earliest becomes one.
        foreach (var (row, _) in rows)
        {
            if (_position[row] < 0)
                Tell(row);
        }
        (Rows, Parents, Depths) = ([.. order], [.. above], [.. depths]);
        Parts = [.. order.Select(row => part[row])];
    }
}
