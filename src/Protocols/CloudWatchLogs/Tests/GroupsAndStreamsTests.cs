using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Weir.Tests.CloudWatchLogs;

public sealed class GroupsAndStreamsTests : IAsyncLifetime
{
    private RoomHost _room = null!;

    public async ValueTask InitializeAsync() => _room = await RoomHost.StartAsync();

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    private Task<JsonObject> Call(string operation, string input) => _room.CallAsync(operation, JsonNode.Parse(input));

    private static (int, string?, string?) Fault(JsonObject reply) =>
        ((int)reply["$status"]!, (string?)reply["__type"], (string?)reply["message"]);

    public static TheoryData<string, string, string, string> Refusals => new()
    {
        { "CreateLogGroup", """{"logGroupName":"g"}""", "ResourceAlreadyExistsException", "The specified log group already exists" },
        { "CreateLogGroup", """{}""", "InvalidParameterException",
            "1 validation error detected: Value null at 'logGroupName' failed to satisfy constraint: Member must not be null" },
        { "CreateLogGroup", """{"logGroupName":"a b"}""", "InvalidParameterException",
            @"1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+" },
        { "CreateLogGroup", $$"""{"logGroupName":"{{new string('x', 513)}}"}""", "InvalidParameterException",
            "Invalid LogGroup or LogStream, both must have length less than or equal to 512." },
        { "CreateLogGroup", """{"logGroupName":"new","logGroupClass":"HOT"}""", "InvalidParameterException",
            "1 validation error detected: Value 'HOT' at 'logGroupClass' failed to satisfy constraint: Member must satisfy enum value set: [STANDARD, INFREQUENT_ACCESS, DELIVERY]" },
        { "CreateLogGroup", """{"logGroupName":7}""", "SerializationException", "NUMBER_VALUE can not be converted to a String" },
        { "CreateLogGroup", """{"logGroupName":"aws/x"}""", "InvalidParameterException", "Log groups starting with AWS/ are reserved for AWS." },
        { "DeleteLogGroup", """{"logGroupName":"none"}""", "ResourceNotFoundException", "The specified log group does not exist." },
        { "CreateLogStream", """{"logGroupName":"none","logStreamName":"s"}""", "ResourceNotFoundException", "The specified log group does not exist." },
        { "CreateLogStream", """{"logGroupName":"g","logStreamName":"s"}""", "ResourceAlreadyExistsException", "The specified log stream already exists" },
        { "CreateLogStream", """{"logGroupName":"g","logStreamName":"a:b"}""", "InvalidParameterException",
            "1 validation error detected: Value 'a:b' at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*" },
        { "DeleteLogStream", """{"logGroupName":"none","logStreamName":"s"}""", "ResourceNotFoundException", "The specified log group does not exist." },
        { "DeleteLogStream", """{"logGroupName":"g","logStreamName":"none"}""", "ResourceNotFoundException", "The specified log stream does not exist." },
        { "DescribeLogGroups", """{"logGroupNamePrefix":"g","logGroupNamePattern":"g"}""", "InvalidParameterException",
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters." },
        { "DescribeLogGroups", """{"limit":51}""", "InvalidParameterException",
            "1 validation error detected: Value '51' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 50" },
        { "DescribeLogGroups", """{"nextToken":"!"}""", "InvalidParameterException", "The specified nextToken is invalid." },
        { "DescribeLogStreams", """{"logGroupName":"none"}""", "ResourceNotFoundException", "The specified log group does not exist." },
        { "DescribeLogStreams", """{"logGroupName":"g","logGroupIdentifier":"g"}""", "ValidationException",
            "LogGroup name and LogGroup ARN are mutually exclusive parameters." },
        { "DescribeLogStreams", """{}""", "ValidationException", "Either LogGroup name or LogGroup ARN must be provided." },
        { "DescribeLogStreams", """{"logGroupIdentifier":"arn:aws:logs:eu-west-1:000000000000:log-group:g:*"}""", "InvalidParameterException",
            @"1 validation error detected: Value 'arn:aws:logs:eu-west-1:000000000000:log-group:g:*' at 'logGroupIdentifier' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w#+=/:,.@-]*" },
        { "DescribeLogStreams", """{"logGroupName":"g","logStreamNamePrefix":"s","orderBy":"LastEventTime"}""", "InvalidParameterException",
            "Cannot order by LastEventTime with a logStreamNamePrefix." },
        { "PutRetentionPolicy", """{"logGroupName":"g","retentionInDays":2}""", "InvalidParameterException",
            "1 validation error detected: Value '2' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: "
            + "[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]" },
        { "PutRetentionPolicy", """{"logGroupName":"none","retentionInDays":7}""", "ResourceNotFoundException", "The specified log group does not exist." },
        { "DeleteRetentionPolicy", """{"logGroupName":"none"}""", "ResourceNotFoundException", "The specified log group does not exist." },
        { "TagResource", """{"resourceArn":"arn:aws:logs:r:a:log-group:none","tags":{"a":"b"}}""", "ResourceNotFoundException", "The specified log group does not exist." },
        { "TagLogGroup", """{"logGroupName":"g","tags":{}}""", "InvalidParameterException",
            "1 validation error detected: Value '{}' at 'tags' failed to satisfy constraint: Member must have length greater than or equal to 1" },
        { "ListTagsLogGroup", """{"logGroupName":"none"}""", "ResourceNotFoundException", "The specified log group does not exist." },
        { "StartQuery", """{}""", "UnknownOperationException", "Weir does not serve Logs_20140328.StartQuery" },
        { "CreateLogGroup", """[]""", "SerializationException", "Unexpected token: the request body must be a JSON object" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Refuses_in_the_words_of_the_service(string operation, string input, string type, string message)
    {
        await _room.CreateAsync("g", "s");
        Fault(await Call(operation, input)).ShouldBe((400, type, message));
    }

    [Fact]
    public async Task A_new_group_is_described_as_AWS_does()
    {
        await Call("CreateLogGroup", """{"logGroupName":"/ecs/cruddur","tags":{"team":"a"}}""");
        var group = (await Call("DescribeLogGroups", """{"logGroupNamePrefix":"/ecs"}"""))["logGroups"]!.AsArray().ShouldHaveSingleItem()!;
        JsonNode.DeepEquals(group, JsonNode.Parse($$"""
            {"logGroupName":"/ecs/cruddur","creationTime":{{_room.NowMs}},"metricFilterCount":0,
             "arn":"arn:aws:logs:eu-west-1:000000000000:log-group:/ecs/cruddur:*",
             "logGroupArn":"arn:aws:logs:eu-west-1:000000000000:log-group:/ecs/cruddur",
             "storedBytes":0,"logGroupClass":"STANDARD","deletionProtectionEnabled":false}
            """)).ShouldBeTrue(group.ToJsonString());

        await Call("PutRetentionPolicy", """{"logGroupName":"/ecs/cruddur","retentionInDays":7}""");
        group = (await Call("DescribeLogGroups", "{}"))["logGroups"]![0]!;
        ((int)group["retentionInDays"]!).ShouldBe(7);
        await Call("DeleteRetentionPolicy", """{"logGroupName":"/ecs/cruddur"}""");
        group = (await Call("DescribeLogGroups", "{}"))["logGroups"]![0]!;
        group["retentionInDays"].ShouldBeNull();
    }

    [Fact]
    public async Task Groups_come_in_order_of_their_names_and_in_pages()
    {
        foreach (var name in new[] { "b", "a", "B", "ab", "c/Web" })
            await _room.CreateAsync(name);
        (await Names("{}")).ShouldBe(["B", "a", "ab", "b", "c/Web"]);
        (await Names("""{"logGroupNamePrefix":"a"}""")).ShouldBe(["a", "ab"]);
        (await Names("""{"logGroupNamePattern":"b"}""")).ShouldBe(["ab", "b", "c/Web"]);
        (await Names("""{"logGroupNamePattern":"web"}""")).ShouldBeEmpty();
        (await Names("""{"logGroupIdentifiers":["b","arn:aws:logs:r:a:log-group:a"]}""")).ShouldBe(["a", "b"]);

        var seen = new List<string>();
        var input = new JsonObject { ["limit"] = 2 };
        for (var page = 0; page < 3; page++)
        {
            var reply = await _room.CallAsync("DescribeLogGroups", input);
            seen.AddRange(reply["logGroups"]!.AsArray().Select(g => (string)g!["logGroupName"]!));
            (reply["nextToken"] is null).ShouldBe(page == 2);
            input["nextToken"] = (string?)reply["nextToken"];
        }
        seen.ShouldBe(["B", "a", "ab", "b", "c/Web"]);
    }

    private async Task<IEnumerable<string>> Names(string input) =>
        (await Call("DescribeLogGroups", input))["logGroups"]!.AsArray().Select(g => (string)g!["logGroupName"]!);

    [Fact]
    public async Task Tags_are_one_store_behind_two_sets_of_operations()
    {
        const string Arn = "arn:aws:logs:eu-west-1:000000000000:log-group:g";
        await Call("CreateLogGroup", """{"logGroupName":"g","tags":{"a":"1","b":"2"}}""");
        (await Tags()).ShouldBe("""{"a":"1","b":"2"}""");
        await Call("TagResource", $$"""{"resourceArn":"{{Arn}}","tags":{"a":"x","c":"3"} }""");
        (await Tags()).ShouldBe("""{"a":"x","b":"2","c":"3"}""");
        await Call("UntagLogGroup", """{"logGroupName":"g","tags":["b"]}""");
        await Call("UntagResource", $$"""{"resourceArn":"{{Arn}}:*","tagKeys":["c"] }""");
        (await Call("ListTagsForResource", $$"""{"resourceArn":"{{Arn}}"}"""))["tags"]!.ToJsonString().ShouldBe("""{"a":"x"}""");

        var many = new JsonObject([.. Enumerable.Range(0, 50).Select(i => KeyValuePair.Create($"k{i}", (JsonNode?)"v"))]);
        var reply = await _room.CallAsync("TagLogGroup", new JsonObject { ["logGroupName"] = "g", ["tags"] = many });
        Fault(reply).ShouldBe((400, "TooManyTagsException", "A resource can have at most 50 tags."));
        ((string?)reply["resourceName"]).ShouldBe("g");
        (await Tags()).ShouldBe("""{"a":"x"}""");

        async Task<string> Tags() => (await Call("ListTagsLogGroup", """{"logGroupName":"g"}"""))["tags"]!.ToJsonString();
    }

    [Fact]
    public async Task A_stream_shows_its_events_times_only_once_it_has_some()
    {
        await _room.CreateAsync("g", "s");
        var stream = (await Call("DescribeLogStreams", """{"logGroupName":"g"}"""))["logStreams"]!.AsArray().ShouldHaveSingleItem()!.AsObject();
        stream.Remove("uploadSequenceToken").ShouldBeTrue();
        JsonNode.DeepEquals(stream, JsonNode.Parse($$"""
            {"logStreamName":"s","creationTime":{{_room.NowMs}},"arn":"arn:aws:logs:eu-west-1:000000000000:log-group:g:log-stream:s","storedBytes":0}
            """)).ShouldBeTrue(stream.ToJsonString());

        await _room.PutAsync("g", "s", (_room.NowMs - 5000, "a"), (_room.NowMs - 1000, "b"));
        await _room.PutAsync("g", "s", (_room.NowMs - 9000, "c"));
        stream = (await Call("DescribeLogStreams", """{"logGroupIdentifier":"g"}"""))["logStreams"]![0]!.AsObject();
        ((long)stream["firstEventTimestamp"]!).ShouldBe(_room.NowMs - 9000);
        ((long)stream["lastEventTimestamp"]!).ShouldBe(_room.NowMs - 1000);
        ((long)stream["lastIngestionTime"]!).ShouldBe(_room.NowMs);
    }

    [Fact]
    public async Task Streams_are_ordered_by_name_or_last_event_and_paged()
    {
        await _room.CreateAsync("g", "c", "a", "b", "ab");
        await _room.PutAsync("g", "a", (_room.NowMs - 10, "x"));
        await _room.PutAsync("g", "c", (_room.NowMs - 30, "x"));
        await _room.PutAsync("g", "b", (_room.NowMs - 20, "x"));
        (await Names("""{"logGroupName":"g"}""")).ShouldBe(["a", "ab", "b", "c"]);
        (await Names("""{"logGroupName":"g","descending":true}""")).ShouldBe(["c", "b", "ab", "a"]);
        (await Names("""{"logGroupName":"g","logStreamNamePrefix":"a"}""")).ShouldBe(["a", "ab"]);
        (await Names("""{"logGroupName":"g","orderBy":"LastEventTime","descending":true}""")).ShouldBe(["a", "b", "c", "ab"]);
        var first = await Call("DescribeLogStreams", """{"logGroupName":"g","orderBy":"LastEventTime","descending":true,"limit":3}""");
        var rest = await _room.CallAsync("DescribeLogStreams", new JsonObject
        {
            ["logGroupName"] = "g",
            ["orderBy"] = "LastEventTime",
            ["descending"] = true,
            ["limit"] = 3,
            ["nextToken"] = (string)first["nextToken"]!,
        });
        ((string?)rest["logStreams"]!.AsArray().ShouldHaveSingleItem()!["logStreamName"]).ShouldBe("ab");
        rest["nextToken"].ShouldBeNull();

        async Task<IEnumerable<string>> Names(string input) =>
            (await Call("DescribeLogStreams", input))["logStreams"]!.AsArray().Select(s => (string)s!["logStreamName"]!);
    }

    [Fact]
    public async Task A_group_made_anew_has_nothing_of_the_old_one()
    {
        await Call("CreateLogGroup", """{"logGroupName":"g","tags":{"a":"1"}}""");
        await _room.CreateAsync("g", "s");
        await _room.PutAsync("g", "s", (_room.NowMs, "old"));
        ((int)(await Call("DeleteLogGroup", """{"logGroupName":"g"}"""))["$status"]!).ShouldBe(200);
        await _room.CreateAsync("g", "s");
        var stream = (await Call("DescribeLogStreams", """{"logGroupName":"g"}"""))["logStreams"]!.AsArray().ShouldHaveSingleItem()!;
        stream["lastEventTimestamp"].ShouldBeNull();
        (await Call("ListTagsLogGroup", """{"logGroupName":"g"}"""))["tags"]!.ToJsonString().ShouldBe("{}");

        await _room.PutAsync("g", "s", (_room.NowMs, "new"));
        await Call("DeleteLogStream", """{"logGroupName":"g","logStreamName":"s"}""");
        await _room.CreateAsync("g", "s");
        stream = (await Call("DescribeLogStreams", """{"logGroupName":"g"}"""))["logStreams"]!.AsArray().ShouldHaveSingleItem()!;
        stream["lastEventTimestamp"].ShouldBeNull();
    }

    [Fact]
    public async Task A_protected_group_stays()
    {
        await Call("CreateLogGroup", """{"logGroupName":"g","deletionProtectionEnabled":true}""");
        Fault(await Call("DeleteLogGroup", """{"logGroupName":"g"}""")).Item2.ShouldBe("ValidationException");
        await Call("PutLogGroupDeletionProtection", """{"logGroupIdentifier":"g","deletionProtectionEnabled":false}""");
        ((int)(await Call("DeleteLogGroup", """{"logGroupName":"g"}"""))["$status"]!).ShouldBe(200);
    }
}
