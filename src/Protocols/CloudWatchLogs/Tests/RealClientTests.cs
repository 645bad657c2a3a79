using System.Diagnostics;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.CloudWatchLogs;

/// <summary>Clients as their users install them: awscli and boto3 of the system, the AWS SDK for JavaScript of npm.</summary>
public sealed class RealClientTests
{
    [Fact]
    public async Task Boto3_makes_the_calls_of_watchtower()
    {
        await using var room = await RoomHost.StartAsync(clock: TimeProvider.System);
        var said = JsonNode.Parse(await RunAsync(Installed("python3"), "watchtower_calls.py", Endpoint(room)))!;
        said.ToJsonString().ShouldBe(JsonNode.Parse("""
            {"created":["cruddur"],"stream_missing":2,"tags":{"team":"a"},
             "read":[201,"test log","[2023-Feb-27 01:09] 172.18.0.1 GET http /api/activities/home? 200 OK é😀 199"],"again":["again"],"filtered":1}
            """)!.ToJsonString());
    }

    [Fact]
    public async Task The_sdk_for_javascript_makes_the_calls_of_winston()
    {
        await using var room = await RoomHost.StartAsync(clock: TimeProvider.System);
        var said = JsonNode.Parse(await RunAsync("node", "--no-warnings", "winston_calls.mjs", Endpoint(room)))!;
        said.ToJsonString().ShouldBe(JsonNode.Parse("""
            {"missing":"ResourceNotFoundException: The specified log group does not exist.","created":"",
             "again":"ResourceAlreadyExistsException: The specified log group already exists","streams":["s1"],"rejected":null,
             "filtered":["info - é😀 line 1","info - é😀 line 10","info - é😀 line 11","info - é😀 line 12","info - é😀 line 13","info - é😀 line 14",
              "info - é😀 line 15","info - é😀 line 16","info - é😀 line 17","info - é😀 line 18","info - é😀 line 19"],
             "read":25,"token":"InvalidParameterException: The specified nextToken is invalid."}
            """)!.ToJsonString());
    }

    [Fact]
    public async Task The_command_line_reads_and_follows()
    {
        await using var room = await RoomHost.StartAsync(clock: TimeProvider.System);
        await room.CreateAsync("cruddur", "web");
        await room.CreateAsync("other");
        await PutAsync(room, "test log");
        (await AwsAsync(room, "describe-log-groups", "--page-size", "1", "--query", "logGroups[].logGroupName", "--output", "text"))
            .Split('\t', '\n').Where(n => n.Trim().Length > 0).ShouldBe(["cruddur", "other"]);
        (await AwsAsync(room, "describe-log-streams", "--log-group-name", "cruddur", "--query", "logStreams[].logStreamName", "--output", "text"))
            .Trim().ShouldBe("web");
        (await AwsAsync(room, "get-log-events", "--log-group-name", "cruddur", "--log-stream-name", "web", "--query", "events[].message", "--output", "text"))
            .Trim().ShouldBe("test log");
        (await AwsAsync(room, "filter-log-events", "--log-group-name", "cruddur", "--filter-pattern", "test", "--query", "events[].message", "--output", "text"))
            .Trim().ShouldBe("test log");

        using var tail = Process.Start(Start(Installed("aws"), "--endpoint-url", Endpoint(room), "logs", "tail", "cruddur", "--since", "1h", "--follow"))!;
        try
        {
            using var limit = new CancellationTokenSource(Waiting.Patience);
            (await tail.StandardOutput.ReadLineAsync(limit.Token)).ShouldNotBeNull().ShouldEndWith(" web test log");
            await PutAsync(room, "followed 1");
            await PutAsync(room, "followed 2");
            (await tail.StandardOutput.ReadLineAsync(limit.Token)).ShouldNotBeNull().ShouldEndWith(" web followed 1");
            (await tail.StandardOutput.ReadLineAsync(limit.Token)).ShouldNotBeNull().ShouldEndWith(" web followed 2");
        }
        finally
        {
            tail.Kill();
        }
    }

    private static Task PutAsync(RoomHost room, string message) =>
        room.PutAsync("cruddur", "web", (TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), message));

    private static string Endpoint(RoomHost room) => room.Address.ToString().TrimEnd('/');

    private static Task<string> AwsAsync(RoomHost room, params string[] arguments) =>
        RunAsync(Installed("aws"), ["--endpoint-url", Endpoint(room), "logs", .. arguments]);

    /// <summary>The distribution's program, which has its libraries, before others of the name.</summary>
    private static string Installed(string program) => File.Exists("/usr/bin/" + program) ? "/usr/bin/" + program : program;

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(Start(program, arguments))!;
        using var limit = new CancellationTokenSource(Waiting.Patience);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        process.ExitCode.ShouldBe(0, await output + await errors);
        return await output;
    }

    private static ProcessStartInfo Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = RealClient.Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE";
        start.Environment["AWS_SECRET_ACCESS_KEY"] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        start.Environment["AWS_DEFAULT_REGION"] = "eu-west-1";
        start.Environment["AWS_CONFIG_FILE"] = "/dev/null";
        start.Environment["PYTHONUNBUFFERED"] = "1";
        start.Environment["PAGER"] = "cat";
        return start;
    }
}
