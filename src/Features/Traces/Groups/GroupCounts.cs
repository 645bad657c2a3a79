using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Traces.Groups;

/// <summary>The points written by <see cref="GroupCounter"/>.</summary>
internal sealed class GroupCounts(ITelemetryReader reader)
{
    private const int MaxPoints = 10_000;

    /// <summary>Minutes (by their start, seconds since 1970) and traces by group, oldest first.</summary>
    public async Task<ILookup<string, (long Minute, long Traces)>> ReadAsync(TimeRange range, string environment, CancellationToken cancellationToken)
    {
        var group = new AttributeExpr(GroupCounter.GroupAttribute, AttributeScope.Record, AttributeType.String);
        var result = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Metrics,
                Select =
                [
                    new Selection("group", group), new Selection("minute", new FieldExpr("start_time")), new Selection("traces", new FieldExpr("value")),
                ],
                Where = new CompareExpr(CompareOp.Equal, new FieldExpr("name"), new ConstExpr(GroupCounter.Metric)),
                Range = range,
                Environment = environment,
                OrderBy = [new Ordering(new FieldExpr("start_time"))],
                Limit = MaxPoints,
            },
            cancellationToken);
        return result.All("minutes of groups").ToLookup(row => row.Text("group"), row => (row.UnixNanoseconds("minute") / 1_000_000_000, (long)(row.Double("traces") ?? 0)));
    }
}
