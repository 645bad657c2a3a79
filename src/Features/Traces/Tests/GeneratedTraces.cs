using System.Globalization;
using System.Text;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Api;
using Weir.Protocols.XRay;
using Weir.Protocols.XRay.In;
using Weir.Tests.Support;

namespace Weir.Tests.Traces;

/// <summary>
/// Many small traces of every odd shape, loaded into an environment of their own: calls that are answered and not, streamed subsegments
/// before and after their segment, unfinished ones, lost parents, twins of one name, OpenTelemetry's spans, both protocols in one trace.
/// </summary>
/// <param name="whole">Nothing is lost, sent twice or of another account.</param>
internal sealed class GeneratedTraces(int seed, string environment, long startSeconds, bool whole = false)
{
    private static readonly string[] Names = ["api", "worker", "auth", "mail"];
    private static readonly string[] Origins = ["AWS::ECS::Container", "AWS::Lambda", "AWS::Lambda::Function"];
    private readonly Random _random = new(seed);
    private ulong _nextId = 1;

    public string Environment => environment;

    public List<TraceId> Ids { get; } = [];

    public async Task LoadAsync(ITelemetrySink sink, int count)
    {
        var options = new XRayOptions();
        var counters = new IngestCounters(TimeProvider.System);
        var owners = new OwnerCache();
        var first = new DocumentBatch();
        var second = new DocumentBatch();
        var pool = new IngestBatchPool();
        var spans = pool.Rent(WireProtocol.Otlp);
        for (var i = 0; i < count; i++)
        {
            var id = new TraceId(((ulong)(uint)startSeconds << 32) | (uint)seed, ((ulong)(uint)environment.Length << 32) | (uint)i);
            Ids.Add(id);
            var start = startSeconds + (i % 600) + (_random.Next(1000) / 1000.0);
            if (i % 5 == 4)
                Spans(spans, id, (long)(start * 1e9));
            else
                Documents(id, start, document => (_random.Next(2) == 0 ? first : second).Add(Encoding.UTF8.GetBytes(document)));
            if (i % 35 == 3 && !whole)
                Spans(spans, id, (long)(start * 1e9), parent: 0xfeed);
        }
        foreach (var documents in (DocumentBatch[])[first, second])
        {
            var rows = pool.Rent(WireProtocol.XRay);
            new SegmentIntake(options, owners, counters).Decode(
                [documents], datagrams: false, rows, environment, (startSeconds + 700) * 1_000_000_000L, (_, reject) => throw new InvalidOperationException(reject.ToString()));
            await sink.CommitAsync(rows, CancellationToken.None);
        }
        await sink.CommitAsync(spans, CancellationToken.None);
    }

    private ulong Id() => _nextId++;

    private bool Chance(int percent) => _random.Next(100) < percent;

    private string Pick(params string[] from) => from[_random.Next(from.Length)];

    private void Documents(TraceId trace, double start, Action<string> send)
    {
        var roots = Chance(5) ? 2 : 1;
        for (var i = 0; i < roots; i++)
            Segment(trace, start + i, parent: !whole && Chance(6) ? Id() : 0, depth: 0, send);
        if (!whole && Chance(4))
            send(Entity(trace, Id(), Pick("lost", "api"), start, 0.25, $",\"type\":\"subsegment\",\"parent_id\":\"{Id():x16}\"" + Call()));
    }

    private void Segment(TraceId trace, double start, ulong parent, int depth, Action<string> send)
    {
        var id = Id();
        var name = Names[_random.Next(Names.Length)];
        var length = _random.Next(1, 4000) / 1000.0;
        var more = new StringBuilder();
        if (parent != 0)
            more.Append(CultureInfo.InvariantCulture, $",\"parent_id\":\"{parent:x16}\"");
        if (Chance(60))
            more.Append(CultureInfo.InvariantCulture, $",\"origin\":\"{Origins[_random.Next(Origins.Length)]}\"");
        if (Chance(30))
            more.Append(CultureInfo.InvariantCulture, $",\"user\":\"{Pick("alice", "bob", "")}\"");
        if (Chance(20))
            more.Append(CultureInfo.InvariantCulture, $",\"resource_arn\":\"arn:{Pick("a", "b")}\"");
        if (!whole && Chance(30))
            more.Append(CultureInfo.InvariantCulture, $",\"aws\":{{\"account_id\":\"{Pick("123456789012", "000000000000")}\",\"ec2\":{{\"instance_id\":\"i-{_random.Next(3)}\",\"availability_zone\":\"eu-1{Pick("a", "b")}\"}}}}");
        more.Append(Http()).Append(Flags()).Append(Annotations());
        var nested = new List<string>();
        for (var i = _random.Next(4); i > 0; i--)
        {
            var call = Id();
            var at = start + (_random.Next(100) / 1000.0);
            var streamed = Chance(15);
            var text = Entity(
                trace, call, Pick("worker", "dynamodb", "S3", "lambda", "orders@db", "step"), at, _random.Next(1, 900) / 1000.0,
                (streamed ? $",\"type\":\"subsegment\",\"parent_id\":\"{id:x16}\"" : "") + Call() + Flags() + (Chance(30) ? Http() : "") + Annotations() + (Chance(10) ? ",\"user\":\"carol\"" : ""), independent: streamed);
            if (streamed)
                send(text);
            else
                nested.Add(text);
            if (depth < 2 && Chance(50))
                Segment(trace, at, call, depth + 1, send);
            if (depth < 2 && Chance(5))
                Segment(trace, at, call, depth + 1, send);
        }
        if (depth < 2 && Chance(10))
            Segment(trace, start + 0.01, id, depth + 1, send);
        if (nested.Count > 0)
            more.Append(",\"subsegments\":[").AppendJoin(',', nested).Append(']');
        var state = _random.Next(100);
        if (state < 10)
            send(Entity(trace, id, name, start, null, parent != 0 ? $",\"parent_id\":\"{parent:x16}\"" : ""));
        if (state >= 4)
            send(Entity(trace, id, name, start, length, more.ToString()));
        if (state is 98 && !whole)
            send(Entity(trace, id, name, start, length, more.ToString()));
    }

