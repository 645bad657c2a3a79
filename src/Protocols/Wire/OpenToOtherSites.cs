namespace Weir.Protocols.Wire;

/// <summary>
/// Marks endpoints that pages of other sites may post to: those that take telemetry and answer with nothing of what is stored. The server
/// refuses other sites' requests to every endpoint without it.
/// </summary>
public sealed record OpenToOtherSites;
