using System.Text.Json;
using Weir.Core.Model;
using Weir.Features.Sampling;
using Weir.Protocols.Aws;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.Sampling;

/// <summary>GetSamplingTargets and GetSamplingStatisticSummaries.</summary>
internal sealed class SamplingTargetOperations(SamplingRuleStore rules, SamplingControl control, TimeProvider time)
{
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(5);

    private sealed record Target(SamplingRule Rule, int? Quota)
    {
        public (double Rate, DateTimeOffset Until)? Boost { get; set; }
    }

    private sealed record Unprocessed(string RuleName, string ErrorCode, string Message);

    public ValueTask<AwsReply> TargetsAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var targets = new List<Target>();
        var unprocessed = new List<Unprocessed>();
        foreach (var document in request.Items("SamplingStatisticsDocuments"))
        {
            var name = document.TextOf("RuleName") ?? "";
            if (rules.Find(name, request.Region) is not { } rule)
                unprocessed.Add(new Unprocessed(name, "400", "Unknown rule"));
            else if (document.TextOf("ClientID") is not { Length: > 0 and <= 256 } client)
                unprocessed.Add(new Unprocessed(name, "400", "ClientID is missing or too long"));
            else
                targets.Add(new Target(rule, control.Report(rule, client, Count(document, "RequestCount"), Counts(document, now))));
        }
        var unboosted = new List<Unprocessed>();
        foreach (var document in request.Items("SamplingBoostStatisticsDocuments"))
        {
            var name = document.TextOf("RuleName") ?? "";
            if (rules.Find(name, request.Region) is not { } rule)
                unboosted.Add(new Unprocessed(name, "400", "Unknown rule"));
            else if (document.TextOf("ServiceName") is not { Length: > 0 and <= 64 } service)
                unboosted.Add(new Unprocessed(name, "400", "ServiceName is missing or too long"));
            else if (control.ReportAnomalies(rule, service, Count(document, "AnomalyCount"), Count(document, "SampledAnomalyCount")) is { } boost)
                Boost(targets, rule, boost);
        }
        return ValueTask.FromResult(AwsReply.Json(json => Write(json, targets, unprocessed, unboosted, now)));
    }

    /// <summary>Reports from long ago or from a wrong clock are answered, but do not count for the current window.</summary>
    private static (long Sampled, long Borrowed)? Counts(JsonElement document, DateTimeOffset now) =>
        document.MemberOf("Timestamp") is not { } given || (AwsRequest.ToTime(given) is { } at && (now - at).Duration() <= Stale)
            ? (Count(document, "SampledCount"), Count(document, "BorrowCount"))
            : null;

    private static long Count(JsonElement document, string name) => (long)Math.Clamp(document.NumberOf(name) ?? 0, 0, int.MaxValue);

    private static void Boost(List<Target> targets, SamplingRule rule, (double Rate, DateTimeOffset Until) boost)
    {
        var target = targets.Find(t => t.Rule.RuleName == rule.RuleName);
        if (target is null)
            targets.Add(target = new Target(rule, null));
        target.Boost = boost;
    }

    private void Write(
        Utf8JsonWriter json, List<Target> targets, List<Unprocessed> unprocessed, List<Unprocessed> unboosted, DateTimeOffset now)
    {
        json.WriteStartArray("SamplingTargetDocuments");
        foreach (var target in targets)
        {
            json.WriteStartObject();
            json.WriteString("RuleName", target.Rule.RuleName);
            json.WriteNumber("FixedRate", target.Rule.FixedRate);
            if (target.Quota is { } quota)
            {
                json.WriteNumber("ReservoirQuota", quota);
                json.WriteSeconds("ReservoirQuotaTTL", Math.Floor((now + Reservoir.Lease).UnixSeconds()));
            }
            json.WriteNumber("Interval", (int)Reservoir.Interval.TotalSeconds);
            if (target.Boost is { } boost)
            {
                json.WriteStartObject("SamplingBoost");
                json.WriteNumber("BoostRate", boost.Rate);
                json.WriteSeconds("BoostRateTTL", Math.Floor(boost.Until.UnixSeconds()));
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteSeconds("LastRuleModification", rules.LastModification);
        Write(json, "UnprocessedStatistics", unprocessed);
        Write(json, "UnprocessedBoostStatistics", unboosted);
    }

    private static void Write(Utf8JsonWriter json, string name, List<Unprocessed> unprocessed)
    {
        json.WriteStartArray(name);
        foreach (var statistic in unprocessed)
        {
            json.WriteStartObject();
            json.WriteString("RuleName", statistic.RuleName);
            json.WriteString("ErrorCode", statistic.ErrorCode);
            json.WriteString("Message", statistic.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public ValueTask<AwsReply> SummariesAsync(AwsRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(
        request.Text("NextToken") is { } token ? XRayFaults.ForeignToken(token) : AwsReply.Json(json =>
        {
            json.WriteStartArray("SamplingStatisticSummaries");
            foreach (var (rule, window) in control.Summaries())
            {
                json.WriteStartObject();
                json.WriteString("RuleName", rule);
                json.WriteSeconds("Timestamp", window.Start);
                json.WriteNumber("RequestCount", window.Requests);
                json.WriteNumber("BorrowCount", window.Borrowed);
                json.WriteNumber("SampledCount", window.Sampled);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }));
}
