using Weir.Features.Traces.Groups;

namespace Weir.Features.Traces.Insights;

/// <summary>What was told of an insight to one recipient.</summary>
/// <param name="Recipient">Type and name.</param>
/// <param name="Detail">What the recipient answered, or why it was not reached.</param>
internal sealed record InsightDelivery(string Recipient, bool Ok, int Attempts, string Detail);

/// <param name="WasActive">What was told: that the insight began, or that it ended.</param>
internal sealed record InsightNotice(DateTimeOffset Time, bool WasActive, IReadOnlyList<InsightDelivery> Deliveries);

/// <summary>Remembers what was told of each group's insights, over restarts, and tells the group's recipients.</summary>
internal interface IInsightNotices
{
    InsightMemory Find(TraceGroup group);

    /// <summary>Takes a look with what is remembered and tells its news. Looks at one group happen one after the other; what a look remembers
    /// is kept when there was none before, or it found something.</summary>
    Task TellAsync(TraceGroup group, Func<InsightMemory, InsightLook> look, CancellationToken cancellationToken);

    /// <summary>What was told of an insight, newest first.</summary>
    IReadOnlyList<InsightNotice> Told(TraceGroup group, string insightId);

    /// <summary>The group is deleted.</summary>
    Task ForgetAsync(TraceGroup group, CancellationToken cancellationToken);
}
