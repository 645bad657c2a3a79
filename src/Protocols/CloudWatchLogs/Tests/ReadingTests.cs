using System.Text.Json.Nodes;
using Shouldly;
using Weir.Core.Query;
using Weir.Features.Questions;
using Xunit;

namespace Weir.Tests.CloudWatchLogs;

public sealed class ReadingTests : IAsyncLifetime
{
    private RoomHost _room = null!;
    private long _start;

    public async ValueTask InitializeAsync()
    {
        _room = await RoomHost.StartAsync();
        _start = _room.NowMs - 100_000;
        await _room.CreateAsync("g", "a", "b", "bb");
    }

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    private Task<JsonObject> PutNumbered(string stream, int count, int first = 0) =>
        _room.PutAsync("g", stream, [.. Enumerable.Range(first, count).Select(i => (_start + (i * 1000), $"line {i}"))]);

    private Task<JsonObject> Get(string more = "", string? token = null) => _room.CallAsync("GetLogEvents", JsonNode.Parse(
        $$"""{"logGroupName":"g","logStreamName":"a"{{(more.Length > 0 ? "," + more : "")}}{{(token is null ? "" : $",\"nextToken\":\"{token}\"")}}}"""));

    private Task<JsonObject> Filter(string more = "") =>
        _room.CallAsync("FilterLogEvents", JsonNode.Parse($$"""{"logGroupName":"g"{{(more.Length > 0 ? "," + more : "")}}}"""));

    private static string Lines(JsonObject reply) =>
        string.Join(' ', reply["events"]!.AsArray().Select(e => ((string)e!["message"]!).Replace("line ", "", StringComparison.Ordinal)));

    private static string Forward(JsonObject reply) => (string)reply["nextForwardToken"]!;

    private static string Backward(JsonObject reply) => (string)reply["nextBackwardToken"]!;

    [Fact]
    public async Task The_newest_page_comes_first_and_the_way_back_ends_in_the_same_token()
    {
        await PutNumbered("a", 20);
        var page = await Get("\"limit\":8");
        Lines(page).ShouldBe("12 13 14 15 16 17 18 19");
        var back = await Get("\"limit\":8", Backward(page));
        Lines(back).ShouldBe("4 5 6 7 8 9 10 11");
        back = await Get("\"limit\":8", Backward(back));
        Lines(back).ShouldBe("0 1 2 3");
        var end = await Get("\"limit\":8", Backward(back));
        Lines(end).ShouldBe("");
        Backward(end).ShouldBe(Backward(back));
        Lines(await Get("\"limit\":3", Forward(end))).ShouldBe("0 1 2");
        Lines(await Get("\"limit\":3,\"startFromHead\":true", Backward(page))).ShouldBe("9 10 11");
    }

    [Fact]
    public async Task From_the_head_each_event_comes_once_and_the_last_token_tails()
    {
        // Equal times: the order received decides.
        await _room.PutAsync("g", "a", [.. Enumerable.Range(0, 7).Select(i => (_start, $"line {i}"))]);
        var page = await Get("\"limit\":1,\"startFromHead\":true");
        var seen = new List<string> { Lines(page) };
        while (true)
        {
            var token = Forward(page);
            page = await Get("\"limit\":1,\"startFromHead\":true", token);
            if (Forward(page) == token)
                break;
            seen.Add(Lines(page));
        }
        seen.ShouldBe(["0", "1", "2", "3", "4", "5", "6"]);
        Lines(page).ShouldBe("");
        Lines(await Get("\"limit\":2", Backward(page))).ShouldBe("5 6");
        await _room.PutAsync("g", "a", (_start + 1, "line new"));
        Lines(await Get("\"limit\":5", Forward(page))).ShouldBe("new");
    }

    [Fact]
    public async Task An_empty_stream_has_tokens_that_find_what_comes_later()
    {
        var empty = await Get();
        Lines(empty).ShouldBe("");
        Forward(empty).ShouldStartWith("f/");
        Backward(empty).ShouldStartWith("b/");
        Forward(empty).Length.ShouldBe(58);
        var again = await Get("", Forward(empty));
        (Forward(again), Lines(again)).ShouldBe((Forward(empty), ""));
        await PutNumbered("a", 3);
        Lines(await Get("", Forward(again))).ShouldBe("0 1 2");
    }

