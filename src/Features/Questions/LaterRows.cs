using System.Globalization;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>
/// Rows of a question that lie after its time and ahead of the clock, because their sender's clock does. A question that ends now leaves
/// them out, so its answer says that there are some.
/// </summary>
internal static class LaterRows
{
    /// <summary>How far from now a question may end and still mean "until now".</summary>
    private static readonly TimeSpan Now = TimeSpan.FromMinutes(5);

    /// <summary>The warning, or null when there are none or the question does not end now.</summary>
    public static async Task<string?> WarningAsync(
        ITelemetryReader reader, RowPlan rows, QueryWindow window, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var nowNs = now.UnixNanoseconds();
        var last = nowNs + UnixTime.FurthestAhead;
        if (window.EndNs < nowNs - (Now.Ticks * TimeSpan.NanosecondsPerTick) || window.EndNs >= last)
            return null;
        var later = new QueryWindow(window.EndNs, last, last - window.EndNs);
        var time = new RowColumn("t", ColumnForm.AsIs, signal => new CallExpr(Function.UnixNanoseconds, [new FieldExpr(RowPlan.TimeColumn(signal.Signal))]));
        var table = await reader.QueryRowsAsync(
            new SourceQuery
            {
                Sources = rows.Sources(later, [time]),
                Select = [new Selection("rows", new CallExpr(Function.Count, [])), new Selection("newest", new CallExpr(Function.Max, [new FieldExpr("t")]))],
                Limit = 1,
            },
            cancellationToken);
        if (table.First is not { } found || found.Long("rows") == 0)
            return null;
        var until = DateTimeOffset.UnixEpoch.AddTicks(found.Long("newest") / TimeSpan.NanosecondsPerTick);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{found.Long("rows")} rows lie after this time range, up to {until:yyyy-MM-dd'T'HH:mm:ss'Z'}: a sender's clock is ahead of this one; ask for a range that ends later to count them.");
    }
}
