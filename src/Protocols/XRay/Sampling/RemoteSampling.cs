using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Sampling;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.Sampling;

/// <summary>
/// Jaeger's remote sampling over HTTP, <c>GET /sampling?service=NAME</c>: the sampling rules for OpenTelemetry SDKs.
/// https://www.jaegertracing.io/docs/latest/architecture/apis/#remote-sampling-configuration
/// </summary>
internal sealed partial class RemoteSampling(
    XRayOptions options, SamplingRuleStore rules, ITelemetryReader reader, IOptions<AwsOptions> aws, TimeProvider time, ILogger<RemoteSampling> log)
{
    private const int MaxServices = 1000;
    private const int MaxServiceName = 200;
    private const int MaxOperations = 500;

    /// <summary>How often SDKs ask unless they are told otherwise; askings in this time are taken for as many instances.</summary>
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

    public async Task AnswerAsync(HttpContext context)
    {
        if (aws.Value.FindKey is not null && context.Connection.LocalPort != options.TcpPort && context.Connection.LocalPort != options.SamplingPort)
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "With keys required, sampling strategies are served on the X-Ray daemon's port and on --sampling-port only.");
            return;
        }
        if (context.Request.Query["service"] is not [{ Length: > 0 and <= MaxServiceName } service])
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "'service' parameter must be provided once");
            return;
        }
        var strategy = await StrategyAsync(service, context.RequestAborted);
        var bytes = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes, XRayEndpoint.WriterOptions))
            strategy.Write(json);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.WrittenCount;
        await context.Response.Body.WriteAsync(bytes.WrittenMemory, context.RequestAborted);
    }

    /// <summary>Services that asked within the last two polling intervals, with what they would be told now.</summary>
    public IReadOnlyList<(string Service, DateTimeOffset LastAsked, int Instances, SamplingStrategy Strategy)> Services()
    {
        var now = time.GetUtcNow();
        var all = rules.List(aws.Value.Region);
        lock (_lock)
        {
            return [.. _askers.Where(a => now - a.Value.LastAsked < 2 * PollingInterval).OrderBy(a => a.Key, StringComparer.Ordinal)
                .Select(a => (a.Key, a.Value.LastAsked, Instances(a.Value, now), StrategyMaker.Make(all, a.Key, a.Value.Operations, Instances(a.Value, now))))];
        }
    }

    private async Task<SamplingStrategy> StrategyAsync(string service, CancellationToken cancellationToken)
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
        return StrategyMaker.Make(rules.List(aws.Value.Region), service, asker.Operations, instances);
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

    private static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(why, context.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the operations of {Service} could not be read for its sampling strategy: {Reason}")]
    private static partial void LogNoOperations(ILogger log, string service, string reason);
}
