using System.Text;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Requests;

/// <summary>Parts of a large story that are loaded on demand: one span with all fields, one field of all spans, spans with a text.</summary>
internal sealed class StoryLookups(ITelemetryReader reader)
{
    private const int MaxText = 1_000;

    /// <summary>The newest version of the span; several when they share the id. Throws <see cref="FaultException"/> (NotFound).</summary>
    public async Task<StorySpanAnswer> SpanAsync(TraceId trace, SpanId span, CancellationToken cancellationToken)
    {
        var notices = new List<string>();
        var found = await reader.QueryAsync(StoryQueries.WholeSpan(trace, span), cancellationToken);
        var versions = found.Told(notices, "versions of the span");
        if (versions.Count == 0)
            throw new FaultException(new Fault(FaultKind.NotFound, $"No span {span.ToHex()} is stored in trace {trace.ToHex()}."));
        // The light columns show which rows are versions of one span.
        var columns = new SpanColumns();
        _ = await reader.ScanAsync(
            StoryQueries.WholeSpan(trace, span) with { Select = [.. SpanColumns.Names.Select(name => new Selection(name, new FieldExpr(name)))] },
            columns.Add,
            cancellationToken);
        var kept = SpanTree.KeepNewest(columns, Enumerable.Range(0, columns.Count))
            .Select(row => (columns.Start[row], columns.Received[row])).ToHashSet();
        var rows = versions.Where(row => kept.Contains((row.UnixNanoseconds("start_time"), row.UnixNanoseconds("received_at")))).ToList();
        IReadOnlyList<StorySpan> spans = [.. (rows.Count > 0 ? rows : versions).Select(StorySpans.Alone)];
        if (columns.Protocols.Texts.Contains(WireProtocol.Honeycomb) && StorySource.RangeOf(columns, TimeSpan.FromHours(1)) is { } range)
        {
            var annotations = await reader.QueryAsync(StoryQueries.Annotations([trace], range, span), cancellationToken);
            spans = StorySpans.WithAnnotations(spans, annotations.Told(notices, "span events and links"), columns.Start.Min());
        }
        return new StorySpanAnswer(spans, notices);
    }

    public async Task<StoryValues> ValuesAsync(TraceId trace, string column, CancellationToken cancellationToken)
    {
        var (ids, of, values) = (new StringBuilder(), new List<int>(), new TextDictionary());
        var end = await reader.ScanAsync(
            StoryQueries.Values(trace, Checked(column)),
            row =>
            {
                AppendId(ids, row.Bytes(0));
                of.Add(values.Number(row.Bytes(1)));
            },
            cancellationToken);
        return new StoryValues(column, ids.ToString(), of, values.Texts, end.Truncated);
    }

    public async Task<StoryFound> FindAsync(TraceId trace, string text, CancellationToken cancellationToken)
    {
        var ids = new StringBuilder();
        var end = await reader.ScanAsync(StoryQueries.Find(trace, Checked(text)), row => AppendId(ids, row.Bytes(0)), cancellationToken);
        return new StoryFound(text, (int)end.Rows, ids.ToString(), end.Truncated);
    }

    private static string Checked(string text) => text.Length <= MaxText
        ? text
        : throw new FaultException(new Fault(FaultKind.Invalid, $"a text or a column name may have at most {MaxText} characters"));

    private static void AppendId(StringBuilder ids, ReadOnlySpan<byte> id)
    {
        Span<char> hex = stackalloc char[16];
        SpanId.FromBytes(id).Value.TryFormat(hex, out _, "x16", null);
        ids.Append(hex);
    }
}
