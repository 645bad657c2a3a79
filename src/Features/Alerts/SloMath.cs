namespace Weir.Features.Alerts;

/// <summary>Good and bad events of one interval, weighted by their sample rates.</summary>
/// <param name="Start">Seconds since 1970, UTC.</param>
internal readonly record struct SloCount(long Start, double Good, double Bad);

/// <summary>The status of an SLO at a time, in percent; null when there were no eligible events.</summary>
internal readonly record struct SloStanding(double? Compliance, double? BudgetRemaining, double? BurnRate, double Total, double Bad);

/// <summary>
/// The calculation of SLOs over counts by interval. Of all events of the rolling period, the share <c>1 - target</c> may be bad: this is
/// the budget. One million events at 99.9 % may have 1,000 bad ones; with 550 bad, 45 % of the budget remain.
/// </summary>
internal sealed class SloMath(IReadOnlyList<SloCount> counts, int intervalSeconds, int periodDays, long targetPerMillion)
{
    /// <summary>Period over which burn rates are calculated.</summary>
    public const int BurnWindowSeconds = 4 * 3600;

    private readonly double _allowedShare = (1_000_000 - targetPerMillion) / 1e6;

    public long PeriodSeconds => periodDays * 86_400L;

    /// <param name="at">Seconds since 1970; intervals that begin before it are used.</param>
    public SloStanding At(long at)
    {
        var (good, bad) = Sum(at - PeriodSeconds, at);
        var total = good + bad;
        if (total <= 0)
            return default;
        return new SloStanding(100 * good / total, Remaining(total, bad), BurnRate(at, BurnWindowSeconds), total, bad);
    }

    /// <summary>How many times faster than allowed the budget was used over the given last seconds; null without events.</summary>
    public double? BurnRate(long at, long seconds)
    {
        var (good, bad) = Sum(at - seconds, at);
        return good + bad <= 0 ? null : bad / ((good + bad) * _allowedShare);
    }

    /// <summary>
    /// Minutes until the budget is used up at the rate of the last <paramref name="lookbackSeconds"/>;
    /// infinite when it was not used, 0 when nothing is left, null without events.
    /// </summary>
    public double? MinutesLeft(long at, long lookbackSeconds)
    {
        var (good, bad) = Sum(at - PeriodSeconds, at);
        if (good + bad <= 0)
            return null;
        var left = ((good + bad) * _allowedShare) - bad;
        if (left <= 0)
            return 0;
        var recent = Sum(at - lookbackSeconds, at);
        // Future events add to the budget.
        var burnt = recent.Bad - ((recent.Good + recent.Bad) * _allowedShare);
        return burnt <= 0 ? double.PositiveInfinity : left / (burnt / (lookbackSeconds / 60.0));
    }

    /// <summary>Percentage of the total budget that was used over the given last seconds; negative when the budget grew.</summary>
    public double? BudgetLost(long at, long seconds)
    {
        var now = At(at).BudgetRemaining;
        if (now is null)
            return null;
        // A period without events has its complete budget.
        return (At(at - seconds).BudgetRemaining ?? 100) - now;
    }

    /// <summary>Bad events from..to.</summary>
    public double Bad(long from, long to) => Sum(from, to).Bad;

    private double Remaining(double total, double bad) => 100 * ((total * _allowedShare) - bad) / (total * _allowedShare);

    private (double Good, double Bad) Sum(long from, long to)
    {
        double good = 0, bad = 0;
        foreach (var count in counts)
        {
            // The interval that contains the start of the period counts completely: it is short compared with the period.
            if (count.Start + intervalSeconds <= from || count.Start >= to)
                continue;
            good += count.Good;
            bad += count.Bad;
        }
        return (good, bad);
    }
}
