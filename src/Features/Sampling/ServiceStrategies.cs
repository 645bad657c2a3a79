using Microsoft.Extensions.Logging;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Sampling;

/// <summary>
/// The sampling rules as strategies for services whose SDKs request them by name. Requesting services are kept in memory, because SDKs ask again within a minute. When
/// there are too many services, the one that has not asked for the longest time is removed. Thread-safe.
/// </summary>
internal sealed partial class ServiceStrategies(
    SamplingOptions options, SamplingRuleStore rules, ITelemetryReader reader, TimeProvider time, ILogger<ServiceStrategies> log)
{
    private const int MaxServices = 1000;
    private const int MaxOperations = 500;

    /// <summary>The default polling interval of SDKs; requests within this time count as that many instances.</summary>
    private static readonly TimeSpan PollingInterval = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan OperationsOf = TimeSpan.FromHours(1);
    private readonly Dictionary<string, Asker> _askers = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    private sealed class Asker
    {
        public Queue<DateTimeOffset> Askings { get; } = [];

        public DateTimeOffset LastAsked { get; set; }

        public IReadOnlyList<string> Operations { get; set; } = [];

        public DateTimeOffset OperationsReadAt { get; set; }
    }

    /// <summary>Services that asked within the last two polling intervals, with their current strategy.</summary>
    public IReadOnlyList<(string Service, DateTimeOffset LastAsked, int Instances, SamplingStrategy Strategy)> Services()
    {
        var now = time.GetUtcNow();
        var all = rules.List(options.Region);
        lock (_lock)
        {
            return [.. _askers.Where(a => now - a.Value.LastAsked < 2 * PollingInterval).OrderBy(a => a.Key, StringComparer.Ordinal)
                .Select(a => (a.Key, a.Value.LastAsked, Instances(a.Value, now), StrategyMaker.Make(all, a.Key, a.Value.Operations, Instances(a.Value, now))))];
        }
    }

    /// <summary>The strategy for an instance of the service that asks now.</summary>
    public async Task<SamplingStrategy> OfAsync(string service, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Asker asker;
        int instances;
        lock (_lock)
        {
            if (!_askers.TryGetValue(service, out asker!))
            {
                if (_askers.Count >= MaxServices)
                    _askers.Remove(_askers.MinBy(a => a.Value.LastAsked).Key);
                _askers[service] = asker = new Asker();
            }
            asker.LastAsked = now;
            asker.Askings.Enqueue(now);
            instances = Instances(asker, now);
        }
        if (now - asker.OperationsReadAt >= PollingInterval)
        {
            asker.OperationsReadAt = now;
            asker.Operations = await OperationsAsync(service, now, cancellationToken) ?? asker.Operations;
        }
        return StrategyMaker.Make(rules.List(options.Region), service, asker.Operations, instances);
    }

    private static int Instances(Asker asker, DateTimeOffset now)
    {
        while (asker.Askings.TryPeek(out var asked) && asked <= now - PollingInterval)
            asker.Askings.Dequeue();
        return Math.Max(1, asker.Askings.Count);
    }

    /// <summary>Names of the spans with which requests enter the service; null when the store does not answer.</summary>
    private async Task<IReadOnlyList<string>?> OperationsAsync(string service, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var query = new TelemetryQuery
        {
            Signal = Signal.Spans,
            Select = [new Selection("name", new FieldExpr("name")), new Selection("count", new CallExpr(Function.Count, []))],
            Where = new CompareExpr(CompareOp.Equal, new FieldExpr("service"), new ConstExpr(service))
                & new InExpr(new FieldExpr("kind"), ["server", "consumer"]),
            Range = new TimeRange(now - OperationsOf, now + PollingInterval),
            GroupBy = [new FieldExpr("name")],
            OrderBy = [new Ordering(new FieldExpr("count"), Descending: true)],
            Limit = MaxOperations,
        };
        try
        {
            return [.. (await reader.QueryAsync(query, cancellationToken)).Page(out _).Select(row => row.Text("name")).Where(name => name.Length > 0)];
        }
        catch (FaultException e)
        {
            LogNoOperations(log, service, e.Fault.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the operations of {Service} could not be read for its sampling strategy: {Reason}")]
    private static partial void LogNoOperations(ILogger log, string service, string reason);
}
