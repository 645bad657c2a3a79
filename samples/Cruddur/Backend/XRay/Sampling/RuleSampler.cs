using System.Security.Cryptography;

namespace Cruddur.XRay.Sampling;

/// <summary>
/// Decides which requests become segments, by the rules of the service the daemon port stands for. Rules are tried by
/// priority, then name, the default rule last; without rules (or with rules an hour old) it is one a second and 5 %.
/// </summary>
internal sealed class RuleSampler(TimeProvider time, Func<double> chance)
{
    private const double RulesLive = 3600;
    private static readonly SamplingRule Fallback = new() { RuleName = "", Priority = int.MaxValue, FixedRate = 0.05, ReservoirSize = 1 };
    private readonly Lock _gate = new();
    private readonly RuleState _fallback = new(Fallback);
    private List<RuleState> _rules = [];
    private double _loadedAt = double.NegativeInfinity;

    /// <summary>24 hex digits a process, as the service expects of its clients.</summary>
    public string ClientId { get; } = RandomNumberGenerator.GetHexString(24, lowercase: true);

    public bool HasRules
    {
        get
        {
            lock (_gate)
                return _rules.Count > 0;
        }
    }

    public SamplingDecision Decide(SamplingRequest request)
    {
        var now = Now();
        lock (_gate)
        {
            if (now - _loadedAt <= RulesLive)
            {
                foreach (var state in _rules)
                {
                    if (state.Rule.Matches(request))
                        return new(state.Decide(now, chance()), state.Rule.RuleName);
                }
            }
            return new(_fallback.Decide(now, chance()), null);
        }
    }

    public void Load(IEnumerable<SamplingRule> rules)
    {
        lock (_gate)
        {
            var known = _rules.ToDictionary(s => s.Rule.RuleName, StringComparer.Ordinal);
            var loaded = new List<RuleState>();
            foreach (var rule in rules.Where(r => r.IsUsable).DistinctBy(r => r.RuleName))
            {
                if (known.TryGetValue(rule.RuleName, out var state))
                    state.Update(rule);
                else
                    state = new RuleState(rule);
                loaded.Add(state);
            }
            _rules = [.. loaded
                .OrderBy(s => string.Equals(s.Rule.RuleName, SamplingRule.DefaultName, StringComparison.Ordinal))
                .ThenBy(s => s.Rule.Priority)
                .ThenBy(s => s.Rule.RuleName, StringComparer.Ordinal)];
            _loadedAt = Now();
        }
    }

    /// <summary>True when the rules changed after they were last loaded, so that they should be asked for again now.</summary>
    public bool IsOlderThan(double lastRuleModification)
    {
        lock (_gate)
            return _loadedAt < lastRuleModification;
    }

    public void Apply(IEnumerable<SamplingTarget> targets)
    {
        lock (_gate)
        {
            foreach (var target in targets)
                _rules.Find(s => string.Equals(s.Rule.RuleName, target.RuleName, StringComparison.Ordinal))?.Apply(target);
        }
    }

    public IReadOnlyList<SamplingStatistics> Report()
    {
        var now = Now();
        lock (_gate)
            return [.. _rules.Select(s => s.Report(now, ClientId)).OfType<SamplingStatistics>()];
    }

    private double Now() => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
}
