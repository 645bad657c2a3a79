using System.Globalization;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Features.Logs;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>CloudWatch Logs: the SDK for JavaScript, watchtower's calls by boto3, and the AWS command line.</summary>
[Collection(nameof(RealClients))]
public sealed class ClientTestsLogs(RunningWeir running)
{
    private const string AccessLine = "[2023-Feb-27 01:09] 172.18.0.1 GET http /api/activities/home? 200 OK";
    private readonly WeirProcess _weir = running.Weir;

    [Fact]
    public async Task The_sdk_for_javascript()
    {
        var said = await RealClient.NodeAsync(_weir, "aws-logs.js");
        (said.Text("again"), said.Text("missing")).ShouldBe(("ResourceAlreadyExistsException", "ResourceNotFoundException"));
        said["rejected"].ShouldBeNull();
        said.Text("token").ShouldNotBeEmpty();
        const string Json = "{\"level\":\"error\",\"took\":41,\"text\":\"äöü 🌊\\nsecond line\"}";
        string[] all = ["test log", Json, AccessLine];
        Messages(said["found"]!["all"]!).ShouldBe(all);
        Messages(said["found"]!["term"]!).ShouldBe(["test log"]);
        Messages(said["found"]!["json"]!).ShouldBe([Json]);
        said.List("events").Select(e => ((int)e![0]!, (string)e[1]!)).ShouldBe([(0, all[0]), (1, all[1]), (2, all[2])]);
        ((bool)said["sameToken"]!, (int)said["after"]!).ShouldBe((true, 0));
        var group = said.List("groups").Single()!;
        ((string)group[0]!, (int)group[1]!).ShouldBe(("cruddur-js", 7));
        ((string)group[2]!).ShouldEndWith(":log-group:cruddur-js:*");
        said.List("streams").Single()!.ToJsonString().ShouldBe("""["machine/app/1",0,2]""");

        var groups = await _weir.JsonAsync("/api/logs/groups", answer => answer.List("groups").Any(g => g!.Text("name") == "cruddur-js"));
        var shown = groups.List("groups").Of("name", "cruddur-js");
        ((int)shown["events"]!, (int)shown["streams"]!, (int)shown["retentionDays"]!).ShouldBe((3, 1, 7));
    }

    [Fact]
    public async Task The_calls_of_watchtower_and_the_command_line_afterwards()
    {
        var since = DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var said = await RealClient.PythonAsync(_weir, "watchtower.py");
        said.List("warnings").ShouldBeEmpty();
        said["tags"]!.Text("app").ShouldBe("cruddur");
        said.List("calls").Select(c => $"{(string)c![0]!} {c[1]}").ShouldBe(
        [
            "describe_log_groups 200", "create_log_group 200", "tag_resource 200", "put_retention_policy 200",
            "put_log_events ResourceNotFoundException", "create_log_stream 200", "put_log_events 200", "put_log_events 200", "put_log_events 200",
        ]);

        string[] lines = ["test log", "HomeActivities äöü 🌊", AccessLine];
        var shown = await _weir.JsonAsync("/api/logs/events?group=cruddur-py", answer => answer.List("events").Count == 3);
        shown.List("events").Select(e => e!.Text("body")).ShouldBe(lines.Reverse());
        shown["events"]![0]!["attributes"]!.Text("url.path").ShouldBe("/api/activities/home");

        var groups = await RealClient.AwsJsonAsync(_weir, "logs", "describe-log-groups", "--log-group-name-prefix", "cruddur-py");
        groups.List("logGroups").Single()!.Text("logGroupName").ShouldBe("cruddur-py");
        var streams = await RealClient.AwsJsonAsync(_weir, "logs", "describe-log-streams", "--log-group-name", "cruddur-py");
        streams.List("logStreams").Single()!.Text("logStreamName").ShouldBe("machine/cruddur/app/1");
        var got = await RealClient.AwsJsonAsync(
            _weir, "logs", "get-log-events", "--log-group-name", "cruddur-py", "--log-stream-name", "machine/cruddur/app/1", "--start-from-head");
        got.List("events").Select(e => e!.Text("message")).ShouldBe(lines);
        var filtered = await RealClient.AwsJsonAsync(
            _weir, "logs", "filter-log-events", "--log-group-name", "cruddur-py", "--filter-pattern", "GET -notifications", "--start-time", since);
        filtered.List("events").Single()!.Text("message").ShouldBe(AccessLine);
        var tail = await RealClient.AwsAsync(_weir, "logs", "tail", "cruddur-py", "--since", "2h", "--format", "short");
        tail.TrimEnd().Split('\n').Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]).ShouldBe(lines);
        var refused = await RealClient.AwsRefusedAsync(_weir, "logs", "filter-log-events", "--log-group-name", "nowhere");
        refused.ShouldContain("(ResourceNotFoundException)");
        refused.ShouldContain("The specified log group does not exist.");
    }

    private static IEnumerable<string> Messages(JsonNode list) => list.AsArray().Select(m => (string)m!);
}
