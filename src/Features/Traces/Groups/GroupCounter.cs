using Microsoft.Extensions.Logging;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Filter;
using Weir.Features.Traces.Search;

namespace Weir.Features.Traces.Groups;

/// <summary>
/// Counts the traces of each group once a minute, as X-Ray's ApproximateTraceCount does: what the group took as it came, so that a
/// later change of the filter does not change what was counted. The counts are points of the metric <c>xray.group.traces</c>, which can be
/// queried and made alarms of.
/// </summary>
internal sealed partial class GroupCounter(
    TraceOptions options,
    TraceGroupStore groups,
    MatchingTraces matching,
    ITelemetryReader reader,
    ITelemetrySink sink,
    IngestBatchPool batches,
    TimeProvider time,
    ILogger<GroupCounter> log) : IHasLoop
{
    public const string Metric = "xray.group.traces";
    public const string GroupAttribute = "group";
    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <summary>Delay after the minute's end, for traces that are still arriving.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>How far back a trace that goes on in the minute may have begun.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(5);

    private const int MaxEnvironments = 10_000;
    private const int MaxTraces = 10_000_000;
    private const int MostMissed = 60;
    private static readonly FieldExpr TraceIdField = new("trace_id");

    private Loop? _loop;

    /// <summary>Looks often, and counts each minute once: soon after the traces that were under way have come.</summary>
    public Loop Loop => _loop ??= new Loop("group counts", Look, _ => new ValueTask<bool>(options.CountGroups), CountDueAsync, time, log);

    /// <summary>
    /// Counts the minutes that are over and were not counted, those of the last hour in which Weir did not run among them: who was in a
    /// group then can still be told. A minute is noted before it is counted, so that none counts twice; throws when it can't be noted.
    /// </summary>
    public async Task CountDueAsync(CancellationToken cancellationToken)
    {
        var newest = NewestDue();
        // The first of all begins with the minute it runs in.
        if (groups.LastCounted is not { } last)
            await groups.SetLastCountedAsync(last = MinuteOf(time.GetUtcNow()) - Minute, cancellationToken);
        var oldest = newest - (MostMissed * Minute);
        for (var minute = last < oldest ? oldest + Minute : last + Minute; minute <= newest; minute += Minute)
        {
            await groups.SetLastCountedAsync(minute, cancellationToken);
            await CountOrLogAsync(minute, cancellationToken);
        }
    }

    private DateTimeOffset NewestDue() => MinuteOf(time.GetUtcNow() - Patience) - Minute;

    public static DateTimeOffset MinuteOf(DateTimeOffset at) => at.AddTicks(-(at.Ticks % Minute.Ticks));

    private async Task CountOrLogAsync(DateTimeOffset minute, CancellationToken cancellationToken)
    {
        try
        {
            await CountAsync(minute, cancellationToken);
        }
        catch (FaultException e)
        {
            LogNotCounted(log, minute, e.Fault.Message);
        }
#pragma warning disable CA1031 // The counting must outlive a defect in one minute.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogDefect(log, e, minute);
        }
    }

    /// <summary>Counts the traces that began in the minute. Environments without a trace get no points.</summary>
    public async Task CountAsync(DateTimeOffset minute, CancellationToken cancellationToken)
    {
        var range = new TimeRange(minute, minute + Minute);
        var rows = batches.Rent(WireProtocol.XRay);
        try
        {
            foreach (var environment in await EnvironmentsAsync(range, cancellationToken))
            {
                Append(rows.Metrics, TraceGroup.DefaultName, environment, minute, await CountAsync(range, environment, null, cancellationToken));
                foreach (var group in groups.List())
                {
                    Append(rows.Metrics, group.GroupName, environment, minute, await CountAsync(range, environment, groups.MembersOf(group), cancellationToken));
                }
            }
        }
        catch
        {
            rows.Dispose();
            throw;
        }
        if (rows.Metrics.Rows == 0)
            rows.Dispose();
        else if (await sink.CommitAsync(rows, cancellationToken) is { } fault)
            LogNotCounted(log, minute, fault.Message);
    }

    private async Task<IReadOnlyList<string>> EnvironmentsAsync(TimeRange range, CancellationToken cancellationToken)
    {
        var result = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Spans,
                Select = [new Selection("environment", new FieldExpr("environment"))],
                Range = range,
                GroupBy = [new FieldExpr("environment")],
                Limit = MaxEnvironments,
            },
            cancellationToken);
        return [.. result.All("environments").Select(row => row.Text("environment"))];
    }

    private async Task<long> CountAsync(TimeRange range, string environment, FilterExpr? filter, CancellationToken cancellationToken)
    {
        var question = new TraceQuestion(range, TimeRangeType.TraceId, filter, options.Account, environment);
        var selection = await matching.SelectAsync(question, cancellationToken);
        if (selection.Notice is { } notice)
            LogNotExact(log, range.From, notice);
        var began = new InQueryExpr(TraceIdField, Began(range, environment));
        var result = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Spans,
                Select = [new Selection("traces", new CallExpr(Function.CountDistinct, [TraceIdField]))],
                Where = selection.Condition is { } condition ? condition & began : began,
                Range = range,
                Environment = environment,
                Limit = 1,
                Budget = QueryBudget.Long,
            },
            cancellationToken);
        return result.First?.Long("traces") ?? 0;
    }

    /// <summary>A trace counts in the minute in which the first of its rows starts.</summary>
    private static TelemetryQuery Began(TimeRange range, string environment)
    {
        var first = new CallExpr(Function.Min, [new CallExpr(Function.UnixNanoseconds, [new FieldExpr("start_time")])]);
        return new TelemetryQuery
        {
            Signal = Signal.Spans,
            Select = [new Selection("trace_id", TraceIdField)],
            Range = new TimeRange(range.From - Before, range.To),
            Environment = environment,
            GroupBy = [TraceIdField],
            Having = new CompareExpr(CompareOp.GreaterOrEqual, first, new ConstExpr(range.From.UnixNanoseconds())),
            Limit = MaxTraces,
        };
    }

    private void Append(MetricBlock rows, string group, string environment, DateTimeOffset minute, long traces)
    {
        rows.Time.Append((minute + Minute).UnixNanoseconds());
        rows.StartTime.Append(minute.UnixNanoseconds());
        rows.ReceivedAt.Append(time.UnixNanoseconds());
        rows.Environment.Append(environment);
        rows.Protocol.Append(WireProtocol.XRay);
        rows.Service.Append("");
        rows.Name.Append(Metric);
        rows.Description.Append("traces of an X-Ray group that began in the minute");
        rows.Unit.Append("{trace}");
        rows.Type.Append(MetricType.Sum);
        rows.Temporality.Append(Temporality.Delta);
        rows.Monotonic.Append((byte)1);
        rows.Value.Append(traces);
        rows.Attributes.Add("group"u8, group);
        rows.EndRow();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the traces of groups in the minute from {Minute} were not counted: {Reason}")]
    private static partial void LogNotCounted(ILogger log, DateTimeOffset minute, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the traces of a group in the minute from {Minute} were not all counted: {Notice}")]
    private static partial void LogNotExact(ILogger log, DateTimeOffset minute, string notice);

    [LoggerMessage(Level = LogLevel.Error, Message = "the traces of groups in the minute from {Minute} were not counted")]
    private static partial void LogDefect(ILogger log, Exception e, DateTimeOffset minute);
}
