namespace Weir.Core.Query;

/// <summary>A pool, cache or queue in memory. All registered ones are reported in <c>/metrics</c>.</summary>
public interface IPoolStatus
{
    /// <summary>The current fill levels. Cheap enough to call every second; must not throw.</summary>
    IReadOnlyList<PoolFigures> Pools { get; }
}

/// <summary>The fill level of one pool, cache or queue.</summary>
/// <param name="Name">Lower case with underscores, e.g. <c>query_runs</c>.</param>
/// <param name="Items">Current number of items.</param>
/// <param name="Limit">Maximum number of items; null when limited by bytes.</param>
/// <param name="Bytes">Memory of the items; null when unknown.</param>
/// <param name="LimitBytes">Maximum bytes; null when limited by items.</param>
/// <param name="Emptied">How often it was emptied because it was full; null when that never happens.</param>
public sealed record PoolFigures(string Name, long Items, long? Limit = null, long? Bytes = null, long? LimitBytes = null, long? Emptied = null);
