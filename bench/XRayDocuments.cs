using System.Globalization;
using System.Text;

namespace Weir.Bench;

/// <summary>
/// Segment documents of made-up requests: an entry service calls two others, which call a table, a database and a queue; ten entities
/// and three documents a trace. Some fail, some are slow, as the random numbers say.
/// </summary>
internal sealed class XRayDocuments(int seed)
{
    public const int EntitiesPerTrace = 10;
    private static readonly string[] Entries = ["web", "mobile-api", "partner-api"];
    private static readonly string[] Methods = ["GET", "GET", "GET", "POST"];
    private readonly Random _random = new(seed);
    private readonly StringBuilder _text = new();
    private readonly byte[] _utf8 = new byte[8192];

    /// <summary>The trace whose id was asked for last.</summary>
    public string TraceId { get; private set; } = "";

    /// <summary>The documents of the next trace, each handed over once; the bytes are good until the next one.</summary>
    public void Next(DateTimeOffset at, Action<ReadOnlySpan<byte>> take)
    {
        var start = (at - DateTimeOffset.UnixEpoch).TotalSeconds;
        TraceId = string.Create(CultureInfo.InvariantCulture, $"1-{(long)start:x8}-{_random.NextInt64():x16}{_random.Next():x8}");
        var entry = Entries[_random.Next(10) switch { < 6 => 0, < 9 => 1, _ => 2 }];
        var lucky = _random.NextDouble();
        var status = lucky < 0.95 ? 200 : lucky < 0.975 ? 404 : lucky < 0.98 ? 429 : 500;
        var length = 0.02 + (_random.NextDouble() * 0.1) + (_random.Next(100) == 0 ? 2.5 : 0);
        var (root, toAuth, toOrders, auth, orders) = (Id(), Id(), Id(), Id(), Id());
        var ordersFail = status == 500;
        var tenant = _random.Next(200);
        var method = Methods[_random.Next(Methods.Length)];
        _text.Clear();
        Begin(entry, root, start, length).Append(CultureInfo.InvariantCulture, $$$"""
            ,"trace_id":"{{{TraceId}}}","origin":"AWS::ECS::Container","user":"user-{{{_random.Next(100_000)}}}","http":{"request":{"method":"{{{method}}}","url":"http://{{{entry}}}.example.com/v{{{_random.Next(1, 3)}}}/items/{{{_random.Next(2000)}}}","client_ip":"10.{{{_random.Next(4)}}}.{{{_random.Next(256)}}}.{{{_random.Next(256)}}}","user_agent":"bench/1.0"},"response":{"status":{{{status}}},"content_length":{{{_random.Next(5000)}}}}},"annotations":{"tenant":"t{{{tenant}}}","release":{{{_random.Next(20)}}} },"aws":{"ecs":{"container":"{{{entry}}}-{{{_random.Next(4)}}}"},"xray":{"sdk":"X-Ray for Python","sdk_version":"2.12"}},"subsegments":[
            """);
        Begin("auth", toAuth, start + 0.001, length * 0.2).Append(",\"namespace\":\"remote\",\"http\":{\"request\":{\"method\":\"GET\",\"url\":\"http://auth/check\"},\"response\":{\"status\":200}}},");
        Begin("render", Id(), start + (length * 0.9), length * 0.1).Append(CultureInfo.InvariantCulture, $",\"annotations\":{{\"template\":\"page-{_random.Next(30)}\"}}}},");
        Begin("orders", toOrders, start + (length * 0.25), length * 0.6).Append(CultureInfo.InvariantCulture, $",\"namespace\":\"remote\"{(ordersFail ? ",\"fault\":true" : "")},\"http\":{{\"request\":{{\"method\":\"GET\",\"url\":\"http://orders/list\"}},\"response\":{{\"status\":{(ordersFail ? 500 : 200)}}}}}}}]}}");
        Take(take);
        Begin("auth", auth, start + 0.002, length * 0.18).Append(CultureInfo.InvariantCulture, $$$"""
            ,"trace_id":"{{{TraceId}}}","parent_id":"{{{toAuth}}}","http":{"request":{"method":"GET","url":"http://auth/check"},"response":{"status":200}},"subsegments":[
            """);
        Begin("DynamoDB", Id(), start + 0.003, length * 0.15).Append(",\"namespace\":\"aws\",\"aws\":{\"operation\":\"GetItem\",\"table_name\":\"users\",\"region\":\"eu-west-1\"}}]}");
        Take(take);
        Begin("orders", orders, start + (length * 0.26), length * 0.58).Append(CultureInfo.InvariantCulture, $$$"""
            ,"trace_id":"{{{TraceId}}}","parent_id":"{{{toOrders}}}","origin":"AWS::EC2::Instance","aws":{"ec2":{"instance_id":"i-{{{_random.Next(6)}}}","availability_zone":"eu-west-1{{{"abc"[_random.Next(3)]}}}"}}{{{(ordersFail ? ",\"fault\":true" : "")}}},"http":{"request":{"method":"GET","url":"http://orders/list"},"response":{"status":{{{(ordersFail ? 500 : 200)}}}}},"subsegments":[
            """);
        Begin("validate", Id(), start + (length * 0.27), length * 0.05).Append(ordersFail ? $",\"fault\":true,\"cause\":{{\"exceptions\":[{{\"id\":\"{Id()}\",\"type\":\"ValueError\",\"message\":\"no such order\"}}]}}}}," : "},");
        Begin("orders@db", Id(), start + (length * 0.3), length * 0.4).Append(",\"namespace\":\"remote\",\"sql\":{\"database_type\":\"PostgreSQL\",\"sanitized_query\":\"SELECT * FROM orders WHERE customer = ?\"}},");
        Begin("SQS", Id(), start + (length * 0.75), length * 0.05).Append(",\"namespace\":\"aws\",\"aws\":{\"operation\":\"SendMessage\",\"queue_url\":\"https://sqs.eu-west-1.amazonaws.com/1/mails\"}}]}");
        Take(take);
    }

    private StringBuilder Begin(string name, string id, double start, double length) =>
        _text.Append(CultureInfo.InvariantCulture, $"{{\"name\":\"{name}\",\"id\":\"{id}\",\"start_time\":{start:0.000000},\"end_time\":{start + length:0.000000}");

    private string Id() => _random.NextInt64(1, long.MaxValue).ToString("x16", CultureInfo.InvariantCulture);

    private void Take(Action<ReadOnlySpan<byte>> take)
    {
        var length = 0;
        foreach (var chunk in _text.GetChunks())
            length += Encoding.UTF8.GetBytes(chunk.Span, _utf8.AsSpan(length));
        _text.Clear();
        take(_utf8.AsSpan(0, length));
    }
}
