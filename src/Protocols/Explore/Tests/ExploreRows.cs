using System.Globalization;
using System.Text;
using System.Text.Json;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Protocols.Api;
using Weir.Protocols.Explore;
using Weir.Store;
using Weir.Tests.Support;

namespace Weir.Tests.Explore;

/// <summary>A small data set of its own environment in the test process's engine, and questions to it.</summary>
internal sealed class ExploreRows
{
    public const long Second = 1_000_000_000;

    /// <summary>The question's start.</summary>
    public const long StartSeconds = 1_790_035_200;

    private static int _environments;
    private static int _tokens;
    private readonly int _token = Interlocked.Increment(ref _tokens);
    private readonly ClickHouseStore _store;
    private readonly IngestBatch _batch = new IngestBatchPool().Rent("test");

    private ExploreRows(ClickHouseStore store, string environment)
    {
        _store = store;
        Environment = environment;
    }

    public string Environment { get; }

    public ITelemetryReader Reader => _store.Reader;

    public static async Task<ExploreRows> OpenAsync(SharedEngine engine) =>
        Over(await SharedStore.OpenAsync(engine), $"explore-{Interlocked.Increment(ref _environments)}");

    public static ExploreRows Over(ClickHouseStore store, string environment) => new(store, environment);

    /// <param name="at">Seconds after the start.</param>
    /// <param name="attributes">A JSON object.</param>
    public ExploreRows Span(
        double at, string attributes = "{}", string service = "shop", string name = "GET /", double ms = 0, bool error = false, uint rate = 0,
        ulong trace = 0, ulong id = 0, ulong parent = 0, string resource = "", TraceId? traceId = null)
    {
        var block = _batch.Spans;
        block.TraceId.Append(traceId ?? (trace == 0 ? default : new TraceId(0xfeed, trace)));
        block.SpanId.Append(id == 0 ? default : new SpanId(id));
        block.ParentSpanId.Append(parent == 0 ? default : new SpanId(parent));
        block.StartTime.Append(Ns(at));
        block.DurationNs.Append((ulong)(ms * 1e6));
        block.ReceivedAt.Append(Ns(at));
        block.Environment.Append(Environment);
        block.Protocol.Append("otlp");
        block.Service.Append(service);
        block.Name.Append(name);
        block.Kind.Append(SpanKind.Server);
        block.Status.Append(error ? SpanStatus.Error : SpanStatus.Unset);
        block.SampleRate.Append(rate);
        block.Resource.Append(resource);
        Add(block.Attributes, attributes);
        block.EndRow();
        return this;
    }

    public ExploreRows Log(double at, string attributes = "{}", string service = "shop", string body = "", byte severity = 9, ulong trace = 0, ulong span = 0)
    {
        var block = _batch.Logs;
        block.Time.Append(Ns(at));
        block.Environment.Append(Environment);
        block.Protocol.Append("otlp");
        block.Service.Append(service);
        block.SeverityNumber.Append(severity);
        block.Severity.Append(severity >= 17 ? "error" : "info");
        block.Body.Append(body);
        block.TraceId.Append(trace == 0 ? default : new TraceId(0xfeed, trace));
        block.SpanId.Append(span == 0 ? default : new SpanId(span));
        Add(block.Attributes, attributes);
        block.EndRow();
        return this;
    }

    public ExploreRows Event(double at, string attributes = "{}", string dataset = "clicks", uint rate = 0)
    {
        var block = _batch.Events;
        block.Time.Append(Ns(at));
        block.Environment.Append(Environment);
        block.Protocol.Append("honeycomb");
        block.Service.Append(dataset);
        block.Dataset.Append(dataset);
        block.SampleRate.Append(rate);
        Add(block.Attributes, attributes);
        block.EndRow();
        return this;
    }

    public ExploreRows Error(double at, string attributes = "{}", string kind = "ValueError", string message = "", ulong trace = 0, string protocol = "rollbar")
    {
        var block = _batch.Occurrences;
        block.Time.Append(Ns(at));
        block.Environment.Append(Environment);
        block.Protocol.Append(protocol);
        block.ItemId.Append(7);
        block.Service.Append("shop");
        block.Level.Append("error");
        block.ExceptionClass.Append(kind);
        block.Message.Append(message);
        block.TraceId.Append(trace == 0 ? default : new TraceId(0xfeed, trace));
        Add(block.Attributes, attributes);
        block.EndRow();
        return this;
    }