    [Fact]
    public async Task The_start_is_inclusive_and_the_end_is_not()
    {
        await PutNumbered("a", 6);
        Lines(await Get($"\"startTime\":{_start + 1000},\"endTime\":{_start + 4000}")).ShouldBe("1 2 3");
        Lines(await Get($"\"startTime\":{_start + 1000},\"endTime\":{_start + 1000}")).ShouldBe("");
        Lines(await Get($"\"endTime\":{long.MaxValue}")).ShouldBe("0 1 2 3 4 5");
        Lines(await Get($"\"startTime\":{long.MaxValue}")).ShouldBe("");
        var page = await Get($"\"limit\":2,\"startTime\":{_start + 1000}");
        Lines(await Get($"\"limit\":9,\"startTime\":{_start + 1000}", Backward(page))).ShouldBe("1 2 3");
        Lines(await Filter($"\"startTime\":{_start + 1000},\"endTime\":{_start + 3000}")).ShouldBe("1 2 3");
    }

    [Fact]
    public async Task A_page_ends_at_a_megabyte()
    {
        var half = new string('x', 500_000);
        for (var i = 0; i < 5; i++)
            await _room.PutAsync("g", "a", (_start + i, half));
        (await Get("\"startFromHead\":true"))["events"]!.AsArray().Count.ShouldBe(2);
        var page = await Filter();
        page["events"]!.AsArray().Count.ShouldBe(2);
        page = await Filter($"\"nextToken\":\"{page["nextToken"]}\"");
        page["events"]!.AsArray().Count.ShouldBe(2);
        page = await Filter($"\"nextToken\":\"{page["nextToken"]}\"");
        page["events"]!.AsArray().Count.ShouldBe(1);
        page["nextToken"].ShouldBeNull();
    }