    private static string Entity(TraceId trace, ulong id, string name, double start, double? length, string more, bool independent = true) =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"id\":\"{id:x16}\",\"name\":\"{name}\",\"start_time\":{start:0.000000}")
        + (length is { } seconds ? string.Create(CultureInfo.InvariantCulture, $",\"end_time\":{start + seconds:0.000000}") : ",\"in_progress\":true")
        + (independent ? $",\"trace_id\":\"{trace.ToXRay()}\"" : "") + more + "}";

    private string Flags() => _random.Next(12) switch
    {
        0 => ",\"fault\":true,\"cause\":{\"exceptions\":[{\"id\":\"00000000000000aa\",\"type\":\"ValueError\",\"message\":\"bad value\"}]}",
        1 => ",\"error\":true",
        2 => ",\"error\":true,\"throttle\":true",
        _ => "",
    };

    private string Http() => Chance(60)
        ? $",\"http\":{{\"request\":{{\"method\":\"{Pick("GET", "POST")}\",\"url\":\"http://h/{Pick("v1", "v2")}/x\",\"user_agent\":\"{Pick("curl/8", "python")}\",\"client_ip\":\"10.0.0.{_random.Next(3)}\"}},\"response\":{{\"status\":{Pick("200", "404", "429", "500")}}}}}"
        : "";

    private string Annotations() => Chance(40)
        ? $",\"annotations\":{{\"age\":{Pick("30", "31.5", "\"30\"")},\"flag\":{Pick("true", "false")},\"a.b\":\"{Pick("dots", "", "other")}\"}}"
        : "";

    private string Call() => _random.Next(8) switch
    {
        0 => "",
        1 => ",\"namespace\":\"remote\"",
        2 => ",\"namespace\":\"remote\",\"sql\":{\"database_type\":\"PostgreSQL\"}",
        3 => ",\"namespace\":\"aws\",\"aws\":{\"table_name\":\"cruddur\"}",
        4 => $",\"namespace\":\"aws\",\"aws\":{{\"queue_url\":\"https://sqs/1/{Pick("mails", "")}\"}}",
        5 => ",\"namespace\":\"aws\",\"aws\":{\"bucket_name\":\"avatars\"}",
        6 => ",\"namespace\":\"aws\",\"aws\":{\"function_name\":\"resize\"}",
        _ => ",\"namespace\":\"aws\"",
    };

    /// <summary>A server, a client that calls another server, a database client, an inner span; sometimes a producer and its consumer.</summary>
    private void Spans(IngestBatch batch, TraceId trace, long start, ulong parent = 0)
    {
        var (server, client, callee, db, inner) = (Id(), Id(), Id(), Id(), Id());
        var status = _random.Next(4) switch { 0 => 404L, 1 => 500L, 2 => 429L, _ => 200L };
        Span(server, parent, "shop", "GET /home", SpanKind.Server, start, 800, span =>
        {
            span.Attributes.Add("http.request.method"u8, "GET");
            span.Attributes.Add("url.path"u8, "/home");
            span.Attributes.Add("http.response.status_code"u8, status);
            if (Chance(50))
                span.Attributes.Add("age"u8, 30L);
            if (Chance(50))
                span.Attributes.Add("enduser.id"u8, "alice");
        });
        Span(client, server, "shop", "GET", SpanKind.Client, start, 300, span =>
        {
            span.Attributes.Add("peer.service"u8, "worker");
            span.Attributes.Add("http.response.status_code"u8, Chance(30) ? 503L : 200L);
        });
        if (Chance(60))
            Span(callee, client, "worker", "handle", SpanKind.Server, start, 200, span => span.Status.Append(Chance(30) ? SpanStatus.Error : SpanStatus.Ok));
        Span(db, Chance(60) ? server : inner, "shop", "SELECT", SpanKind.Client, start, 40, span =>
        {
            span.Attributes.Add("db.system"u8, "postgresql");
            if (Chance(50))
                span.Attributes.Add("db.name"u8, "shop-db");
        });
        Span(inner, server, "shop", "render", SpanKind.Internal, start, 20, span => span.Attributes.Add("flag"u8, true));
        if (!Chance(30))
            return;
        var (producer, consumer) = (Id(), Id());
        Span(producer, server, "shop", "send", SpanKind.Producer, start, 5, _ => { });
        Span(consumer, producer, "mail", "receive", SpanKind.Consumer, start, 50, _ => { });

        void Span(ulong id, ulong above, string service, string name, SpanKind kind, long at, long milliseconds, Action<SpanBlock> more)
        {
            var rows = batch.Spans;
            rows.TraceId.Append(trace);
            rows.SpanId.Append(new SpanId(id));
            rows.ParentSpanId.Append(new SpanId(above));
            rows.StartTime.Append(at);
            rows.DurationNs.Append((ulong)milliseconds * 1_000_000);
            rows.ReceivedAt.Append(at + 1_000_000_000);
            rows.Environment.Append(environment);
            rows.Protocol.Append(WireProtocol.Otlp);
            rows.Service.Append(service);
            rows.Name.Append(name);
            rows.Kind.Append(kind);
            more(rows);
            rows.EndRow();
        }
    }
}
