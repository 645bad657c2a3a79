namespace Weir.Features.Requests.Stitching;

/// <summary>
/// The assignment of rows to columns, each at most once, with the greatest sum of weights; and for each of its pairs how sure it is. Only
/// pairs with a positive weight are edges: leaving both apart has the weight 0. Works locally, so that a long window costs no more than its parts.
/// </summary>
internal sealed class SparseAssignment
{
    // Alternatives that are less likely than e^-16 together with the best are not looked for.
    private const double Farthest = 16;

    private readonly int _rows;
    private readonly int _columns;
    private readonly int[] _first;
    private readonly int[] _to;
    private readonly double[] _cost;
    private readonly int[] _firstOfColumn;
    private readonly int[] _edgeOfColumn;
    private readonly int[] _rowOf;
    private readonly double[] _u;
    private readonly double[] _v;
    private readonly double[] _rowLoss;
    private readonly double[] _columnLoss;

    /// <param name="edges">Row, column and weight (a logarithm of odds, above 0); at most one of each pair.</param>
    public SparseAssignment(int rows, int columns, List<(int Row, int Column, double Weight)> edges)
    {
        (_rows, _columns) = (rows, columns);
        _first = new int[rows + 1];
        _firstOfColumn = new int[columns + 1];
        foreach (var (row, column, _) in edges)
        {
            _first[row + 1]++;
            _firstOfColumn[column + 1]++;
        }
        for (var i = 0; i < rows; i++)
            _first[i + 1] += _first[i];
        for (var i = 0; i < columns; i++)
            _firstOfColumn[i + 1] += _firstOfColumn[i];
        (_to, _cost, _rowOf, _edgeOfColumn) = (new int[edges.Count], new double[edges.Count], new int[edges.Count], new int[edges.Count]);
        var (next, nextOfColumn) = ((int[])_first.Clone(), (int[])_firstOfColumn.Clone());
        foreach (var (row, column, weight) in edges)
        {
            var edge = next[row]++;
            (_to[edge], _cost[edge], _rowOf[edge]) = (column, -weight, row);
            _edgeOfColumn[nextOfColumn[column]++] = edge;
        }
        (_u, _v) = (new double[rows], new double[columns]);
        (ColumnOf, RowOf) = (new int[rows], new int[columns]);
        Array.Fill(ColumnOf, -1);
        Array.Fill(RowOf, -1);
        Solve();
        _rowLoss = RowLosses();
        _columnLoss = ColumnLosses();
    }

    /// <summary>The column of each row, or -1.</summary>
    public int[] ColumnOf { get; }

    /// <summary>The row of each column, or -1.</summary>
    public int[] RowOf { get; }

    /// <summary>
    /// The probability that a pair of the assignment is wrong: the sum over what its row could have instead, each with the best that is left
    /// for all others, against the assignment as it is. Above 1 many alternatives are as good.
    /// </summary>
    public double ErrorOf(int row)
    {
        var column = ColumnOf[row];
        var toColumn = LossesTo(column);
        var error = Math.Exp(-(-_u[row] + _columnLoss[column]));
        for (var edge = _first[row]; edge < _first[row + 1]; edge++)
        {
            var other = _to[edge];
            if (other == column)
                continue;
            var slack = Slack(edge);
            var displaced = RowOf[other];
            var rest = displaced < 0
                ? _columnLoss[column]
                : Math.Min(toColumn.GetValueOrDefault(displaced, double.PositiveInfinity), _rowLoss[displaced] + _columnLoss[column]);
            error += Math.Exp(-(slack + rest));
        }
        return error;
    }

    /// <summary>
    /// The rows that a column may belong to, with how much likelier the assignment is than the best one with that pair (a logarithm; 0 for
    /// the pair of the assignment itself), likeliest first.
    /// </summary>
    public List<(int Row, double Loss)> CandidatesOf(int column)
    {
        var found = new List<(int Row, double Loss)>();
        var own = RowOf[column];
        var losses = own >= 0 ? LossesTo(column) : [];
        for (var i = _firstOfColumn[column]; i < _firstOfColumn[column + 1]; i++)
        {
            var edge = _edgeOfColumn[i];
            var row = _rowOf[edge];
            if (row == own)
            {
                found.Add((row, 0));
                continue;
            }
            // The row leaves its column behind, and the column its row.
            var left = ColumnOf[row] < 0 ? 0 : _columnLoss[ColumnOf[row]];
            var loss = Slack(edge) + left + (own < 0 ? 0 : _rowLoss[own]);
            if (own >= 0 && ColumnOf[row] >= 0)
                loss = Math.Min(loss, Slack(edge) + SwapLoss(own, ColumnOf[row]));
            found.Add((row, loss));
        }
        found.Sort((a, b) => a.Loss != b.Loss ? a.Loss.CompareTo(b.Loss) : a.Row.CompareTo(b.Row));
        return found;
    }

    private double SwapLoss(int row, int column)
    {
        for (var edge = _first[row]; edge < _first[row + 1]; edge++)
        {
            if (_to[edge] == column)
                return Slack(edge);
        }
        return double.PositiveInfinity;
    }

    private double Slack(int edge) => Math.Max(0, _cost[edge] - _u[_rowOf[edge]] - _v[_to[edge]]);

