using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Traces.Model;

/// <summary>
/// The data of an entity as expressions over a row of <c>spans</c>: the same data that a <see cref="TraceEntity"/> has after reading its document
/// or span.
/// </summary>
internal static class EntityRows
{
    /// <summary>Attributes with the target of a client or producer, in order of precedence.</summary>
    public static readonly IReadOnlyList<string> PeerKeys = ["peer.service", "db.name", "rpc.service", "server.address", "http.host", "net.peer.name"];

    public static readonly FieldExpr TraceId = new("trace_id");
    public static readonly FieldExpr SpanId = new("span_id");
    public static readonly FieldExpr Parent = new("parent_span_id");
    public static readonly FieldExpr Service = new("service");
    public static readonly FieldExpr Name = new("name");
    public static readonly FieldExpr Kind = new("kind");
    public static readonly FieldExpr DurationNs = new("duration_ns");

    public static readonly Expr Start = Call(Function.UnixNanoseconds, new FieldExpr("start_time"));
    public static readonly Expr End = Call(Function.Add, Start, DurationNs);
    public static readonly Expr ReceivedAt = Call(Function.UnixNanoseconds, new FieldExpr("received_at"));
    public static readonly Expr Seconds = Call(Function.Divide, DurationNs, new ConstExpr(1e9));

    /// <summary>By entity: the same for its unfinished and its finished row.</summary>
    public static readonly Expr Key = Call(Function.EntityKey, TraceId, SpanId);
    public static readonly Expr ParentKey = Call(Function.EntityKey, TraceId, Parent);

    public static readonly Expr IsOpen = Is(new FieldExpr("in_progress"), 1L);
    public static readonly Expr HasParent = new CompareExpr(CompareOp.NotEqual, Parent, new ConstExpr(default(SpanId).ToBytes()));
    public static readonly Expr IsXRay = Is(new FieldExpr("protocol"), WireProtocol.XRay);

    /// <summary>A segment; for OpenTelemetry the spans where a service begins its part: servers, consumers, and spans without a parent.</summary>
    public static readonly Expr IsSegment = new InExpr(Kind, ["segment", "server", "consumer"]) | !HasParent;

    public static readonly Expr IsXRaySegment = Is(Kind, "segment");

    /// <summary>The entry of a trace.</summary>
    public static readonly Expr IsRoot = IsSegment & !HasParent;

    public static readonly Expr IsOpenTelemetryCall = new InExpr(Kind, ["client", "producer"]);

    /// <summary>A subsegment that calls another service, which may or may not report.</summary>
    public static readonly Expr IsCall =
        (new InExpr(Text("aws.xray.namespace"), ["aws", "remote"]) & Is(Kind, "subsegment")) | (IsOpenTelemetryCall & HasParent);

    /// <summary>A separate document below a segment of another document.</summary>
    public static readonly Expr IsStreamed = IsXRay & Is(Kind, "subsegment") & new ExistsExpr(new FieldExpr("document"));

    /// <summary>Set on rows that arrived before any segment of their trace: the place where their service is found later.</summary>
    public static readonly AttributeExpr OwnerId = Text("aws.xray.owner_id");

    public static readonly Expr Status = Call(Function.Coalesce, Number("http.response.status_code"), Number("http.status_code"));
    private static readonly Expr FailedOtherwise =
        !IsXRay & Is(new FieldExpr("status"), "error") & !(Compare(CompareOp.GreaterOrEqual, Status, 400.0) & Compare(CompareOp.LessOrEqual, Status, 599.0));
    private static readonly Expr Answered4xx =
        !IsXRay & Compare(CompareOp.GreaterOrEqual, Status, 400.0) & Compare(CompareOp.LessOrEqual, Status, 499.0);
    private static readonly Expr Answered5xx =
        !IsXRay & Compare(CompareOp.GreaterOrEqual, Status, 500.0) & Compare(CompareOp.LessOrEqual, Status, 599.0);

