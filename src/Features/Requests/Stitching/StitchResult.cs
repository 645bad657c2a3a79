namespace Weir.Features.Requests.Stitching;

/// <summary>Two recordings of one request.</summary>
/// <param name="Span">A span or segment.</param>
/// <param name="Other">A span of another protocol, a line or a report.</param>
/// <param name="Error">The probability that the link is wrong.</param>
public sealed record EntryLink(Entry Span, Entry Other, double Error);

/// <summary>A recording that belongs to one of several requests, and nothing tells to which.</summary>
/// <param name="Candidates">Spans, one of each request it may belong to, likeliest first.</param>
public sealed record OpenEntry(Entry Other, IReadOnlyList<Entry> Candidates);

/// <summary>The links of a window.</summary>
/// <param name="Links">At most one of each pair, each more certain than the option demands.</param>
/// <param name="Open">What was not linked although something comes near.</param>
public sealed record StitchResult(IReadOnlyList<EntryLink> Links, IReadOnlyList<OpenEntry> Open);

/// <param name="MaxError">A link is made when the probability that it is wrong is below this.</param>
public sealed record StitchOptions(double MaxError = 0.001)
{
    public static StitchOptions Default { get; } = new();
}
