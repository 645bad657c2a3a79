namespace Weir.Core.Query;

/// <summary>Answers questions about what is stored.</summary>
public interface ITelemetryReader
{
    /// <summary>
    /// Runs the query. Throws <see cref="Model.FaultException"/>: Invalid (an unknown field, a type clash), LimitExceeded (time, memory),
    /// Unavailable (the engine). Cancelling stops the engine's work.
    /// </summary>
    Task<ResultTable> QueryAsync(TelemetryQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// The same for answers of many rows: each is visited once, in order, and none is kept. Columns have the positions of
    /// <see cref="TelemetryQuery.Select"/>.
    /// </summary>
    async Task<ScanEnd> ScanAsync(TelemetryQuery query, Action<IRowView> visit, CancellationToken cancellationToken)
    {
        var rows = (await QueryAsync(query, cancellationToken)).Page(out var more);
        var view = new ResultRowView();
        foreach (var row in rows)
        {
            view.Row = row;
            visit(view);
        }
        return new ScanEnd(rows.Count, more);
    }

    /// <summary>The same of rows of several signals. A reader may answer single signals only.</summary>
    Task<ResultTable> QueryRowsAsync(SourceQuery query, CancellationToken cancellationToken) => throw SingleSignals;

    /// <summary>
    /// The same of groups and their points. Null when there are more cells than the query's <see cref="GroupedQuery.MostCells"/>: the
    /// caller asks for the groups first.
    /// </summary>
    Task<ResultTable?> QueryGroupsAsync(GroupedQuery query, CancellationToken cancellationToken) => throw SingleSignals;

    /// <summary>
    /// The time of the signal's newest row, in nanoseconds since 1970, for whoever wants to know whether there are rows after a time. Null when that can only
    /// be found out by asking. What others loaded into the same server is known half a minute later.
    /// </summary>
    ValueTask<long?> NewestAsync(Model.Signal signal, CancellationToken cancellationToken) => new((long?)null);

    /// <summary>
    /// How many times this process has loaded rows of the signal; null while it does, and when it is not known. Between two equal numbers it added no row.
    /// </summary>
    long? LoadsOf(Model.Signal signal) => null;

    /// <summary>The same reader, which tells what its statements cost. A reader that can't tell is itself.</summary>
    ITelemetryReader Watched(QueryWork work) => this;

    private static Model.FaultException SingleSignals =>
        new(new Model.Fault(Model.FaultKind.Unavailable, "this reader supports queries over single signals only"));
}

/// <summary>
/// Rows of an answer. A query has a limit, so there may be more than it gave: whoever takes the rows says at the same time what becomes of that, because a
/// list that ends in silence is a wrong answer.
/// </summary>
public sealed class ResultTable(IReadOnlyList<string> columns, IReadOnlyList<ResultRow> rows, bool truncated, long rowsRead, TimeSpan elapsed)
{
    public IReadOnlyList<string> Columns => columns;

    /// <summary>From storage.</summary>
    public long RowsRead => rowsRead;

    public TimeSpan Elapsed => elapsed;

    /// <summary>The first row, for a question about one; null when there is none.</summary>
    public ResultRow? First => rows.Count > 0 ? rows[0] : null;

    /// <summary>For what is wrong unless it is whole. Throws <see cref="Model.FaultException"/> (LimitExceeded) when there are more rows.</summary>
    /// <param name="what">What the rows are, for the message: "groups".</param>
    public IReadOnlyList<ResultRow> All(string what) => truncated
        ? throw new Model.FaultException(new Model.Fault(
            Model.FaultKind.LimitExceeded, $"there are more than {rows.Count} {what}, too many for one answer; ask for a shorter time range or add a filter"))
        : rows;

    /// <summary>For a page or a list that goes on, whose reader is told by other means that there is more.</summary>
    public IReadOnlyList<ResultRow> Page(out bool more)
    {
        more = truncated;
        return rows;
    }

    /// <summary>For an answer that is worth having without the rest: where there is more, a sentence about it is added to the answer's warnings.</summary>
    /// <param name="what">What the rows are: "services".</param>
    public IReadOnlyList<ResultRow> Told(ICollection<string> warnings, string what)
    {
        if (truncated && rows.Count > 0)
        {
            var sentence = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"There are more than {rows.Count:N0} {what}; the others are left out.");
            if (!warnings.Contains(sentence))
                warnings.Add(sentence);
        }
        return rows;
    }
}

/// <summary>
/// One row: string, long, ulong, double, bool, byte[] (fixed-length ids), <see cref="Instant"/> (times), object[] (arrays) or null,
/// by result column.
/// </summary>
public sealed class ResultRow(IReadOnlyDictionary<string, int> ordinals, object?[] values)
{
    public object? this[string column] => values[ordinals[column]];

    public object? this[int column] => values[column];

    /// <summary>The value, or null when the result has no such column.</summary>
    public object? ColumnOrNull(string column) => ordinals.TryGetValue(column, out var ordinal) ? values[ordinal] : null;

    public string Text(string column) => this[column] switch
    {
        null => "",
        string text => text,
        bool value => value ? "true" : "false",
        var other => Convert.ToString(other, System.Globalization.CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>Null when NULL or empty.</summary>
    public string? TextOrNull(string column) => Text(column) is { Length: > 0 } text ? text : null;

    public long Long(string column) => LongOrNull(column) ?? 0;

    public long? LongOrNull(string column) => this[column] switch
    {
        long value => value,
        ulong value => unchecked((long)value),
        double value => double.IsFinite(value) ? (long)value : null,
        bool value => value ? 1 : 0,
        Instant value => value.UnixNanoseconds,
        _ => null,
    };

    public double? Double(string column) => this[column] switch
    {
        double value => double.IsFinite(value) ? value : null,
        long value => value,
        ulong value => value,
        _ => null,
    };

    public bool Bool(string column) => this[column] switch
    {
        bool value => value,
        long value => value != 0,
        ulong value => value != 0,
        _ => false,
    };

    /// <summary>Nanoseconds since 1970, UTC.</summary>
    public long UnixNanoseconds(string column) => Long(column);

    public Model.TraceId TraceId(string column) => this[column] is byte[] id ? Model.TraceId.FromBytes(id) : default;

    public Model.SpanId SpanId(string column) => this[column] is byte[] id ? Model.SpanId.FromBytes(id) : default;

    public IReadOnlyList<object?> Array(string column) => this[column] as object?[] ?? [];
}