    /// <param name="since">Seconds after the start at which the series began.</param>
    public ExploreRows Point(
        double at, double value, string name = "requests", MetricType type = MetricType.Sum, Temporality temporality = Temporality.Cumulative,
        bool monotonic = true, string attributes = "{}", double since = -1000, ulong count = 0, double sum = 0, double min = 0, double max = 0, string detail = "")
    {
        var block = _batch.Metrics;
        block.Time.Append(Ns(at));
        block.StartTime.Append(Ns(since));
        block.Environment.Append(Environment);
        block.Protocol.Append("otlp");
        block.Service.Append("shop");
        block.Name.Append(name);
        block.Type.Append(type);
        block.Temporality.Append(temporality);
        block.Monotonic.Append(monotonic ? (byte)1 : (byte)0);
        block.Value.Append(value);
        block.ObservationCount.Append(count);
        block.Sum.Append(sum);
        block.Min.Append(min);
        block.Max.Append(max);
        block.Detail.Append(detail);
        Add(block.Attributes, attributes);
        block.EndRow();
        return this;
    }

    public async Task<ExploreRows> StoreAsync()
    {
        await LoadAsync(_batch.Metrics);
        await LoadAsync(_batch.Spans);
        await LoadAsync(_batch.Logs);
        await LoadAsync(_batch.Events);
        await LoadAsync(_batch.Occurrences);
        return this;
    }

    public Task<QueryResult> AskAsync(string spec, QueryWants? wants = null, string? dataset = null) => AskAsync(Spec(spec), wants, dataset);

    public async Task<RowPage> ListAsync(QuerySpec spec) =>
        await new RowLister(Reader, TimeProvider.System, _store.Columns).ListAsync(spec, new ExploreScope(Environment), 50, null, CancellationToken.None);

    public async Task<QueryResult> AskAsync(string spec, ITelemetryReader reader) => await AskAsync(Spec(spec), null, null, reader);

    public async Task<QueryResult> AskAsync(QuerySpec spec, QueryWants? wants = null, string? dataset = null, ITelemetryReader? reader = null) =>
        await new QueryRunner(reader ?? Reader, TimeProvider.System, _store.Columns).RunAsync(
            spec, new ExploreScope(Environment, dataset is null ? null : [dataset]), wants ?? new QueryWants(), CancellationToken.None);

    /// <summary>The first ten minutes, unless the specification says something else.</summary>
    public static QuerySpec Spec(string json)
    {
        using var document = JsonDocument.Parse(json);
        var spec = SpecReader.Read(document.RootElement);
        return spec.StartTime is null && spec.TimeRange is null
            ? spec with { StartTime = StartSeconds, EndTime = StartSeconds + 600, Granularity = spec.Granularity ?? 60 } : spec;
    }

    /// <summary>One line a group: key values, then a colon, then values.</summary>
    public static string Table(QueryResult result) => string.Join('\n', result.Groups.Select(g => $"{Line(g.Key)}: {Line(g.Values)}"));

    public static string Line(IEnumerable<object?> values) => string.Join(' ', values.Select(v => v switch
    {
        null => "-",
        bool flag => flag ? "true" : "false",
        double number => Math.Round(number, 6).ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(v, CultureInfo.InvariantCulture)!,
    }));

    private async Task LoadAsync(Block block)
    {
        if (block.Rows == 0)
            return;
        await _store.Loader.LoadAsync(block, $"{Environment}-{block.Signal}-{_token}", CancellationToken.None);
    }

    private static void Add(JsonColumn column, string json)
    {
        using var document = JsonDocument.Parse(json);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            var key = Encoding.UTF8.GetBytes(member.Name);
            switch (member.Value.ValueKind)
            {
                case JsonValueKind.String when member.Value.GetString() is "NaN" or "Infinity":
                    column.Add(key, member.Value.GetString() == "NaN" ? double.NaN : double.PositiveInfinity);
                    break;
                case JsonValueKind.String:
                    column.Add(key, member.Value.GetString()!);
                    break;
                case JsonValueKind.Number when member.Value.TryGetInt64(out var whole):
                    column.Add(key, whole);
                    break;
                case JsonValueKind.Number:
                    column.Add(key, member.Value.GetDouble());
                    break;
                case JsonValueKind.True or JsonValueKind.False:
                    column.Add(key, member.Value.GetBoolean());
                    break;
            }
        }
    }

    private static long Ns(double at) => (StartSeconds * Second) + (long)(at * Second);
}
