using System.Text.Json;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>One row as it was sent.</summary>
/// <param name="TimeNs">Nanoseconds since 1970.</param>
/// <param name="Columns">The signal's known columns and the question's calculated fields, those with a value.</param>
/// <param name="Attributes">JSON object.</param>
/// <param name="Resource">JSON object, or empty.</param>
public sealed record ExploredRow(
    long TimeNs, Signal Signal, string? TraceId, string? SpanId, IReadOnlyList<(string Name, object Value)> Columns, string Attributes, string Resource);

/// <summary>Where the next page of rows begins: behind so many rows of this time.</summary>
public readonly record struct RowCursor(long TimeNs, int Given);

public sealed record RowPage(IReadOnlyList<ExploredRow> Rows, RowCursor? Next, QueryStatistics Statistics)
{
    /// <summary>Warnings about the columns that the filters name.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Lists the rows a question is about, newest first.</summary>
public sealed class RowLister(ITelemetryReader reader, TimeProvider time, IColumnDirectory? directory = null)
{
    public const int Most = 1000;
    private const int MostGiven = 10_000;

    /// <summary>As <see cref="QueryRunner.RunAsync"/>; calculations, breakdowns and limits of the specification do not matter.</summary>
    public async Task<RowPage> ListAsync(QuerySpec spec, ExploreScope scope, int limit, RowCursor? before, CancellationToken cancellationToken)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        spec = spec with { Calculations = [], Breakdowns = [], Orders = [], Havings = [], Formulas = [], Limit = null, CompareOffset = null, Granularity = null };
        var now = time.GetUtcNow();
        if (SpecCheck.Errors(spec, now) is { Count: > 0 } errors)
            throw new SpecException(errors);
        var window = QueryWindow.Of(spec, now, [])!;
        var given = before?.Given ?? 0;
        if (before is { } cursor)
            window = window with { EndNs = Math.Min(window.EndNs, Ceiling(cursor.TimeNs)) };
        if (given > MostGiven)
            throw new SpecException("before", "out-of-range", "more rows of one time than can be paged through; ask for fewer with a filter");
        if (window.EndNs <= window.StartNs)
            return new RowPage([], null, new QueryStatistics(0, clock.Elapsed));
        var (rows, read) = await new RowPlanner(reader, directory).PlanAsync(spec, scope, window, cancellationToken);
        var wanted = limit + given + 1;
        // Only the times are read first, so that whole rows are read only for the few that are shown.
        var (oldest, timesRead) = await OldestAsync(rows, window, before, wanted, cancellationToken);
        if (oldest is null)
            return new RowPage([], null, new QueryStatistics(read + timesRead, clock.Elapsed)) { Warnings = rows.Warnings };
        var found = new List<(ExploredRow Row, string Tie)>();
        var narrow = window with { StartNs = Math.Max(window.StartNs, oldest.Value / 1000 * 1000) };
        foreach (var signal in rows.Signals)
        {
            var table = await reader.QueryRowsAsync(Whole(spec, rows, signal, narrow, before, wanted), cancellationToken);
            read += table.RowsRead;
            // One row more than the page shows whether there is another page.
            found.AddRange(table.Page(out _).Select(row => (Row(row, spec, signal), row.Text("tie"))));
        }
        var ordered = found.OrderByDescending(r => r.Row.TimeNs).ThenBy(r => r.Row.Signal).ThenBy(r => r.Tie, StringComparer.Ordinal)
            .Select(r => r.Row).Take(wanted).ToList();
        var skip = before is { } from ? Math.Min(given, ordered.TakeWhile(r => r.TimeNs == from.TimeNs).Count()) : 0;
        var page = ordered.Skip(skip).Take(limit).ToList();
        RowCursor? next = null;
        if (ordered.Count > skip + page.Count && page.Count > 0)
        {
            var last = page[^1].TimeNs;
            next = new RowCursor(last, page.Count(r => r.TimeNs == last) + (before?.TimeNs == last ? skip : 0));
        }
        return new RowPage(page, next, new QueryStatistics(read + timesRead, clock.Elapsed)) { Warnings = rows.Warnings };
    }

    private async Task<(long? Oldest, long Read)> OldestAsync(RowPlan rows, QueryWindow window, RowCursor? before, int wanted, CancellationToken cancellationToken)
    {
        var t = new RowColumn("t", ColumnForm.AsIs, signal => Nanoseconds(signal));
        var table = await reader.QueryRowsAsync(
            new SourceQuery
            {
                Sources = rows.Sources(window, [t], signal => Before(signal, before)),
                Select = [new Selection("t", new FieldExpr("t"))],
                OrderBy = [new Ordering(new FieldExpr("t"), Descending: true)],
                Limit = wanted,
            },
            cancellationToken);
        var times = table.Page(out _);
        return (times.Count == 0 ? null : times[Math.Min(wanted, times.Count) - 1].Long("t"), table.RowsRead);
    }

