using Weir.Core.Ingest;
using Weir.Core.Query;

namespace Weir.Protocols.Api.Out;

/// <summary>Checks all parts in parallel; a part that does not answer in time is unhealthy.</summary>
internal sealed class HealthReport(IEnumerable<IHealth> parts, ResourceWatch resources, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<Health> ReadAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(parts.Select(part => CheckAsync(part, cancellationToken)));
        List<string> reasons = [.. answers.OfType<string>()];
        return new Health(
            reasons.Count == 0 ? "ok" : "failing",
            reasons,
            [.. resources.Warnings(), .. parts.Select(part => part.Notice is { } notice ? $"{part.Name}: {notice}" : null).OfType<string>()]);
    }

    private async Task<string?> CheckAsync(IHealth part, CancellationToken cancellationToken)
    {
        try
        {
            var reason = await part.CheckAsync(cancellationToken).AsTask().WaitAsync(Patience, time, cancellationToken);
            return reason is null ? null : $"{part.Name}: {reason}";
        }
        catch (TimeoutException)
        {
            return $"{part.Name}: no answer within {Patience.TotalSeconds} s";
        }
    }
}

/// <summary>The journal's part of the health report.</summary>
internal sealed class JournalHealth(IngestPipeline pipeline) : IHealth
{
    public string Name => "journal";

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => new(
        pipeline.IsFailing ? "writing fails; requests are answered with 503 until the disk accepts writes again"
        : pipeline.JournalBytes >= pipeline.JournalLimitBytes ? "full, because the engine is behind; clients get an error and retry"
        : pipeline.LoadTrouble is { } trouble ? $"acknowledged rows are waiting because the engine does not accept them: {trouble}"
        : null);

    public string? Notice => JournalApi.Notice(pipeline)
        ?? (pipeline.Waiting is { Segments: > 0 } waiting ? $"{waiting.Segments} segments failed to load and will be tried again: {waiting.Reason}" : null);
}
