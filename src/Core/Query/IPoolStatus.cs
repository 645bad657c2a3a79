namespace Weir.Core.Query;

/// <summary>Keeps things for later, in memory: a pool, a cache, a queue. All registered ones are told in <c>/metrics</c>.</summary>
public interface IPoolStatus
{
    /// <summary>How full each is now. Cheap enough to ask every second; must not throw.</summary>
    IReadOnlyList<PoolFigures> Pools { get; }
}

/// <summary>How full one pool, cache or queue is.</summary>
/// <param name="Name">Lower case with underscores, e.g. <c>query_runs</c>.</param>
/// <param name="Items">What is in it.</param>
/// <param name="Limit">The most items it keeps; null when bytes bound it.</param>
/// <param name="Bytes">Memory of what is in it; null when not known.</param>
/// <param name="LimitBytes">The most bytes it keeps; null when items bound it.</param>
/// <param name="Emptied">How often it was emptied because it was full; null when it never is.</param>
public sealed record PoolFigures(string Name, long Items, long? Limit = null, long? Bytes = null, long? LimitBytes = null, long? Emptied = null);
