using System.Globalization;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using static Weir.Core.Query.Terms;

namespace Weir.Features.Questions;

/// <summary>Rows that lie after a list's range and ahead of the clock.</summary>
internal sealed record AheadRows(long Rows, string Newest);

/// <summary>
/// Rows that lie ahead of the clock because their sender's clock does. A list that ends now does not have them, so whoever asks for one
/// is told how many there are and how far to ask.
/// </summary>
internal sealed class RowsAhead(ITelemetryReader reader, TimeProvider time)
{
    /// <summary>How far from now a range may end and still mean "until now".</summary>
    private static readonly TimeSpan Now = TimeSpan.FromMinutes(5);

    /// <summary>Null when there are none, or the range does not end now.</summary>
    /// <param name="where">The list's own conditions.</param>
    public async Task<AheadRows?> ReadAsync(Signal signal, TimeRange range, Expr? where, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var last = now.AddTicks(UnixTime.FurthestAhead / TimeSpan.NanosecondsPerTick);
        if (range.To < now - Now || range.To >= last)
            return null;
        var column = signal == Signal.Spans ? "start_time" : "time";
        var table = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = signal,
                Select = [Count.As("rows"), Call(Function.Max, Field(column)).As("newest")],
                Range = new TimeRange(range.To, last),
                Where = where,
                Limit = 1,
            },
            cancellationToken);
        return table.First is { } found && found.Long("rows") is > 0 and var rows
            ? new AheadRows(rows, IsoTime.Text(found.UnixNanoseconds("newest")))
            : null;
    }

    /// <summary>What people are told; what else a list has to say comes first.</summary>
    public static string? Notice(string? other, AheadRows? ahead)
    {
        if (ahead is null)
            return other;
        var told = string.Create(
            CultureInfo.InvariantCulture,
            $"{ahead.Rows} more {(ahead.Rows == 1 ? "lies" : "lie")} after this range, up to {ahead.Newest}: the sender's clock is ahead of this one. Ask for a range that ends later to see {(ahead.Rows == 1 ? "it" : "them")}.");
        return other is null ? told : other + " " + told;
    }
}
