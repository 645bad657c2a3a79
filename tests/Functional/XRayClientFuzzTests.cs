using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Protocols.Aws;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>
/// Every operation of the API with inputs nobody should send, on a store that holds odd traces: an answer or a refusal in X-Ray's words,
/// never a 5xx. Inputs follow the operation's model for the most part, so that they get far.
/// </summary>
[Trait("kind", "fuzz")]
public sealed class XRayClientFuzzTests(RunningWeir running) : IClassFixture<RunningWeir>
{
    private const int InputsAnOperation = 40;
    private static readonly string[] Texts =
    [
        "", " ", "x", "Default", "Fuzz", "XRAY", "OTEL", "foreign", "0", "-1", "*", "\u0000", "é😀", "' OR 1=1 --", "%s{}\\\"", "../..", "service(\"api\")", "service(\"api\") { fault } AND duration > 0.1",
        "annotation[\"a.b\"] = 1 OR !ok", "edge(\"a\", \"b\") { error }", "rootcause.fault.service { name = \"x\" }", "duration < 1e308", "http.status = -5", "group.name = \"Fuzz\"", "((((", "service(",
        "responsetime >= 99999999999999999999", "user CONTAINS \"\"", "1-5759e988-bd862e3fe1be46a994272793", "1-00000000-000000000000000000000000", "5759e988bd862e3fe1be46a994272793",
        "arn:aws:xray:us-east-1:000000000000:group/Fuzz/X", "arn:aws:xray:us-east-1:000000000000:sampling-rule/Default", "83fa6ac9-1c4c-4b0e-8a1c-111111111111",
        "{\"Version\":\"2012-10-17\",\"Statement\":[]}", "eyJhIjoxfQ==", "2026-01-01T00:00:00Z", "ACTIVE",
    ];

