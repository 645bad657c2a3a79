namespace Cruddur.XRay.Sampling;

/// <summary>
/// One rule with its reservoir and counts. With a quota that has not expired: so many a second. Without one: one a
/// second is borrowed, if the rule has a reservoir at all. What the reservoir does not take, the fixed rate decides.
/// </summary>
internal sealed class RuleState(SamplingRule rule)
{
    private const int DefaultInterval = 10;
    private long _second = -1;
    private int _takenThisSecond;
    private int _borrowedThisSecond;
    private int? _quota;
    private double _quotaExpires;
    private double _fixedRate = rule.FixedRate;
    private int _interval = DefaultInterval;
    private double _reportedAt;
    private int _requests;
    private int _sampled;
    private int _borrowed;

    public SamplingRule Rule { get; private set; } = rule;

    public bool Decide(double now, double chance)
    {
        _requests++;
        var second = (long)Math.Floor(now);
        if (second != _second)
        {
            _second = second;
            _takenThisSecond = 0;
            _borrowedThisSecond = 0;
        }
        if (_quota is { } quota && _quotaExpires >= now)
        {
            if (_takenThisSecond < quota)
            {
                _takenThisSecond++;
                _sampled++;
                return true;
            }
        }
        else if (Rule.ReservoirSize > 0 && _borrowedThisSecond == 0)
        {
            _borrowedThisSecond++;
            _borrowed++;
            return true;
        }
        if (chance >= _fixedRate)
            return false;
        _sampled++;
        return true;
    }

    /// <summary>A changed rule keeps its reservoir and counts; only a changed rate takes effect at once.</summary>
    public void Update(SamplingRule rule)
    {
        if (!rule.FixedRate.Equals(Rule.FixedRate))
            _fixedRate = rule.FixedRate;
        Rule = rule;
    }

    public void Apply(SamplingTarget target)
    {
        _fixedRate = target.FixedRate;
        _quota = target.ReservoirQuota ?? _quota;
        _quotaExpires = target.ReservoirQuotaTTL ?? _quotaExpires;
        _interval = target.Interval ?? _interval;
    }

    /// <summary>The counts since the last report, or nothing when there were none or the interval is not over.</summary>
    public SamplingStatistics? Report(double now, string clientId)
    {
        if (_requests == 0 || now - _reportedAt < _interval)
            return null;
        var report = new SamplingStatistics(Rule.RuleName, clientId, Math.Floor(now), _requests, _sampled, _borrowed);
        (_requests, _sampled, _borrowed) = (0, 0, 0);
        _reportedAt = now;
        return report;
    }
}
