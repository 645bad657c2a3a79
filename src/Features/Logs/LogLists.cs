using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;
using static Weir.Core.Query.Terms;

namespace Weir.Features.Logs;

/// <summary>Log lines, newest first.</summary>
internal sealed class LogLists(ITelemetryReader reader, AheadNotice ahead)
{
    // The newest lines are usually in a small newest part of the range.
    private static readonly int[] Slivers = [256, 16, 1];
    private static readonly TimeSpan SmallestSliver = TimeSpan.FromSeconds(20);

    private static readonly Selection[] Columns =
    [
        .. ((ReadOnlySpan<string>)
        [
            "time", "received_at", "sequence", "protocol", "service", "severity", "body", "trace_id", "span_id", "log_group",
            "log_stream", "resource", "attributes",
        ]).ToArray().Select(name => Field(name).As(name)),
    ];

    public async Task<LogEvents> ReadAsync(LogQuestion filter, CancellationToken cancellationToken)
    {
        var lines = await ReadPageAsync(filter, cancellationToken);
        if (filter.Cursor is not null)
            return lines;
        Expr?[] where = [.. filter.Conditions, filter.Words];
        var later = await ahead.ReadAsync(Signal.Logs, filter.Range, All([.. where.OfType<Expr>()]), cancellationToken);
        return lines with { Notice = AheadNotice.Text(lines.Notice, later), Ahead = later };
    }

    private async Task<LogEvents> ReadPageAsync(LogQuestion filter, CancellationToken cancellationToken)
    {
        if (filter.Cursor?.Kind == LogQuestion.PartsCursor)
            return Page(filter, await RowsAsync(filter, filter.Parts, cancellationToken), LogQuestion.PartsCursor, notice: null);
        var rows = await RowsAsync(filter, filter.Words, cancellationToken);
        if (rows.Count > 0 || filter.Cursor is not null || filter.Parts is null)
            return Page(filter, rows, LogQuestion.WordsCursor, notice: null);
        // The user is still typing, or remembers only a part of the word: worth a scan without an index.
        rows = await RowsAsync(filter, filter.Parts, cancellationToken);
        return Page(
            filter, rows, LogQuestion.PartsCursor, rows.Count > 0 ? "No line contains these as whole words; these lines contain them as parts of words." : null);
    }

    /// <summary>Returns one row more than the page if there are more.</summary>
    private async Task<List<ResultRow>> RowsAsync(LogQuestion filter, Expr? text, CancellationToken cancellationToken)
    {
        var conditions = new List<Expr>(filter.Conditions);
        if (text is not null)
            conditions.Add(text);
        var range = filter.Range;
        if (filter.Cursor is { } cursor)
        {
            var last = IsoTime.Ceiling(cursor.Key + 1);
            range = range with { To = last < range.To ? last : range.To };
            conditions.Add(Compare(CompareOp.Less, "time", new Instant(cursor.Key))
                | (Is("time", new Instant(cursor.Key)) & Compare(CompareOp.Less, "sequence", cursor.IdLow)));
        }
        var rows = new List<ResultRow>();
        var end = range.To;
        foreach (var sliver in Slivers)
        {
            var length = range.Length / sliver;
            var start = range.To - (length > SmallestSliver ? length : SmallestSliver);
            start = sliver == 1 || start < range.From ? range.From : start;
            if (start >= end)
                continue;
            var table = await reader.QueryAsync(Query(All(conditions), new TimeRange(start, end), filter.Limit + 1 - rows.Count), cancellationToken);
            rows.AddRange(table.Page(out _));
            end = start;
            if (rows.Count > filter.Limit || start <= range.From)
                break;
        }
        return rows;
    }

    private static LogEvents Page(LogQuestion filter, List<ResultRow> rows, char kind, string? notice)
    {
        var more = rows.Count > filter.Limit;
        if (more)
            rows.RemoveRange(filter.Limit, rows.Count - filter.Limit);
        var next = more ? PageCursor.Of(kind, rows[^1].UnixNanoseconds("time"), (ulong)rows[^1].Long("sequence")).Encode() : null;
        return new LogEvents([.. rows.Select(Shape)], next, notice);
    }

    /// <summary>One line; throws NotFound when there is none.</summary>
    public async Task<LogEvent> FindAsync(ulong id, CancellationToken cancellationToken)
    {
        var table = await reader.QueryAsync(Query(Is("sequence", id), range: null, limit: 1), cancellationToken);
        return table.First is { } row
            ? Shape(row)
            : throw new FaultException(new Fault(
                FaultKind.NotFound,
                string.Create(CultureInfo.InvariantCulture, $"There is no log line {id}; it may have passed its retention.")));
    }

    private static TelemetryQuery Query(Expr? where, TimeRange? range, int limit) => new()
    {
        Signal = Signal.Logs,
        Select = Columns,
        Range = range,
        Where = where,
        OrderBy = [new Ordering(Field("time"), Descending: true), new Ordering(Field("sequence"), Descending: true)],
        Limit = limit,
    };

    private static LogEvent Shape(ResultRow row) => new(
        row.Text("sequence"),
        IsoTime.Text(row.UnixNanoseconds("time")),
        IsoTime.Text(row.UnixNanoseconds("received_at")),
        row.Text("protocol"),
        row.Text("service"),
        row.Text("severity"),
        row.Text("body"),
        row.TextOrNull("log_group"),
        row.TextOrNull("log_stream"),
        row.TraceId("trace_id") is { IsEmpty: false } traceId ? traceId.ToHex() : null,
        row.SpanId("span_id") is { IsEmpty: false } spanId ? spanId.ToHex() : null,
        AttributeMap.Read(row.Text("attributes")),
        AttributeMap.Read(row.Text("resource")));
}