    private static readonly string[] Numbers =
        ["0", "1", "-1", "5", "60", "300", "0.5", "1.0", "1e0", "-0", "1E308", "-1e308", "1e-320", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e400", "0.1000000000000000055511151231257827"];

    private static readonly string[] Junk =
        ["null", "true", "false", "[]", "{}", "[null]", "[[[[]]]]", "{\"a\":{\"b\":[1,2]}}", "\"\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "1e999", "[{},5,\"x\",null]"];

    private readonly WeirProcess _weir = running.Weir;

    public static TheoryData<string> Paths => [.. ServerRoutes.XRayOperations.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Odd_inputs_are_answered_or_refused(string path)
    {
        var seed = path.Sum(c => c) * 31;
        var random = Fuzz.Random(seed);
        var taken = 0;
        for (var i = 0; i < InputsAnOperation; i++)
        {
            var input = Of(ServerRoutes.XRayOperations[path].Input, random, depth: 0);
            if (random.Next(12) == 0)
                input = Mutated(input, random);
            taken += await AnswerAsync(path, input) == 200 ? 1 : 0;
        }
        // What is only refused tests nothing but the refusals.
        if (path is "/TraceSummaries" or "/ServiceGraph" or "/Traces" or "/Groups" or "/GetSamplingRules")
            taken.ShouldBeGreaterThan(0);
    }

    /// <summary>Documents of all shapes: parents in circles, ids twice, clocks years off, members of any kind; then everything is read.</summary>
    [Fact]
    public async Task Random_documents_are_read_by_everything()
    {
        var random = Fuzz.Random(4711);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 30;
        var traces = Enumerable.Range(0, 30).Select(i => string.Create(CultureInfo.InvariantCulture, $"1-{now:x8}-f{i:x23}")).ToList();
        foreach (var trace in traces)
        {
            var documents = Enumerable.Range(0, random.Next(1, 12)).Select(_ => (JsonNode)Entity(trace, now, random, depth: 0)).ToArray();
            (await AnswerAsync("/TraceSegments", new JsonObject { ["TraceSegmentDocuments"] = new JsonArray([.. documents]) }.ToJsonString())).ShouldBe(200);
        }
        await _weir.JsonAsync("/api/traces?protocol=xray", answer => answer.List("traces").Count > 0);
        var range = string.Create(CultureInfo.InvariantCulture, $"\"StartTime\":{now - 100},\"EndTime\":{now + 100}");
        foreach (var chunk in traces.Chunk(5))
        {
            var ids = "\"TraceIds\":[\"" + string.Join("\",\"", chunk) + "\"]";
            (await AnswerAsync("/Traces", "{" + ids + "}")).ShouldBe(200);
            await AnswerAsync("/TraceGraph", "{" + ids + "}");
            var token = await TokenAsync("{" + ids + "," + range + "}");
            (await AnswerAsync("/ListRetrievedTraces", $"{{\"RetrievalToken\":\"{token}\",\"TraceFormat\":\"OTEL\"}}")).ShouldBe(200);
            (await AnswerAsync("/ListRetrievedTraces", $"{{\"RetrievalToken\":\"{token}\"}}")).ShouldBe(200);
            (await AnswerAsync("/GetRetrievedTracesGraph", $"{{\"RetrievalToken\":\"{token}\"}}")).ShouldBe(200);
        }
        foreach (var filter in new[] { "ok", "fault OR error", "service(){!ok}", "annotation.a = 1", "rootcause.fault.entity { name = \"x\" }", "edge(id(name: \"a\"), id(name: \"b\")) { fault }" })
            (await AnswerAsync("/TraceSummaries", new JsonObject { ["StartTime"] = now - 100, ["EndTime"] = now + 100, ["FilterExpression"] = filter }.ToJsonString())).ShouldBe(200);
        (await AnswerAsync("/ServiceGraph", "{" + range + "}")).ShouldBe(200);
        (await AnswerAsync("/TimeSeriesServiceStatistics", "{" + range + "}")).ShouldBe(200);
        (await AnswerAsync("/InsightSummaries", "{" + range + "}")).ShouldBe(200);
        foreach (var page in new[] { "traces", "map", "timeseries", "analytics", "insights" })
        {
            using var answer = await _weir.Client.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/api/xray/{page}?start={now - 100}&end={now + 100}"));
            ((int)answer.StatusCode).ShouldBeLessThan(500, page);
        }
    }

    /// <summary>A filter of 100 kB in every form that parses or does not.</summary>
    [Fact]
    public async Task Filters_of_a_hundred_kilobytes_are_answered_or_refused()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string[] filters =
        [
            new('!', 100_000), new('"', 100_000), string.Concat(Enumerable.Repeat("service(\"a\") { ", 7_000)), string.Join(" AND ", Enumerable.Repeat("service(\"a\") { fault }", 3_500)),
            string.Join(" ", Enumerable.Repeat("edge(\"a\",\"b\")", 7_000)), "annotation[\"" + new string('k', 100_000) + "\"] = 1", "duration > " + new string('9', 100_000),
            string.Concat(Enumerable.Repeat("!(", 30_000)) + "ok" + new string(')', 30_000), new string(' ', 100_000), "http.url = \"" + string.Concat(Enumerable.Repeat("\\\"", 50_000)) + "\"",
        ];
        foreach (var filter in filters)
        {
            await AnswerAsync("/TraceSummaries", new JsonObject { ["StartTime"] = now - 60, ["EndTime"] = now, ["FilterExpression"] = filter }.ToJsonString());
            await AnswerAsync("/CreateGroup", new JsonObject { ["GroupName"] = "large", ["FilterExpression"] = filter }.ToJsonString());
            await AnswerAsync("/ServiceGraph", new JsonObject { ["StartTime"] = now - 60, ["EndTime"] = now, ["GroupName"] = "large" }.ToJsonString());
            await AnswerAsync("/DeleteGroup", "{\"GroupName\":\"large\"}");
        }
    }

    private async Task<string> TokenAsync(string input)
    {
        using var content = new StringContent(input, Encoding.UTF8, "application/json");
        using var answer = await _weir.Client.PostAsync("/StartTraceRetrieval", content);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.Text("RetrievalToken");
    }

    /// <summary>200, or 4xx with X-Ray's error body; returns the status.</summary>
    private async Task<int> AnswerAsync(string path, string input)
    {
        using var content = new StringContent(input, Encoding.UTF8, "application/json");
        using var answer = await _weir.Client.PostAsync(path, content);
        var text = await answer.Content.ReadAsStringAsync();
        var status = (int)answer.StatusCode;
        string Shown() => $"{path} answered {status} to {(input.Length > 3000 ? input[..3000] + "…" : input)}: {(text.Length > 500 ? text[..500] : text)}\n{(status >= 500 ? _weir.Output[^Math.Min(3000, _weir.Output.Length)..] : "")}";
        status.ShouldBeOneOf([200, 400, 404, 413, 429], Shown());
        using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 5000 });
        if (status != 200)
        {
            json.RootElement.GetProperty("__type").GetString().ShouldNotBeNullOrEmpty(Shown());
            json.RootElement.GetProperty("Message").GetString().ShouldNotBeNullOrEmpty(Shown());
        }
        return status;
    }

    /// <summary>JSON that follows the shape for the most part.</summary>
    internal static string Of(Shape shape, Random random, int depth)
    {
        if (depth > 0 && random.Next(10) == 0)
            return random.Next(2) == 0 ? Junk[random.Next(Junk.Length)] : Text(Long(random));
        switch (shape)
        {
            case ObjectShape { Members: var members }:
                var written = members.Where(member => member.Required ? random.Next(20) != 0 : random.Next(2) == 0)
                    .Select(member => $"\"{member.Name}\":{(member.Name is "StartTime" ? Time(random, 7200) : member.Name is "EndTime" ? Time(random, 60) : Of(member.Shape, random, depth + 1))}").ToList();
                if (random.Next(8) == 0 && written.Count > 0)
                    written.Add(written[0]);
                if (random.Next(8) == 0)
                    written.Add($"\"Unknown\":{Junk[random.Next(Junk.Length)]}");
                return "{" + string.Join(',', written) + "}";
            case ListShape list:
                return "[" + string.Join(',', Enumerable.Range(0, random.Next(random.Next(10) == 0 ? 130 : 4)).Select(_ => Of(list.Element, random, depth + 1))) + "]";
            case TextMapShape map:
                return "{" + string.Join(',', Enumerable.Range(0, random.Next(7)).Select(i => $"\"k{i}\":{Of(map.Values, random, depth + 1)}")) + "}";
            case FlagShape:
                return random.Next(2) == 0 ? "true" : "false";
            case TimeShape:
                return Time(random, 3600);
            case NumberShape:
                return Numbers[random.Next(Numbers.Length)];
            case TextShape { OneOf.Length: > 0 } choice when random.Next(8) != 0:
                return Text(choice.OneOf[random.Next(choice.OneOf.Length)]);
            default:
                return Text(Texts[random.Next(Texts.Length)]);
        }
    }

