using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Features.Questions;
using Weir.Protocols.Api;
using Weir.Tests.Support;

namespace Weir.Tests.Functional;

/// <summary>Sends and asks on behalf of one check of <see cref="XRayChecksTests"/>: a time and trace ids of its own.</summary>
internal sealed class XRayChecks(WeirProcess weir)
{
    private static int _checks;
    private readonly int _check = Interlocked.Increment(ref _checks);

    public WeirProcess Weir => weir;

    /// <summary>Seconds since 1970 at which its traces start.</summary>
    public long Now { get; } = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 30;

    /// <summary>A name that no other check uses.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"check{_check}");

    public string Trace(int number = 0) => string.Create(CultureInfo.InvariantCulture, $"1-{Now:x8}-{_check:x16}{number:x8}");

    /// <summary>A segment of one second; what <paramref name="more"/> repeats wins.</summary>
    public string Segment(string id = "a1", string? name = null, string more = "", int trace = 0) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"trace_id\":\"{Trace(trace)}\",\"id\":\"{id.PadLeft(16, '0')}\",\"name\":\"{name ?? Name}\",\"start_time\":{Now},\"end_time\":{Now + 1}{(more.Length > 0 ? "," : "")}{more}}}");

    public string Subsegment(string id, string name, string more = "") => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"id\":\"{id.PadLeft(16, '0')}\",\"name\":\"{name}\",\"start_time\":{Now},\"end_time\":{Now + 1}{(more.Length > 0 ? "," : "")}{more}}}");

    public async Task<(int Status, JsonNode Body, string? ErrorType)> PostAsync(string operation, string body, int? port = null, string? contentType = "application/json")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (contentType is not null)
            content.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue(contentType);
        using var answer = await weir.Client.PostAsync(new Uri($"http://127.0.0.1:{port ?? weir.Port}/{operation}"), content);
        var type = answer.Headers.TryGetValues("x-amzn-ErrorType", out var values) ? values.Single() : null;
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!, type);
    }

    public async Task<JsonNode> OkAsync(string operation, string body, int? port = null)
    {
        var (status, answer, _) = await PostAsync(operation, body, port);
        status.ShouldBe(200, $"{operation}: {answer}");
        return answer;
    }

    public async Task RefusedAsync(string operation, string body, int status, string type, string text = "")
    {
        var (code, answer, header) = await PostAsync(operation, body);
        (code, header, (string?)answer["__type"]).ShouldBe((status, type, type), answer.ToJsonString());
        ((string)answer["Message"]!).ShouldContain(text);
    }

    /// <summary>What PutTraceSegments answers.</summary>
    public async Task<JsonArray> PutAsync(params string[] documents) => (await OkAsync(
        "TraceSegments", new JsonObject { ["TraceSegmentDocuments"] = new JsonArray([.. documents.Select(d => (JsonNode)d)]) }.ToJsonString())).List("UnprocessedTraceSegments");

    public async Task PutGoodAsync(params string[] documents) => (await PutAsync(documents)).ToJsonString().ShouldBe("[]");

    /// <summary>What is said of the one document that is not taken.</summary>
    public async Task<string> RejectAsync(string document)
    {
        var reject = (await PutAsync(document)).ShouldHaveSingleItem()!;
        return $"{reject["ErrorCode"]} {reject["Id"] ?? "-"} {reject["Message"]}";
    }

    public async Task SendAsync(string header, string body)
    {
        using var udp = new UdpClient();
        await udp.SendAsync(Encoding.UTF8.GetBytes(header + body), "127.0.0.1", weir.XRayPort);
    }

    public string Range(string more = "", int from = -10, int to = 60) =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"StartTime\":{Now + from},\"EndTime\":{Now + to}{(more.Length > 0 ? "," : "")}{more}}}");

    /// <summary>An answer, asked for until it satisfies: what was acknowledged can be read within a second.</summary>
    public async Task<JsonNode> UntilAsync(string operation, string body, Func<JsonNode, bool> enough)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            var answer = await OkAsync(operation, body);
            if (enough(answer))
                return answer;
            clock.Elapsed.ShouldBeLessThan(Waiting.Patience, $"{operation} {body}: {answer}");
        }
    }

    /// <summary>The documents of a trace once there are so many.</summary>
    public async Task<List<JsonNode>> SegmentsAsync(int count, int trace = 0)
    {
        var answer = await UntilAsync("Traces", $"{{\"TraceIds\":[\"{Trace(trace)}\"]}}", a => a.List("Traces").Count == 1 && a["Traces"]![0]!.List("Segments").Count == count);
        return [.. answer["Traces"]![0]!.List("Segments").Select(s => JsonNode.Parse(s!.Text("Document"))!)];
    }

    /// <summary>Summaries of this check's traces that match, once there are so many: by number.</summary>
    public async Task<List<int>> MatchAsync(string filter, int count)
    {
        // A count of none means nothing before the traces are there.
        var mine = string.Create(CultureInfo.InvariantCulture, $"-{_check:x16}");
        var body = Range($"\"FilterExpression\":{JsonValue.Create(filter)!.ToJsonString()}");
        List<int> Of(JsonNode answer) => [.. answer.List("TraceSummaries").Select(t => t!.Text("Id")).Where(id => id.Contains(mine, StringComparison.Ordinal))
            .Select(id => int.Parse(id.AsSpan(id.Length - 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).Order()];
        return Of(await UntilAsync("TraceSummaries", body, answer => Of(answer).Count == count));
    }

    /// <summary>The graph of this check's range, once it has a service of this name; all checks' services are in it.</summary>
    public async Task<JsonArray> GraphAsync(string name, Func<JsonNode, bool>? enough = null) => (await UntilAsync(
        "ServiceGraph", Range(), graph => graph.List("Services").Any(s => s!.Text("Name") == name && (string?)s!["Type"] != "client" && (enough is null || enough(s!))))).List("Services");

    public static JsonNode Node(JsonArray services, string name, string? type = null) =>
        services.Single(s => s!.Text("Name") == name && (type is null ? (string?)s!["Type"] != "client" : (string?)s!["Type"] == type))!;

    public static long Count(JsonNode node, string path) => (long)path.Split('.').Aggregate(node["SummaryStatistics"]!, (at, part) => at[part]!);

    public async Task<long> DroppedAsync(string reason)
    {
        var status = await weir.JsonAsync("/api/status", _ => true);
        return status.List("ingest").Where(i => i!.Text("protocol") == "xray").SelectMany(i => i!.List("dropped")).Where(d => d!.Text("reason") == reason).Sum(d => (long)d!["count"]!);
    }

    public async Task DroppedIsAsync(string reason, long count)
    {
        await Waiting.UntilAsync(async () => await DroppedAsync(reason) >= count, $"{count} dropped as {reason}");
        (await DroppedAsync(reason)).ShouldBe(count, reason);
    }
}