    /// <summary>Shortest augmenting paths, row by row; a row may also stay alone at the cost of 0.</summary>
    private void Solve()
    {
        var (distance, from) = (new Dictionary<int, double>(), new Dictionary<int, int>());
        var queue = new PriorityQueue<int, (double, int)>();
        var reached = new List<(int Row, double Distance)>();
        var done = new HashSet<int>();
        for (var root = 0; root < _rows; root++)
        {
            distance.Clear();
            from.Clear();
            queue.Clear();
            reached.Clear();
            done.Clear();
            for (var edge = _first[root]; edge < _first[root + 1]; edge++)
                _u[root] = Math.Min(_u[root], _cost[edge] - _v[_to[edge]]);
            var (best, bestAlone, bestColumn) = (double.PositiveInfinity, -1, -1);
            var (row, at) = (root, 0.0);
            while (true)
            {
                reached.Add((row, at));
                var alone = at - _u[row];
                if (alone < best)
                    (best, bestAlone, bestColumn) = (alone, row, -1);
                for (var edge = _first[row]; edge < _first[row + 1]; edge++)
                {
                    var column = _to[edge];
                    var through = at + _cost[edge] - _u[row] - _v[column];
                    if (through >= best || done.Contains(column) || (distance.TryGetValue(column, out var known) && known <= through))
                        continue;
                    distance[column] = through;
                    from[column] = edge;
                    if (RowOf[column] < 0)
                        (best, bestAlone, bestColumn) = (through, -1, column);
                    else
                        queue.Enqueue(column, (through, column));
                }
                var next = -1;
                while (queue.TryDequeue(out var column, out var key))
                {
                    if (key.Item1 >= best)
                        break;
                    if (key.Item1 > distance[column] || !done.Add(column))
                        continue;
                    next = column;
                    break;
                }
                if (next < 0)
                    break;
                (row, at) = (RowOf[next], distance[next]);
            }
            foreach (var (one, d) in reached)
            {
                if (one != root)
                    _v[ColumnOf[one]] -= best - d;
                _u[one] += best - d;
            }
            Augment(root, bestAlone, bestColumn, from);
        }
    }

    private void Augment(int root, int alone, int column, Dictionary<int, int> from)
    {
        if (column < 0)
        {
            if (alone == root)
                return;
            column = ColumnOf[alone];
            ColumnOf[alone] = -1;
        }
        while (true)
        {
            var edge = from[column];
            var row = _rowOf[edge];
            var before = ColumnOf[row];
            (ColumnOf[row], RowOf[column]) = (column, row);
            if (row == root)
                return;
            column = before;
        }
    }

    /// <summary>What it costs at least when a row loses its column: it stays alone, or takes another one and so on.</summary>
    private double[] RowLosses()
    {
        var loss = new double[_rows];
        var queue = new PriorityQueue<int, double>();
        for (var row = 0; row < _rows; row++)
        {
            loss[row] = Math.Max(0, -_u[row]);
            for (var edge = _first[row]; edge < _first[row + 1]; edge++)
            {
                if (RowOf[_to[edge]] < 0)
                    loss[row] = Math.Min(loss[row], Slack(edge));
            }
            queue.Enqueue(row, loss[row]);
        }
        while (queue.TryDequeue(out var row, out var key))
        {
            if (key > loss[row] || ColumnOf[row] < 0)
                continue;
            var column = ColumnOf[row];
            for (var i = _firstOfColumn[column]; i < _firstOfColumn[column + 1]; i++)
            {
                var edge = _edgeOfColumn[i];
                var through = Slack(edge) + key;
                if (_rowOf[edge] == row || through >= loss[_rowOf[edge]])
                    continue;
                loss[_rowOf[edge]] = through;
                queue.Enqueue(_rowOf[edge], through);
            }
        }
        return loss;
    }

    private double[] ColumnLosses()
    {
        var loss = new double[_columns];
        var queue = new PriorityQueue<int, double>();
        for (var column = 0; column < _columns; column++)
        {
            loss[column] = Math.Max(0, -_v[column]);
            for (var i = _firstOfColumn[column]; i < _firstOfColumn[column + 1]; i++)
            {
                if (ColumnOf[_rowOf[_edgeOfColumn[i]]] < 0)
                    loss[column] = Math.Min(loss[column], Slack(_edgeOfColumn[i]));
            }
            queue.Enqueue(column, loss[column]);
        }
        while (queue.TryDequeue(out var column, out var key))
        {
            if (key > loss[column] || RowOf[column] < 0)
                continue;
            var row = RowOf[column];
            for (var edge = _first[row]; edge < _first[row + 1]; edge++)
            {
                var through = Slack(edge) + key;
                if (_to[edge] == column || through >= loss[_to[edge]])
                    continue;
                loss[_to[edge]] = through;
                queue.Enqueue(_to[edge], through);
            }
        }
        return loss;
    }

    /// <summary>What it costs at least to lead each row, when it is displaced, to the given column; rows that are too far are left out.</summary>
    private Dictionary<int, double> LossesTo(int target)
    {
        var loss = new Dictionary<int, double>();
        var queue = new PriorityQueue<int, double>();
        var owner = RowOf[target];
        Reach(target, 0);
        while (queue.TryDequeue(out var row, out var key))
        {
            if (key > loss[row] || ColumnOf[row] < 0)
                continue;
            Reach(ColumnOf[row], key);
        }
        return loss;

        void Reach(int column, double key)
        {
            for (var i = _firstOfColumn[column]; i < _firstOfColumn[column + 1]; i++)
            {
                var edge = _edgeOfColumn[i];
                var row = _rowOf[edge];
                var through = key + Slack(edge);
                if (row == owner || row == RowOf[column] || through > Farthest || (loss.TryGetValue(row, out var known) && known <= through))
                    continue;
                loss[row] = through;
                queue.Enqueue(row, through);
            }
        }
    }
}
