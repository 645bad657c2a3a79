namespace Weir.Features.Sampling;

/// <summary>
/// Raises a rule's rate for a while after a service reported anomalies that were not recorded. One boost per cooldown window. Not
/// thread-safe.
/// </summary>
internal sealed class SamplingBoosts
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(60);
    private const int MaxServices = 1000;
    private readonly Dictionary<string, (double Rate, DateTimeOffset Until, DateTimeOffset Next)> _byService = new(StringComparer.Ordinal);

    /// <summary>
    /// The boosted rate that currently applies to the service, null when there is none. It is chosen to record about one anomaly per second, between the
    /// rule's own rate and its maximum.
    /// </summary>
    public (double Rate, DateTimeOffset Until)? Report(SamplingRule rule, string service, long anomalies, long sampled, DateTimeOffset now)
    {
        if (rule.SamplingRateBoost is not { } allowed)
            return null;
        var missed = anomalies - sampled;
        if (!_byService.TryGetValue(service, out var boost) || (now >= boost.Until && now >= boost.Next))
        {
            if (missed <= 0 || (_byService.Count >= MaxServices && !_byService.ContainsKey(service)))
                return null;
            var rate = Math.Min(allowed.MaxRate, Math.Max(rule.FixedRate, Reservoir.Interval.TotalSeconds / anomalies));
            _byService[service] = boost = (rate, now + Length, now + TimeSpan.FromMinutes(allowed.CooldownWindowMinutes));
        }
        return now < boost.Until ? (boost.Rate, boost.Until) : null;
    }
}
