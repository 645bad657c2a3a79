using System.Text;
using System.Text.Json;
using Weir.Features.Sampling;

namespace Weir.Tests.XRay;

/// <summary>
/// One process with an X-Ray SDK, as the SDKs decide: first matching rule; quota while its lease lasts, else one borrowed a second,
/// else the fixed rate. Reports every ten seconds on rules that had requests.
/// </summary>
internal sealed class SimulatedSdk(string id, IReadOnlyList<SamplingRule> rules, Random random)
{
    private readonly Dictionary<string, RuleUse> _uses = new(StringComparer.Ordinal);

    private sealed class RuleUse
    {
        public int Requests { get; set; }

        public int Sampled { get; set; }

        public int Borrowed { get; set; }

        public int? Quota { get; set; }

        public double QuotaUntil { get; set; }

        public double Rate { get; set; }

        public long Second { get; set; }

        public int TakenThisSecond { get; set; }

        public bool BorrowedThisSecond { get; set; }
    }

    /// <summary>The rule that decided, and whether the request is traced.</summary>
    public (string Rule, bool Traced) Decide(string service, string method, string path, double now)
    {
        var rule = rules.First(r => RuleMatch.IsForSdks(r) && RuleMatch.Matches(r, service, null, "shop.example", method, path));
        if (!_uses.TryGetValue(rule.RuleName, out var use))
            _uses[rule.RuleName] = use = new RuleUse { Rate = rule.FixedRate };
        use.Requests++;
        if (use.Second != (long)now)
            (use.Second, use.TakenThisSecond, use.BorrowedThisSecond) = ((long)now, 0, false);
        if (use.Quota is { } quota && use.QuotaUntil >= now)
        {
            if (use.TakenThisSecond < quota)
            {
                use.TakenThisSecond++;
                use.Sampled++;
                return (rule.RuleName, true);
            }
        }
        else if (rule.ReservoirSize > 0 && !use.BorrowedThisSecond)
        {
            use.BorrowedThisSecond = true;
            use.Borrowed++;
            return (rule.RuleName, true);
        }
        if (random.NextDouble() >= use.Rate)
            return (rule.RuleName, false);
        use.Sampled++;
        return (rule.RuleName, true);
    }

    /// <summary>The body of GetSamplingTargets; null when there is nothing to report.</summary>
    public string? Report(double now)
    {
        var documents = _uses.Where(use => use.Value.Requests > 0).Select(use => JsonSerializer.Serialize(new
        {
            RuleName = use.Key,
            ClientID = id,
            Timestamp = (long)now,
            RequestCount = use.Value.Requests,
            SampledCount = use.Value.Sampled,
            BorrowCount = use.Value.Borrowed,
        })).ToList();
        foreach (var use in _uses.Values)
            (use.Requests, use.Sampled, use.Borrowed) = (0, 0, 0);
        return documents.Count == 0 ? null : new StringBuilder("{\"SamplingStatisticsDocuments\":[").AppendJoin(',', documents).Append("]}").ToString();
    }

    public void Take(JsonElement reply)
    {
        foreach (var target in reply.GetProperty("SamplingTargetDocuments").EnumerateArray())
        {
            var use = _uses[target.GetProperty("RuleName").GetString()!];
            use.Rate = target.GetProperty("FixedRate").GetDouble();
            if (target.TryGetProperty("ReservoirQuota", out var quota))
                use.Quota = quota.GetInt32();
            if (target.TryGetProperty("ReservoirQuotaTTL", out var until))
                use.QuotaUntil = until.GetDouble();
        }
    }
}