    public static TheoryData<string, string, string, string> Refusals => new()
    {
        { "GetLogEvents", """{"logGroupName":"none","logStreamName":"a"}""", "ResourceNotFoundException", "The specified log group does not exist." },
        { "GetLogEvents", """{"logGroupName":"g","logStreamName":"none"}""", "ResourceNotFoundException", "The specified log stream does not exist." },
        { "GetLogEvents", """{"logGroupName":"g"}""", "InvalidParameterException",
            "1 validation error detected: Value null at 'logStreamName' failed to satisfy constraint: Member must not be null" },
        { "GetLogEvents", """{"logGroupName":"g","logStreamName":"a","limit":10001}""", "InvalidParameterException",
            "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000" },
        { "GetLogEvents", """{"logGroupName":"g","logStreamName":"a","nextToken":"invalid"}""", "InvalidParameterException", "The specified nextToken is invalid." },
        { "GetLogEvents", """{"logGroupName":"g","logStreamName":"a","nextToken":"f/00000000000000000000000000000000000000000000000000000000"}""",
            "", "" },
        { "GetLogEvents", """{"logGroupName":"g","logStreamName":"a","nextToken":"f/12345678901234567890123456789012345678901234567890123456"}""",
            "InvalidParameterException", "The specified nextToken is invalid." },
        { "GetLogEvents", """{"logGroupName":"g","logGroupIdentifier":"g","logStreamName":"a"}""", "ValidationException",
            "LogGroup name and LogGroup ARN are mutually exclusive parameters." },
        { "FilterLogEvents", """{"logGroupName":"none"}""", "ResourceNotFoundException", "The specified log group does not exist." },
        { "FilterLogEvents", """{"logGroupName":"g","logStreamNames":["a","none"]}""", "ResourceNotFoundException", "The specified log stream does not exist." },
        { "FilterLogEvents", """{"logGroupName":"g","logStreamNames":["a"],"logStreamNamePrefix":"a"}""", "InvalidParameterException",
            "Parameters logStreamNamePrefix and logStreamNames are mutually exclusive." },
        { "FilterLogEvents", """{"logGroupName":"g","filterPattern":"{ $.a }"}""", "InvalidParameterException",
            "Invalid filter pattern: one of = != < <= > >= expected at character 7" },
        { "FilterLogEvents", """{"logGroupName":"g","nextToken":"x"}""", "InvalidParameterException", "The specified nextToken is invalid." },
        { "FilterLogEvents", """{"logGroupName":"g","startTime":-1}""", "InvalidParameterException",
            "1 validation error detected: Value '-1' at 'startTime' failed to satisfy constraint: Member must have value greater than or equal to 0" },
        { "TestMetricFilter", """{"filterPattern":"a.b","logEventMessages":["a"]}""", "InvalidParameterException", "Invalid character(s) in term 'a.b'" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Refuses_in_the_words_of_the_service(string operation, string input, string type, string message)
    {
        var reply = await _room.CallAsync(operation, JsonNode.Parse(input));
        ((int)reply["$status"]!).ShouldBe(type.Length == 0 ? 200 : 400);
        ((string?)reply["__type"] ?? "", (string?)reply["message"] ?? "").ShouldBe((type, message));
    }

    [Fact]
    public async Task Filtering_merges_streams_by_time()
    {
        await PutNumbered("a", 3);
        await PutNumbered("b", 3, 1);
        await _room.PutAsync("g", "bb", (_start + 500, "line x"));
        var all = await Filter("\"interleaved\":true");
        Lines(all).ShouldBe("0 x 1 1 2 2 3");
        all["searchedLogStreams"]!.AsArray().ShouldBeEmpty();
        all["nextToken"].ShouldBeNull();
        var ids = all["events"]!.AsArray().Select(e => (string)e!["eventId"]!).ToList();
        ids.ShouldBeUnique();
        ids.ShouldAllBe(id => id.Length == 56 && id.All(char.IsAsciiDigit));
        (await Filter())["events"]!.AsArray().Select(e => (string)e!["eventId"]!).ShouldBe(ids);
        Lines(await Filter("\"startFromHead\":false,\"limit\":2")).ShouldBe("3 2");
        Lines(await Filter("\"logStreamNames\":[\"a\"]")).ShouldBe("0 1 2");
        Lines(await Filter("\"logStreamNames\":[\"a\",\"bb\"]")).ShouldBe("0 x 1 2");
        Lines(await Filter("\"logStreamNamePrefix\":\"b\"")).ShouldBe("x 1 2 3");
        Lines(await Filter("\"filterPattern\":\"x\"")).ShouldBe("x");
        Lines(await Filter("\"filterPattern\":\"line -x\",\"logStreamNamePrefix\":\"bb\"")).ShouldBe("");
    }

    [Fact]
    public async Task Filtering_pages_through()
    {
        await PutNumbered("a", 25);
        var page = await Filter("\"limit\":20");
        page["events"]!.AsArray().Count.ShouldBe(20);
        page = await Filter($"\"limit\":20,\"nextToken\":\"{page["nextToken"]}\"");
        Lines(page).ShouldBe("20 21 22 23 24");
        page["nextToken"].ShouldBeNull();
        page = await Filter("\"limit\":2,\"filterPattern\":\"%[05]$%\"");
        Lines(page).ShouldBe("0 5");
        page = await Filter($"\"limit\":9,\"filterPattern\":\"%[05]$%\",\"nextToken\":\"{page["nextToken"]}\"");
        Lines(page).ShouldBe("10 15 20");
    }

    [Fact]
    public async Task Expired_and_deleted_lines_are_not_shown()
    {
        await _room.PutAsync("g", "a", (_room.NowMs - (5L * 86_400_000), "line old"));
        await PutNumbered("a", 2);
        await _room.CallAsync("PutRetentionPolicy", JsonNode.Parse("""{"logGroupName":"g","retentionInDays":3}"""));
        Lines(await Get()).ShouldBe("0 1");
        Lines(await Filter()).ShouldBe("0 1");
        await _room.CallAsync("DeleteRetentionPolicy", JsonNode.Parse("""{"logGroupName":"g"}"""));
        Lines(await Get()).ShouldBe("old 0 1");
        await _room.CallAsync("DeleteLogStream", JsonNode.Parse("""{"logGroupName":"g","logStreamName":"a"}"""));
        Lines(await Filter()).ShouldBe("");
        await _room.CreateAsync("g", "a");
        Lines(await Get()).ShouldBe("");
        await PutNumbered("a", 1, 7);
        Lines(await Get()).ShouldBe("7");
    }

    [Fact]
    public async Task Groups_are_found_by_name_or_ARN()
    {
        await PutNumbered("a", 1);
        foreach (var identifier in new[] { "g", "arn:aws:logs:eu-west-1:000000000000:log-group:g" })
        {
            Lines(await _room.CallAsync("GetLogEvents", new JsonObject { ["logGroupIdentifier"] = identifier, ["logStreamName"] = "a" })).ShouldBe("0");
            Lines(await _room.CallAsync("FilterLogEvents", new JsonObject { ["logGroupIdentifier"] = identifier })).ShouldBe("0");
        }
    }

    [Fact]
    public async Task A_metric_filter_can_be_tried_out()
    {
        var reply = await _room.CallAsync("TestMetricFilter", JsonNode.Parse(
            """{"filterPattern":"[..., status=4*]","logEventMessages":["GET 200","GET /x 404","404"]}"""));
        reply["matches"]!.ToJsonString().ShouldBe(
            """[{"eventNumber":1,"eventMessage":"GET /x 404","extractedValues":{"$1":"GET","$2":"/x","$status":"404"}},{"eventNumber":2,"eventMessage":"404","extractedValues":{"$status":"404"}}]""");
    }
}
