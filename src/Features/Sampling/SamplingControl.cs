namespace Weir.Features.Sampling;

/// <summary>
/// The reports of SDK instances on rules, and the quotas that they get. In memory, because they report again within ten seconds. Thread-safe.
/// </summary>
internal sealed class SamplingControl(TimeProvider time)
{
    private const int MaxRules = 1000;
    private readonly Dictionary<string, RuleState> _states = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    private sealed record RuleState(Reservoir Reservoir, SamplingStatistics Statistics, SamplingBoosts Boosts);

    /// <summary>Processes one instance's report; returns its quota, null when it should continue to borrow.</summary>
    /// <param name="counts">Null when the report's time shows that it is not current.</param>
    public int? Report(SamplingRule rule, string client, long requests, (long Sampled, long Borrowed)? counts)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            var state = StateOf(rule.RuleName, now);
            if (counts is { } known)
                state.Statistics.Add(requests, known.Sampled, known.Borrowed, now);
            return state.Reservoir.Take(client, requests, rule.ReservoirSize, now);
        }
    }

    /// <summary>The boosted rate that currently applies to the service, if any.</summary>
    public (double Rate, DateTimeOffset Until)? ReportAnomalies(SamplingRule rule, string service, long anomalies, long sampled)
    {
        var now = time.GetUtcNow();
        lock (_lock)
            return StateOf(rule.RuleName, now).Boosts.Report(rule, service, anomalies, sampled, now);
    }

    /// <summary>The newest completed window of each rule, in name order.</summary>
    public IReadOnlyList<(string Rule, SamplingWindow Window)> Summaries()
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            return [.. _states.Select(state => (Rule: state.Key, Window: state.Value.Statistics.Last(now)))
                .Where(summary => summary.Window is not null).Select(summary => (summary.Rule, summary.Window!.Value)).OrderBy(s => s.Rule, StringComparer.Ordinal)];
        }
    }

    /// <summary>The state of one rule: windows of the last hour and the reporting instances.</summary>
    public (IReadOnlyList<SamplingWindow> Windows, IReadOnlyList<ReservoirClient> Clients) Activity(string rule)
    {
        lock (_lock)
        {
            return _states.TryGetValue(rule, out var state)
                ? (state.Statistics.Windows, state.Reservoir.Clients(time.GetUtcNow()))
                : ([], []);
        }
    }

    /// <summary>Removes the leases and counts of a deleted rule.</summary>
    public void Forget(string rule)
    {
        lock (_lock)
            _states.Remove(rule);
    }

    private RuleState StateOf(string rule, DateTimeOffset now)
    {
        if (_states.TryGetValue(rule, out var state))
            return state;
        if (_states.Count >= MaxRules)
            _states.Clear();
        return _states[rule] = new RuleState(new Reservoir(now), new SamplingStatistics(), new SamplingBoosts());
    }
}
