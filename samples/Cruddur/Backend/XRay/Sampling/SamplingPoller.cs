using System.Text.Json;
using Cruddur.Delivery;

namespace Cruddur.XRay.Sampling;

/// <summary>
/// Asks the daemon's TCP side: the rules at the start and every 5 minutes (sooner when a target says that they
/// changed, every 10 s while there are none), the targets every 10 s for the rules that saw requests. Failure is quiet:
/// the sampler has its fallback.
/// </summary>
internal sealed class SamplingPoller(RuleSampler sampler, DaemonAddress address, TimeProvider time, ILogger<SamplingPoller> log) : BackgroundService
{
    private static readonly TimeSpan TargetsEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RulesEvery = TimeSpan.FromSeconds(300);
    private const int BodyLimit = 4 * 1024 * 1024;
    private bool _told;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var http = AdapterHttp.Create(TimeSpan.FromSeconds(2));
        http.BaseAddress = new Uri($"http://{address.Tcp.Host}:{address.Tcp.Port}/");
        http.MaxResponseContentBufferSize = BodyLimit;
        var rulesDue = time.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            if (time.GetUtcNow() >= rulesDue || !sampler.HasRules)
            {
                await Quietly(() => FetchRules(http, stoppingToken), stoppingToken);
                rulesDue = time.GetUtcNow() + RulesEvery + TimeSpan.FromSeconds(Random.Shared.NextDouble() * 5);
            }
            try
            {
                await Task.Delay(TargetsEvery + TimeSpan.FromMilliseconds(Random.Shared.Next(100)), time, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            var rulesChanged = false;
            await Quietly(async () => rulesChanged = await FetchTargets(http, stoppingToken), stoppingToken);
            if (rulesChanged)
                rulesDue = time.GetUtcNow();
        }
    }

    private async Task FetchRules(HttpClient http, CancellationToken stop)
    {
        // A content of known length: the daemon's proxy and the SDKs' servers do not expect chunks.
        using var body = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        using var reply = await http.PostAsync(new Uri("GetSamplingRules", UriKind.Relative), body, stop);
        reply.EnsureSuccessStatusCode();
        var records = await reply.Content.ReadFromJsonAsync<RulesReply>(stop);
        sampler.Load(records?.SamplingRuleRecords?.Select(r => r.SamplingRule).OfType<SamplingRule>() ?? []);
    }

    private async Task<bool> FetchTargets(HttpClient http, CancellationToken stop)
    {
        var reports = sampler.Report();
        if (reports.Count == 0)
            return false;
        using var body = new StringContent(
            JsonSerializer.Serialize(new { SamplingStatisticsDocuments = reports }), System.Text.Encoding.UTF8, "application/json");
        using var reply = await http.PostAsync(new Uri("SamplingTargets", UriKind.Relative), body, stop);
        reply.EnsureSuccessStatusCode();
        var targets = await reply.Content.ReadFromJsonAsync<TargetsReply>(stop);
        sampler.Apply(targets?.SamplingTargetDocuments ?? []);
        return targets?.LastRuleModification is { } modified && sampler.IsOlderThan(modified);
    }

    private async Task Quietly(Func<Task> poll, CancellationToken stop)
    {
        try
        {
            await poll();
            _told = false;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or InvalidOperationException or OperationCanceledException)
        {
            if (!_told)
                SamplingLog.Unreachable(log, address.Tcp.Host, address.Tcp.Port, error.Message);
            _told = true;
        }
    }

    private sealed record RulesReply(List<RuleRecord>? SamplingRuleRecords);

    private sealed record RuleRecord(SamplingRule? SamplingRule);

    private sealed record TargetsReply(List<SamplingTarget>? SamplingTargetDocuments, double? LastRuleModification);
}

internal static partial class SamplingLog
{
    [LoggerMessage(EventId = 20, Level = LogLevel.Information, Message = "no sampling rules from {Host}:{Port} ({Reason}); one trace a second and 5 % until they come")]
    public static partial void Unreachable(ILogger log, string host, int port, string reason);
}
