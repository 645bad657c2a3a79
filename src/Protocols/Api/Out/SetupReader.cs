using Microsoft.AspNetCore.Http;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Protocols.Api.Clients;
using static Weir.Core.Query.Terms;

namespace Weir.Protocols.Api.Out;

/// <summary>
/// The setup of each of the four clients, and whether data arrived from it: since the start from the counters, before it from the stored data.
/// </summary>
internal sealed class SetupReader(ITelemetryReader reader, IngestCounters counters, RefusedCalls calls, ServerIdentity identity, TimeProvider time)
{
    private const string Received = "received";
    private const string Rejected = "rejected";
    private const string Waiting = "waiting";
    private static readonly TimeSpan LookedBack = TimeSpan.FromDays(30);

    private static readonly ClientKind[] Kinds =
    [
        new(WireProtocol.Otlp, [WireProtocol.Otlp, WireProtocol.Honeycomb], Signal.Spans, "OpenTelemetry",
            "Traces, logs and metrics from any OpenTelemetry SDK, as sent to Honeycomb.", OpenTelemetryClient.Snippets),
        new(WireProtocol.XRay, [WireProtocol.XRay], Signal.Spans, "AWS X-Ray",
            "Segments and subsegments from the X-Ray SDKs, over the daemon's port or PutTraceSegments.", XRayClient.Snippets),
        new(WireProtocol.CloudWatchLogs, [WireProtocol.CloudWatchLogs], Signal.Logs, "CloudWatch Logs",
            "Log lines from watchtower, the aws command and the AWS SDKs.", CloudWatchLogsClient.Snippets),
        new(WireProtocol.Rollbar, [WireProtocol.Rollbar], Signal.Occurrences, "Rollbar",
            "Exceptions and messages from Rollbar's libraries.", RollbarClient.Snippets),
    ];

    public async Task<Setup> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var weir = identity.For(request);
        var snapshot = counters.Snapshot();
        var counted = Kinds.Select(kind => snapshot.Where(counter => kind.Protocols.Contains(counter.Protocol)).ToList()).ToList();
        var clients = new List<SetupClient>(Kinds.Length);
        for (var i = 0; i < Kinds.Length; i++)
        {
            var earlier = counted[i].Any(counter => counter.Stored > 0) ? null : await StoredAsync(Kinds[i], cancellationToken);
            clients.Add(Describe(Kinds[i], weir, counted[i], earlier));
        }
        return new Setup(clients, Problems(calls));
    }

    /// <summary>Why nothing arrives, the problem met last first.</summary>
    public static IReadOnlyList<SetupProblem> Problems(RefusedCalls calls) => [.. calls.Snapshot().Select(Problem)];

    private static SetupProblem Problem(RefusedCall call)
    {
        // Events of Honeycomb's clients are shown together with OpenTelemetry.
        var kind = Kinds.FirstOrDefault(one => one.Protocols.Contains(call.Client));
        return new SetupProblem(kind?.Id ?? "", call.Problem, call.Example, call.Advice, call.Count, IsoTime.Text(call.FirstAt), IsoTime.Text(call.LastAt));
    }

    internal static SetupClient Describe(ClientKind kind, ClientAddresses weir, IReadOnlyList<IngestCounter> counters, Earlier? earlier)
    {
        var stored = counters.Sum(counter => counter.Stored);
        var rejection = Rejections.Newest(counters);
        var state = stored > 0 || earlier is { Rows: > 0 } ? Received : rejection is null ? Waiting : Rejected;
        return new SetupClient(
            kind.Id,
            kind.Title,
            kind.Summary,
            kind.Snippets(weir),
            state,
            stored > 0 ? stored : earlier?.Rows ?? 0,
            stored > 0 ? IsoTime.TextOrNull(counters.Max(counter => counter.LastAt)) : earlier?.LastAt,
            rejection);
    }

    /// <summary>Data stored by an earlier run of Weir.</summary>
    private async Task<Earlier?> StoredAsync(ClientKind kind, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var table = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = kind.Signal,
                Select = [Count.As("count"), Call(Function.Max, Field("received_at")).As("last")],
                Range = new TimeRange(now - LookedBack, now.AddDays(1)),
                Where = AnyOf("protocol", kind.Protocols),
                Limit = 1,
            },
            cancellationToken);
        return table.First is { } row && row.Long("count") is var count and > 0
            ? new Earlier(count, IsoTime.TextOrNull(row.UnixNanoseconds("last")))
            : null;
    }

    internal sealed record Earlier(long Rows, string? LastAt);

    /// <param name="Signal">The table that its data is in first of all.</param>
    internal sealed record ClientKind(
        string Id,
        IReadOnlyList<string> Protocols,
        Signal Signal,
        string Title,
        string Summary,
        Func<ClientAddresses, IReadOnlyList<Snippet>> Snippets);
}
