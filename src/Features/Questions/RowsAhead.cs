using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>
/// Rows that lie after a time range that ends now, because their sender's clock is ahead of this one. The range does not have them, so its answer says
/// how many there are and how far to ask.
/// </summary>
internal static class RowsAhead
{
    /// <summary>How far from now a range may end and still mean "until now".</summary>
    private static readonly TimeSpan UntilNow = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Null when there are none, or the range does not end now. Where the reader knows that no row of the signals is newer than the range, nothing is asked.
    /// </summary>
    /// <param name="sources">The range's rows of these signals in another time, with a column <c>t</c>: <see cref="Time"/>.</param>
    public static async Task<AheadRows?> ReadAsync(
        ITelemetryReader reader, IReadOnlyList<Signal> signals, TimeRange range, DateTimeOffset now, Func<TimeRange, IReadOnlyList<RowSource>> sources,
        CancellationToken cancellationToken)
    {
        var last = now.AddTicks(UnixTime.FurthestAhead / TimeSpan.NanosecondsPerTick);
        if (range.To < now - UntilNow || range.To >= last)
            return null;
        var end = (range.To - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        var newer = new HashSet<Signal>();
        foreach (var signal in signals)
        {
            if (await reader.NewestAsync(signal, cancellationToken) is not { } newest || newest >= end)
                newer.Add(signal);
        }
        if (newer.Count == 0)
            return null;
        var table = await reader.QueryRowsAsync(
            new SourceQuery
            {
                Sources = [.. sources(new TimeRange(range.To, last)).Where(source => newer.Contains(source.Signal))],
                Select = [new Selection("rows", new CallExpr(Function.Count, [])), new Selection("newest", new CallExpr(Function.Max, [new FieldExpr("t")]))],
                Limit = 1,
            },
            cancellationToken);
        return table.First is { } found && found.Long("rows") is > 0 and var rows ? new AheadRows(rows, IsoTime.Text(found.Long("newest"))) : null;
    }

    /// <summary>When a row was, in nanoseconds since 1970.</summary>
    public static Expr Time(Signal signal) => new CallExpr(Function.UnixNanoseconds, [new FieldExpr(signal == Signal.Spans ? "start_time" : "time")]);
}