    private static SourceQuery Whole(QuerySpec spec, RowPlan rows, SignalColumns signal, QueryWindow window, RowCursor? before, int wanted)
    {
        var columns = new List<RowColumn>
        {
            new("t", ColumnForm.AsIs, s => Nanoseconds(s)),
            new("tie", ColumnForm.AsIs, Tie),
            new("attributes_", ColumnForm.AsIs, _ => new FieldExpr("attributes")),
            new("resource_", ColumnForm.AsIs, _ => new FieldExpr("resource")),
        };
        foreach (var (i, name) in Names(spec, signal).Index())
            columns.Add(new RowColumn($"n{i}", ColumnForm.AsIs, s => s.TypeOf(name) == ColumnType.Bool ? new CallExpr(Function.ToBool, [s.Resolve(name)]) : s.Resolve(name)));
        return new SourceQuery
        {
            Sources = [.. rows.Sources(window, columns, s => Before(s, before)).Where(s => s.Signal == signal.Signal)],
            Select = [.. columns.Select(c => new Selection(c.Name, new FieldExpr(c.Name))), .. Names(spec, signal).Index().Select(n => new Selection("name:" + n.Item, new FieldExpr($"n{n.Index}")))],
            OrderBy = [new Ordering(new FieldExpr("t"), Descending: true), new Ordering(new FieldExpr("tie"))],
            Limit = wanted,
        };
    }

    /// <summary>Orders rows with the same time; rows that it does not distinguish are identical.</summary>
    private static CallExpr Tie(SignalColumns signal)
    {
        static CallExpr Text(string field) => new(Function.ToText, [new FieldExpr(field)]);
        return signal.Signal switch
        {
            Signal.Spans => Text("span_id"),
            Signal.Logs => Text("sequence"),
            Signal.Occurrences => Text("occurrence_id"),
            Signal.Metrics => new CallExpr(Function.Concat, [Text("name"), Text("attributes")]),
            _ => new CallExpr(Function.Concat, [Text("span_id"), Text("attributes")]),
        };
    }

    private static IEnumerable<string> Names(QuerySpec spec, SignalColumns signal) =>
        ColumnNames.Known(signal.Signal).Select(k => k.Name).Where(name => name is not ("dataset" or "type")).Concat(spec.CalculatedFields.Select(f => f.Name)).Distinct();

    private static CallExpr Nanoseconds(SignalColumns signal) =>
        new(Function.UnixNanoseconds, [new FieldExpr(RowPlan.TimeColumn(signal.Signal))]);

    // The window is exact to 100 ns only.
    private static Expr? Before(SignalColumns signal, RowCursor? before) =>
        before is { } cursor ? new CompareExpr(CompareOp.LessOrEqual, Nanoseconds(signal), new ConstExpr(cursor.TimeNs)) : null;

    private static long Ceiling(long nanoseconds) => ((nanoseconds / 1000) + 1) * 1000;

    private static ExploredRow Row(ResultRow row, QuerySpec spec, SignalColumns signal)
    {
        var columns = new List<(string, object)>();
        string? traceId = null, spanId = null;
        foreach (var name in Names(spec, signal))
            Take(name);
        return new ExploredRow(row.Long("t"), signal.Signal, traceId, spanId, columns, row.Text("attributes_"), row.Text("resource_"));

        // A number or a boolean that has precedence over the column.
        object? Attribute(string name)
        {
            var text = row.Text("attributes_");
            if (!text.Contains($"\"{name}\":", StringComparison.Ordinal))
                return row.ColumnOrNull("name:" + name);
            using var attributes = JsonDocument.Parse(text);
            return attributes.RootElement.TryGetProperty(name, out var value)
                ? value.ValueKind switch
                {
                    JsonValueKind.Number when value.TryGetInt64(out var whole) => whole,
                    JsonValueKind.Number => value.GetDouble(),
                    JsonValueKind.True => true,
                    JsonValueKind.False => false,
                    JsonValueKind.String => value.GetString(),
                    _ => row.ColumnOrNull("name:" + name),
                }
                : row.ColumnOrNull("name:" + name);
        }

        void Take(string name)
        {
            if ((ColumnNames.MayBeAttribute(signal.Signal, name) ? Attribute(name) : row.ColumnOrNull("name:" + name)) is not { } value)
                return;
            columns.Add((name, value is ulong number ? (long)number : value));
            if (name == "trace.trace_id")
                traceId = value as string;
            // Log lines, and events and links of spans, belong to the span that is their parent.
            if (name is "trace.span_id" || (name is "trace.parent_id" && spanId is null && signal.Signal is not Signal.Spans))
                spanId = value as string;
        }
    }
}
