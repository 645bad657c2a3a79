using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Logs;

/// <summary>A stored line. Received is in nanoseconds since 1970.</summary>
internal sealed record StoredLine(LogPosition Position, long Received, string Stream, string Message)
{
    public long TimestampMs => Position.Time / 1_000_000;

    public long IngestionMs => Received / 1_000_000;
}

/// <summary>Selects the lines that a reader keeps, in the caller's pattern language.</summary>
internal interface ILinePattern
{
    /// <summary>A condition that every matching line fulfils, so that the engine can skip lines early; null when there is none.</summary>
    Expr? Prefilter { get; }

    bool Matches(string message);
}

/// <summary>What to read.</summary>
/// <param name="Where">The lines in question.</param>
/// <param name="Range">Half-open.</param>
/// <param name="From">Continue strictly after this position; null starts at the range's end.</param>
/// <param name="Pattern">Null keeps every line.</param>
internal sealed record LogRead(
    Expr Where, TimeRange Range, LogPosition? From, bool Forward, int Limit, ILinePattern? Pattern, string Environment);

/// <summary>Lines in the order read.</summary>
/// <param name="Next">Where to continue: after the last scanned line.</param>
/// <param name="Ended">The rest of the range is empty.</param>
internal sealed record LogPage(IReadOnlyList<StoredLine> Events, LogPosition? Next, bool Ended);

/// <summary>
/// Reads lines in order of time and arrival, in chunks, so that large messages don't fill the memory and a rare pattern
/// doesn't block a request for long: a page may end early, even empty, with a position to continue.
/// </summary>
internal sealed class StoredLineReader(ITelemetryReader reader, TimeProvider time)
{
    /// <summary>AWS ends a page at one megabyte, too.</summary>
    public const int MaxPageBytes = 1 << 20;
    public const int MaxEvents = 10_000;
    private const int MaxScanned = 500_000;
    private const int ChunkBytes = 16 << 20;
    private const int LargestChunk = 100_000;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(4);

    public async Task<LogPage> ReadAsync(LogRead read, CancellationToken cancellationToken)
    {
        var events = new List<StoredLine>();
        var position = read.From;
        var (bytes, scanned) = (0, 0);
        var chunk = Math.Clamp(read.Pattern is null ? read.Limit + 1 : 1000, 32, 1000);
        var started = time.GetTimestamp();
        while (true)
        {
            var rows = (await reader.QueryAsync(Query(read, position, chunk), cancellationToken)).Page(out var more);
            var chunkBytes = 0;
            foreach (var row in rows)
            {
                var message = row.Text("body");
                chunkBytes += message.Length;
                var at = new LogPosition(row.UnixNanoseconds("time"), unchecked((ulong)row.Long("sequence")));
                if (read.Pattern is null || read.Pattern.Matches(message))
                {
                    if (events.Count == read.Limit || (events.Count > 0 && bytes + message.Length > MaxPageBytes))
                        return new LogPage(events, position, Ended: false);
                    events.Add(new StoredLine(at, row.UnixNanoseconds("received_at"), row.Text("log_stream"), message));
                    bytes += message.Length;
                }
                position = at;
            }
            if (!more)
                return new LogPage(events, position, Ended: true);
            scanned += rows.Count;
            if (scanned >= MaxScanned || time.GetElapsedTime(started) > MaxTime)
                return new LogPage(events, position, Ended: false);
            // Each chunk is a query to the engine, so use as few as the size of the messages allows.
            chunk = Math.Clamp(ChunkBytes / Math.Max(1, chunkBytes / rows.Count), 32, Math.Min(chunk * 8, LargestChunk));
        }
    }

    private static TelemetryQuery Query(LogRead read, LogPosition? position, int limit)
    {
        var where = new List<Expr> { read.Where };
        if (position is { } at)
            where.Add(Past(at, read.Forward));
        if (read.Pattern?.Prefilter is { } prefilter)
            where.Add(prefilter);
        return new TelemetryQuery
        {
            Signal = Signal.Logs,
            Select =
            [
                new Selection("time", LogScope.Time),
                new Selection("sequence", LogScope.Sequence),
                new Selection("received_at", new FieldExpr("received_at")),
                new Selection("log_stream", LogScope.Stream),
                new Selection("body", LogScope.Body),
            ],
            Range = Narrowed(read.Range, position, read.Forward),
            Where = new AndExpr(where),
            OrderBy = [new Ordering(LogScope.Time, !read.Forward), new Ordering(LogScope.Sequence, !read.Forward)],
            Limit = limit,
            Environment = read.Environment,
        };
    }

    private static Expr Past(LogPosition at, bool forward)
    {
        var time = new ConstExpr(new Instant(at.Time));
        var strictly = forward ? CompareOp.Greater : CompareOp.Less;
        return new CompareExpr(strictly, LogScope.Time, time)
            | (new CompareExpr(CompareOp.Equal, LogScope.Time, time)
                & new CompareExpr(strictly, LogScope.Sequence, new ConstExpr(at.Sequence)));
    }

    /// <summary>The position also bounds the range, which is what the table is partitioned by.</summary>
    private static TimeRange Narrowed(TimeRange range, LogPosition? position, bool forward)
    {
        if (position is not { } at)
            return range;
        var from = DateTimeOffset.UnixEpoch.AddTicks(at.Time / 100);
        if (forward)
            return from > range.From ? range with { From = from < range.To ? from : range.To } : range;
        var to = from.AddTicks(1);
        return to < range.To ? range with { To = to > range.From ? to : range.From } : range;
    }
}
