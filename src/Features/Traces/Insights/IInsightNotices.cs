using Weir.Features.Traces.Groups;

namespace Weir.Features.Traces.Insights;

/// <summary>A notification about an insight to one recipient.</summary>
/// <param name="Recipient">Type and name.</param>
/// <param name="Detail">The recipient's response, or why it was not reached.</param>
internal sealed record InsightDelivery(string Recipient, bool Ok, int Attempts, string Detail);

/// <param name="WasActive">Whether the notification was about the start or the end.</param>
internal sealed record InsightNotice(DateTimeOffset Time, bool WasActive, IReadOnlyList<InsightDelivery> Deliveries);

/// <summary>Stores which notifications were sent for each group's insights, across restarts, and notifies the group's recipients.</summary>
internal interface IInsightNotices
{
    InsightMemory Find(TraceGroup group);

    /// <summary>Runs a check with the stored state and sends its notifications. Checks of one group are serialised; the new state
    /// is stored when there was none before, or when the check found something.</summary>
    Task TellAsync(TraceGroup group, Func<InsightMemory, InsightLook> look, CancellationToken cancellationToken);

    /// <summary>The notifications about an insight, newest first.</summary>
    IReadOnlyList<InsightNotice> Told(TraceGroup group, string insightId);

    /// <summary>Called when the group was deleted.</summary>
    Task ForgetAsync(TraceGroup group, CancellationToken cancellationToken);
}