    private static string Time(Random random, int ago) => random.Next(12) switch
    {
        0 => Numbers[random.Next(Numbers.Length)],
        1 => Text(Texts[random.Next(Texts.Length)]),
        _ => (DateTimeOffset.UtcNow.ToUnixTimeSeconds() - ago + random.Next(30)).ToString(CultureInfo.InvariantCulture),
    };

    private static string Long(Random random) => new((char)random.Next('!', 'z'), random.Next(2) == 0 ? 300 : 50_000);

    private static string Text(string text) => JsonSerializer.Serialize(text);

    private static string Mutated(string input, Random random)
    {
        var characters = input.ToCharArray();
        if (characters.Length > 0)
            characters[random.Next(characters.Length)] = "{}[],:\"\\0x \n"[random.Next(12)];
        return new string(characters, 0, random.Next(3) == 0 ? random.Next(characters.Length + 1) : characters.Length);
    }

    /// <summary>A segment document of any members.</summary>
    internal static string Entity(string trace, long now, Random random, int depth)
    {
        string Id() => random.Next(1, 9).ToString("x16", CultureInfo.InvariantCulture);
        string Time() => random.Next(9) switch
        {
            0 => "0",
            1 => string.Create(CultureInfo.InvariantCulture, $"{now + 86_400 * 400}"),
            2 => string.Create(CultureInfo.InvariantCulture, $"{now - 86_400.5}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{now + random.NextDouble():F6}"),
        };
        var members = new List<string> { $"\"id\":\"{Id()}\"", $"\"name\":\"{"abc"[random.Next(3)]}\"", $"\"start_time\":{Time()}" };
        members.Add(random.Next(8) == 0 ? "\"in_progress\":true" : $"\"end_time\":{Time()}");
        if (depth == 0)
        {
            members.Add($"\"trace_id\":\"{trace}\"");
            if (random.Next(3) != 0)
                members.Add($"\"parent_id\":\"{Id()}\"");
            if (random.Next(4) == 0)
                members.Add("\"type\":\"subsegment\"");
        }
        foreach (var flag in new[] { "fault", "error", "throttle", "inferred" }.Where(_ => random.Next(4) == 0))
            members.Add($"\"{flag}\":true");
        foreach (var part in new[] { "http", "aws", "sql", "cause", "annotations", "metadata", "service", "user", "origin", "links", "namespace", "resource_arn", "precursor_ids" }.Where(_ => random.Next(3) == 0))
            members.Add($"\"{part}\":{Part(part, random)}");
        if (depth < 5 && random.Next(2) == 0)
            members.Add("\"subsegments\":[" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Entity(trace, now, random, depth + 1))) + "]");
        return "{" + string.Join(',', members) + "}";
    }

    private static string Part(string part, Random random) => random.Next(5) == 0 ? Junk[random.Next(Junk.Length - 2)] : part switch
    {
        "http" => $"{{\"request\":{{\"method\":\"GET\",\"url\":{Text(Texts[random.Next(Texts.Length)])},\"traced\":true}},\"response\":{{\"status\":{Numbers[random.Next(16)]}}}}}",
        "aws" => $"{{\"operation\":\"Op\",\"table_name\":{Text(Texts[random.Next(Texts.Length)])},\"retries\":{Numbers[random.Next(16)]}}}",
        "sql" => $"{{\"database_type\":{Text(Texts[random.Next(Texts.Length)])},\"sanitized_query\":\"SELECT ?\"}}",
        "cause" => random.Next(2) == 0 ? "\"0000000000000001\"" : $"{{\"exceptions\":[{{\"id\":\"0000000000000001\",\"message\":{Text(Texts[random.Next(Texts.Length)])},\"cause\":\"0000000000000001\",\"stack\":[{{\"path\":null,\"line\":{Numbers[random.Next(16)]}}}]}}]}}",
        "annotations" => $"{{\"a\":{Numbers[random.Next(16)]},\"b\":{Text(Texts[random.Next(Texts.Length)])},\"c\":true}}",
        "metadata" => $"{{\"default\":{{\"m\":{Junk[random.Next(Junk.Length - 2)]}}}}}",
        "namespace" => random.Next(2) == 0 ? "\"remote\"" : "\"aws\"",
        "links" => "[{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"00000000000000ff\"}]",
        "precursor_ids" => "[\"0000000000000001\"]",
        _ => Text(Texts[random.Next(Texts.Length)]),
    };
}