    public static readonly Expr Fault = Flag("aws.xray.fault") | Answered5xx | FailedOtherwise;
    public static readonly Expr Throttle = Flag("aws.xray.throttle") | (!IsXRay & Compare(CompareOp.Equal, Status, 429.0));
    public static readonly Expr Error = Flag("aws.xray.error") | Answered4xx;

    public static readonly Expr Method = Call(Function.Coalesce, Text("http.request.method"), Text("http.method"));
    public static readonly Expr Url = Call(
        Function.Coalesce, Text("url.full"), Text("http.url"),
        Call(Function.Concat,
            Call(Function.Coalesce, Text("url.scheme"), Text("http.scheme"), new ConstExpr("http")), new ConstExpr("://"), Host, Path, QueryString),
        Call(Function.Concat, Path, QueryString));
    public static readonly Expr UserAgent = Call(Function.Coalesce, Text("user_agent.original"), Text("http.user_agent"));
    public static readonly Expr ClientIp = Call(Function.Coalesce, Text("client.address"), Text("http.client_ip"));
    public static readonly Expr User = Text("enduser.id");
    public static readonly Expr AvailabilityZone = Text("aws.ec2.availability_zone");
    public static readonly Expr InstanceId = Text("aws.ec2.instance_id");
    public static readonly Expr ResourceArn = Text("aws.xray.resource_arn");

    /// <summary>A segment's type. A subsegment's row has its segment's under another name.</summary>
    public static readonly Expr Origin = Text("aws.xray.origin");
    public static readonly Expr SegmentOrigin = Text("aws.xray.segment.origin");
    public static readonly Expr Account = Text("cloud.account.id");

    /// <summary>SDKs send the type or the query. Each further attribute that is queried but missing costs the engine more than a present one.</summary>
    public static readonly Expr IsSql = new OrExpr([.. new[] { "db.system", "db.statement" }
        .Select(key => (Expr)new ExistsExpr(Text(key))), !IsXRay & new ExistsExpr(Text("db.system.name"))]);
    public static readonly Expr IsAws = Is(Text("aws.xray.namespace"), "aws") | (!IsXRay & Is(Text("rpc.system"), "aws-api"));
    public static readonly Expr Table = Text("aws.table_name");
    public static readonly Expr Bucket = Text("aws.bucket_name");
    public static readonly Expr Queue = Text("aws.queue_url");
    public static readonly Expr Lambda = Text("aws.function_name");

    /// <summary>The name of a subsegment: for an OpenTelemetry client the called service, if it is known.</summary>
    public static readonly Expr CallName = If(
        IsOpenTelemetryCall,
        Call(Function.Coalesce, [.. PeerKeys.Select(key => (Expr)Text(key)), Name]),
        Name);

    private static Expr Host => Call(Function.Coalesce, Text("server.address"), Text("http.host"), Text("net.host.name"));

    private static Expr Path => Call(Function.Coalesce, Text("url.path"), Text("http.target"));

    private static Expr QueryString => If(
        new ExistsExpr(Text("url.query")) & !Is(Text("url.query"), ""), Call(Function.Concat, new ConstExpr("?"), Text("url.query")), new ConstExpr(""));

    public static AttributeExpr Text(string key) => new(key, AttributeScope.Record, AttributeType.OnlyString);

    public static AttributeExpr Number(string key) => new(key, AttributeScope.Record, AttributeType.Number);

    public static AttributeExpr Flag(string key) => new(key, AttributeScope.Record, AttributeType.Bool);

    public static CallExpr Call(Function function, params IReadOnlyList<Expr> arguments) => new(function, arguments);

    public static CallExpr If(Expr condition, Expr then, Expr otherwise) => Call(Function.If, condition, then, otherwise);

    public static CompareExpr Compare(CompareOp op, Expr left, object right) => new(op, left, new ConstExpr(right));

    public static CompareExpr Is(Expr left, object value) => Compare(CompareOp.Equal, left, value);

    /// <summary>Over the rows of a trace: true when one matches the condition.</summary>
    public static CompareExpr Some(Expr row) => Compare(CompareOp.Greater, Call(Function.CountIf, row), 0L);

    public static Expr OpenTelemetry => !IsXRay;
}
