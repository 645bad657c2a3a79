namespace Weir.Protocols.XRay.Ui;

internal sealed record UiInsights(IReadOnlyList<UiInsight> Insights);

/// <summary>A time of unusually many faults in a group.</summary>
/// <param name="State">ACTIVE or CLOSED.</param>
/// <param name="Categories">FAULT.</param>
/// <param name="End">Null while it goes on.</param>
/// <param name="Updated">Of the newest event.</param>
/// <param name="RootCause">The service farthest from the clients that failed unusually often.</param>
/// <param name="Services">All services that failed unusually often, the root cause first.</param>
/// <param name="ClientRequestImpact">Requests that entered the group in that time.</param>
/// <param name="RootCauseRequestImpact">Requests of the root cause in that time.</param>
/// <param name="Faults">Of the root cause.</param>
/// <param name="Total">Requests of the root cause.</param>
internal sealed record UiInsight(
    string Id, string Group, string State, IReadOnlyList<string> Categories, string Summary, DateTimeOffset Start, DateTimeOffset? End,
    DateTimeOffset Updated, UiInsightService RootCause, IReadOnlyList<UiInsightService> Services, UiImpact ClientRequestImpact,
    UiImpact RootCauseRequestImpact, long Faults, long Total);

internal sealed record UiInsightService(string Name, string? Type);

internal sealed record UiImpact(long Faults, long Ok, long Total);

/// <param name="Events">Newest first.</param>
/// <param name="Timeline">The root cause's minutes, half an hour before and ten minutes after among them, oldest first.</param>
/// <param name="Graph">The root cause and whatever calls it, directly or not.</param>
/// <param name="Notifications">The notifications that were sent, newest first.</param>
internal sealed record UiInsightDetail(
    UiInsight Insight, IReadOnlyList<UiInsightEvent> Events, IReadOnlyList<UiInsightMinute> Timeline, UiInsightGraph Graph,
    IReadOnlyList<UiInsightNotification> Notifications);

internal sealed record UiInsightEvent(
    DateTimeOffset Time, string Summary, UiImpact ClientRequestImpact, UiImpact RootCauseRequestImpact, IReadOnlyList<UiInsightService> Services);

/// <param name="HighestUsual">Faults that would not have been unusual.</param>
internal sealed record UiInsightMinute(DateTimeOffset Time, long Total, long Faults, double HighestUsual);

internal sealed record UiInsightGraph(IReadOnlyList<UiInsightNode> Nodes, IReadOnlyList<UiInsightEdge> Edges);

/// <param name="Anomalous">It failed unusually often.</param>
internal sealed record UiInsightNode(string Id, string Name, string? Type, bool RootCause, bool Anomalous);

/// <param name="Source">Id of the node that calls.</param>
/// <param name="Target">Id of the node that is called.</param>
internal sealed record UiInsightEdge(string Source, string Target);

/// <param name="State">The state in the notification: ACTIVE or CLOSED.</param>
internal sealed record UiInsightNotification(DateTimeOffset Time, string State, IReadOnlyList<UiInsightDelivery> Deliveries);

/// <param name="Recipient">Type and name.</param>
/// <param name="Detail">What the recipient answered, or why it was not reached.</param>
internal sealed record UiInsightDelivery(string Recipient, bool Ok, int Attempts, string Detail);
