using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Features.Questions;
using Weir.Tests.Support;

namespace Weir.Tests.Functional;

/// <summary>
/// Traces of which everything is known, for real clients to ask about: orders by way of a front, a backend, a table and a database.
/// Every tenth order fails at the table, every tenth is not found, one is throttled. The other group is an hour and a half of
/// payments, ten minutes of which fail at the bank.
/// </summary>
internal sealed class XRayShop(WeirProcess weir)
{
    public const int Orders = 130;
    public const int Faults = 13;
    public const int NotFound = 13;
    public const int Minutes = 90;
    public const int FirstFailing = 75;
    public const int FailingMinutes = 10;
    private const int PaymentsAMinute = 4;

    /// <summary>When the orders were, in seconds since 1970; one every second.</summary>
    public long Begin { get; } = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 240;

    /// <summary>The start of the first minute of payments.</summary>
    public long PaymentsBegin { get; } = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 60 * 60) - ((Minutes + 5) * 60);

    public static double Seconds(int order) => 0.010 * (1 + (order % 5));

    public static double AllSeconds => Enumerable.Range(0, Orders).Sum(Seconds);

    public string TraceId(int order) => string.Create(CultureInfo.InvariantCulture, $"1-{Begin + order:x8}-5109{order:x20}");

    public async Task PutAsync()
    {
        var documents = Enumerable.Range(0, Orders).SelectMany(Order).Concat(Enumerable.Range(0, Minutes * PaymentsAMinute).SelectMany(Payment)).ToList();
        foreach (var chunk in documents.Chunk(50))
        {
            var input = new JsonObject { ["TraceSegmentDocuments"] = new JsonArray([.. chunk.Select(document => JsonValue.Create(document))]) };
            using var content = new StringContent(input.ToJsonString(), Encoding.UTF8, "application/json");
            using var answer = await weir.Client.PostAsync("/TraceSegments", content);
            JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["UnprocessedTraceSegments"]!.ToJsonString().ShouldBe("[]");
        }
        await weir.LoadedAsync();
    }

    private IEnumerable<string> Order(int i)
    {
        var (start, end) = (Begin + i, Begin + i + Seconds(i));
        var fault = i % 10 == 0;
        var status = fault ? 500 : i % 10 == 1 ? 404 : i == 2 ? 429 : 200;
        var failed = fault ? ",\"fault\":true" : "";
        string Part(int n) => string.Create(CultureInfo.InvariantCulture, $"\"id\":\"{(i * 16) + n:x16}\",\"start_time\":{start},\"end_time\":{end:F3}");
        yield return $$$"""
            {"trace_id":"{{{TraceId(i)}}}",{{{Part(1)}}},"name":"shop-front","origin":"AWS::ECS::Container","user":"user-{{{i % 3}}}"{{{failed}}}{{{(status == 404 ? ",\"error\":true" : status == 429 ? ",\"error\":true,\"throttle\":true" : "")}}},
             "http":{"request":{"method":"GET","url":"http://shop.example/orders/{{{i}}}","client_ip":"172.18.0.{{{i % 9}}}","user_agent":"curl/8"},"response":{"status":{{{status}}},"content_length":12}},
             "annotations":{"customer":"c{{{i % 4}}}","items":{{{i}}},"vip":{{{(i % 2 == 0 ? "true" : "false")}}} },"metadata":{"cart":{"size":{{{i}}} } },
             "subsegments":[{ {{{Part(2)}}},"name":"shop-back","namespace":"remote"{{{failed}}},"http":{"request":{"method":"POST","url":"http://back.example/take","traced":true},"response":{"status":{{{(fault ? 502 : 200)}}} } } }]}
            """;
        yield return $$$"""
            {"trace_id":"{{{TraceId(i)}}}",{{{Part(3)}}},"parent_id":"{{{(i * 16) + 2:x16}}}","name":"shop-back","origin":"AWS::EKS::Container"{{{failed}}},
             "subsegments":[
              { {{{Part(4)}}},"name":"DynamoDB","namespace":"aws"{{{failed}}},"aws":{"operation":"GetItem","table_name":"shop-orders","region":"eu-west-1","request_id":"R{{{i}}}"}{{{(fault ? Cause(i) : "")}}} },
              { {{{Part(5)}}},"name":"shopdb@db.example","namespace":"remote","sql":{"url":"jdbc:postgresql://db.example/shop","database_type":"PostgreSQL","sanitized_query":"SELECT * FROM orders WHERE id = ?"}}]}
            """;
    }

    private static string Cause(int i) => string.Create(
        CultureInfo.InvariantCulture,
        $",\"cause\":{{\"working_directory\":\"/app\",\"exceptions\":[{{\"id\":\"{(i * 16) + 9:x16}\",\"type\":\"TableBusy\",\"message\":\"the table is busy\",\"remote\":true,\"stack\":[{{\"path\":\"orders.py\",\"line\":7,\"label\":\"take\"}}]}}]}}");

    private long PaymentAt(int i) => PaymentsBegin + (i * (60 / PaymentsAMinute));

    private string PaymentTrace(int i) => string.Create(CultureInfo.InvariantCulture, $"1-{PaymentAt(i):x8}-9a15{i:x20}");

    private IEnumerable<string> Payment(int i)
    {
        var at = PaymentAt(i);
        var failed = i / PaymentsAMinute is >= FirstFailing and < FirstFailing + FailingMinutes ? ",\"fault\":true" : "";
        var trace = PaymentTrace(i);
        var times = string.Create(CultureInfo.InvariantCulture, $"\"start_time\":{at},\"end_time\":{at + 1}");
        yield return $$"""{"trace_id":"{{trace}}","id":"000000000000000a","name":"shop-pay",{{times}}{{failed}},"subsegments":[{"id":"000000000000000b","name":"bank.example","namespace":"remote",{{times}}{{failed}}}]}""";
    }
}
