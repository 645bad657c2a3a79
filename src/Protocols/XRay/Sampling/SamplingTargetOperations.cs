using System.Text.Json;
using Weir.Protocols.XRay.In;

namespace Weir.Protocols.XRay.Sampling;

/// <summary>GetSamplingTargets and GetSamplingStatisticSummaries. The state is in memory: SDKs report again within ten seconds.</summary>
internal sealed class SamplingTargetOperations(SamplingRuleStore rules, TimeProvider time)
{
    private const int MaxRules = 1000;
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(5);
    private readonly Dictionary<string, (Reservoir Reservoir, SamplingStatistics Statistics)> _states = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    private sealed record Target(SamplingRule Rule, int? Quota);

    private sealed record Unprocessed(string RuleName, string ErrorCode, string Message);

    public ValueTask<XRayReply> TargetsAsync(XRayRequest request, CancellationToken cancellationToken)
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
                targets.Add(new Target(rule, Report(rule, client, document, now)));
        }
        return ValueTask.FromResult(XRayReply.Ok(json => Write(json, targets, unprocessed, now)));
    }

    private int? Report(SamplingRule rule, string client, JsonElement document, DateTimeOffset now)
    {
        var requests = Count(document, "RequestCount");
        lock (_lock)
        {
            if (!_states.TryGetValue(rule.RuleName, out var state))
            {
                if (_states.Count >= MaxRules)
                    _states.Clear();
                _states[rule.RuleName] = state = (new Reservoir(), new SamplingStatistics());
            }
            // Reports from long ago or from a wrong clock are answered, but say nothing about now.
            if (document.NumberOf("Timestamp") is not { } seconds
                || XRayRequest.ToTime(seconds) is { } at && (now - at).Duration() <= Stale)
                state.Statistics.Add(requests, Count(document, "SampledCount"), Count(document, "BorrowCount"), now);
            return state.Reservoir.Take(client, requests, rule.ReservoirSize, now);
        }
    }

    private static long Count(JsonElement document, string name) => (long)Math.Clamp(document.NumberOf(name) ?? 0, 0, int.MaxValue);

    private void Write(Utf8JsonWriter json, List<Target> targets, List<Unprocessed> unprocessed, DateTimeOffset now)
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
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteSeconds("LastRuleModification", rules.LastModification);
        json.WriteStartArray("UnprocessedStatistics");
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

    public ValueTask<XRayReply> SummariesAsync(XRayRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        List<StatisticSummary> summaries;
        lock (_lock)
            summaries = [.. _states.Select(state => state.Value.Statistics.Last(state.Key, now)).OfType<StatisticSummary>()];
        return ValueTask.FromResult(XRayReply.Ok(json =>
        {
            json.WriteStartArray("SamplingStatisticSummaries");
            foreach (var summary in summaries.OrderBy(s => s.Rule, StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("RuleName", summary.Rule);
                json.WriteSeconds("Timestamp", summary.Timestamp);
                json.WriteNumber("RequestCount", summary.Requests);
                json.WriteNumber("BorrowCount", summary.Borrowed);
                json.WriteNumber("SampledCount", summary.Sampled);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }));
    }
}
