using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Core.Access;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Protocols.Aws;
using Xunit;

namespace Weir.Tests.CloudWatchLogs;

/// <summary>Recorded calls of real clients, sent again byte for byte; see Fixtures/README.md.</summary>
public sealed class RecordedClientTests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    [Theory]
    [InlineData("boto3-1.26.27", "200 200 200 ResourceNotFoundException 200 200 200 200 200 200 200 200 200 ResourceNotFoundException", 2)]
    [InlineData("awscli-2.9.19", "200 200 200 200 200 200 200", 2)]
    [InlineData("aws-sdk-js-3.1168.0", "ResourceNotFoundException 200 ResourceAlreadyExistsException 200 200 200 200 200", 25)]
    public async Task Signed_calls_are_let_in_and_served(string client, string expected, int rows)
    {
        await using var room = await RoomHost.StartAsync(aws => aws.FindKey = id => id == "AKIDEXAMPLE" ? new AwsKey(id, Secret, "production", Kind: KeyKind.Manage) : null);
        var outcomes = new List<string>();
        var last = new JsonObject();
        foreach (var file in Files(client))
        {
            using var request = Read(file, room);
            using var response = await room.Client.SendAsync(request);
            var body = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());
            ((int)response.StatusCode).ShouldBeLessThan(500, body);
            outcomes.Add(response.IsSuccessStatusCode ? "200" : (string)JsonNode.Parse(body)!["__type"]!);
            if (body.StartsWith('{') && JsonNode.Parse(body)!["events"] is not null)
                last = JsonNode.Parse(body)!.AsObject();
            if (body.StartsWith('<'))
                body.ShouldContain("<Account>000000000000</Account>");
        }
        string.Join(' ', outcomes).ShouldBe(expected);
        room.Logs.Rows.Count.ShouldBe(rows);
        room.Logs.Rows.ShouldAllBe(r => r.Block.Text(r.Row, "environment") == "production");
        room.Logs.Rows.Count(r => r.Block.Text(r.Row, "body").Contains("é😀", StringComparison.Ordinal)).ShouldBe(rows - (client.StartsWith("aws-sdk", StringComparison.Ordinal) ? 0 : 1));
        last["events"]!.AsArray().Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_changed_body_or_a_wrong_secret_is_refused()
    {
        foreach (var (secret, change) in new[] { (Secret, true), (Secret + "x", false) })
        {
            await using var room = await RoomHost.StartAsync(aws => aws.FindKey = id => new AwsKey(id, secret, "production"));
            using var request = Read(Files("boto3-1.26.27").First(), room, change);
            using var response = await room.Client.SendAsync(request);
            ((int)response.StatusCode).ShouldBe(403);
            response.Headers.GetValues("x-amzn-ErrorType").ShouldBe(["InvalidSignatureException"]);
        }
    }

    private static IEnumerable<string> Files(string client) =>
        Directory.EnumerateFiles(Folder(), client + "-*.http").Order(StringComparer.Ordinal);

    private static HttpRequestMessage Read(string file, RoomHost room, bool change = false)
    {
        var bytes = File.ReadAllBytes(file);
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        var body = bytes[(end + 4)..];
        if (change)
            body[^1] = (byte)' ';
        var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(body) };
        foreach (var line in Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n").Skip(1))
        {
            var (name, value) = (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..]);
            if (name.Equals("X-Amz-Date", StringComparison.OrdinalIgnoreCase))
                room.Time.Set(DateTimeOffset.ParseExact(value, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);
        }
        return request;
    }

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "Fixtures");
}
