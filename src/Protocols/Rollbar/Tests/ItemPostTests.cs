using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Api;
using Weir.Protocols.Rollbar;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Rollbar;

public sealed class ItemPostTests
{
    private const string Message = """{"data":{"environment":"production","body":{"message":{"body":"x"}}}}""";

    public static TheoryData<string> Fixtures => ItemDecoderTests.Fixtures;

    [Theory]
    [MemberData(nameof(Fixtures))]
    public async Task Recorded_posts_are_answered_as_rollbar_answers(string name)
    {
        await using var host = await RollbarHost.StartAsync();
        var fixture = PostedFixture.Read(name);
        var (status, body, response) = await host.ReplayAsync(fixture);
        status.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        using var answer = JsonDocument.Parse(body);
        answer.RootElement.GetProperty("err").GetInt32().ShouldBe(0);
        answer.RootElement.GetProperty("result").GetProperty("id").ValueKind.ShouldBe(JsonValueKind.Null);
        var uuid = answer.RootElement.GetProperty("result").GetProperty("uuid").GetString()!;
        var stored = host.Sink.Single(Signal.Occurrences);
        stored.Text(0, "occurrence_id").ShouldBe(uuid.Replace("-", "", StringComparison.Ordinal));
        if (Encoding.UTF8.GetString(fixture.Body).Contains("\"uuid\"", StringComparison.Ordinal))
            Encoding.UTF8.GetString(fixture.Body).ShouldContain($"\"{uuid}\"");
        else
            uuid.Length.ShouldBe(32);
        response.Headers.Contains("X-Rate-Limit-Remaining").ShouldBeFalse();
    }

    [Theory]
    [InlineData("/api/1/item/")]
    [InlineData("/api/1/item")]
    [InlineData("/api/1/items")]
    [InlineData("/api/item/")]
    [InlineData("/item/")]
    public async Task Paths(string path)
    {
        await using var host = await RollbarHost.StartAsync();
        (await host.SendAsync(ItemDecoderTests.Bytes(Message), path)).Status.ShouldBe(HttpStatusCode.OK);
        (await host.Client.GetStringAsync("/api/1/status/ping")).ShouldBe("pong");
    }

    [Theory]
    [InlineData("header", "t1")]
    [InlineData("query", "t2")]
    [InlineData("body", "t3")]
    public async Task Tokens_come_three_ways(string way, string token)
    {
        await using var host = await RollbarHost.StartAsync();
        var body = way == "body" ? Message.Insert(1, $"\"access_token\":\"{token}\",") : Message;
        (await host.SendAsync(ItemDecoderTests.Bytes(body), way == "query" ? $"/api/1/item/?access_token={token}" : "/api/1/item/", way == "header" ? token : null))
            .Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Compressed_bodies_are_read(string encoding)
    {
        await using var host = await RollbarHost.StartAsync();
        using var packed = new MemoryStream();
        await using (Stream stream = encoding == "gzip" ? new GZipStream(packed, CompressionMode.Compress) : new ZLibStream(packed, CompressionMode.Compress))
            await stream.WriteAsync(ItemDecoderTests.Bytes(Message));
        (await host.SendAsync(packed.ToArray(), headers: KeyValuePair.Create("Content-Encoding", encoding))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("", 400, "the request body is empty; it must be a JSON object")]
    [InlineData("{", 400, "the request body is not JSON (line 1, byte 2)")]
    [InlineData("hello", 400, "the request body is not JSON (line 1, byte 1)")]
    [InlineData("payload=%7B", 400, "the request body is not JSON (line 1, byte 2)")]
    [InlineData("[]", 422, "Invalid format. array value found, but an object is required.")]
    [InlineData("\"x\"", 422, "Invalid format. string value found, but an object is required.")]
    [InlineData("{}", 422, "Invalid format. data is missing and it is required.")]
    [InlineData("{\"data\":[]}", 422, "Invalid format. data array value found, but an object is required.")]
    [InlineData("{\"data\":{}}", 422, "Invalid format. data.body must not be undefined.")]
    [InlineData("{\"data\":{\"body\":{}}}", 422, "Invalid format. data.body must have either a 'trace', 'trace_chain', 'message' or 'crash_report' property, (but not more than one).")]
    [InlineData("{\"data\":{\"body\":{\"trace\":{},\"message\":{}}}}", 422, "Invalid format. data.body must have either a 'trace', 'trace_chain', 'message' or 'crash_report' property, (but not more than one).")]
    [InlineData("{\"data\":{\"body\":{\"trace\":{}},\"level\":5}}", 422, "Invalid format. data.level should be string.")]
    [InlineData("{\"data\":{\"body\":{\"trace\":{},\"telemetry\":\"x\"}}}", 422, "Invalid format. data.body.telemetry should be array.")]
    [InlineData("{\"data\":{\"body\":{\"trace\":{}},\"context\":{}}}", 422, "Invalid format. data.context object value found, but a null is required.")]
    public async Task Refusals(string body, int status, string message)
    {
        await using var host = await RollbarHost.StartAsync();
        var (code, text, response) = await host.SendAsync(ItemDecoderTests.Bytes(body));
        ((int)code).ShouldBe(status);
        text.ShouldBe($"{{\"err\":1,\"message\":\"{message}\"}}");
        response.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
        host.Sink.Blocks.ShouldBeEmpty();
        var counter = host.Counters.Snapshot().Single();
        counter.Received.ShouldBe(1);
        counter.Drops.Single().Reason.ShouldBe(status == 400 ? "malformed" : "invalid");
    }

    [Fact]
    public async Task No_token_is_401_and_an_unknown_one_403()
    {
        await using var open = await RollbarHost.StartAsync();
        var (status, body, _) = await open.SendAsync(ItemDecoderTests.Bytes(Message), token: null);
        status.ShouldBe(HttpStatusCode.Unauthorized);
        body.ShouldContain("access_token is missing");
        await using var closed = await RollbarHost.StartAsync(keysRequired: true);
        (status, body, _) = await closed.SendAsync(ItemDecoderTests.Bytes(Message));
        status.ShouldBe(HttpStatusCode.Forbidden);
        body.ShouldBe("{\"err\":1,\"message\":\"access token not found\"}");
        closed.Counters.Snapshot().Single().Drops.Single().Reason.ShouldBe("unauthorized");
    }

    [Fact]
    public async Task Too_large_is_413_in_json_before_and_after_decompression()
    {
        await using var host = await RollbarHost.StartAsync();
        var large = ItemDecoderTests.Bytes($$$$$$"""{"data":{"body":{"message":{"body":"{{{{{{new string('x', 600 * 1024)}}}}}}"}}}}""");
        (await host.SendAsync(large)).Status.ShouldBe(HttpStatusCode.OK);
        var (status, body, _) = await host.SendAsync(new byte[(1 << 20) + 1]);
        status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        body.ShouldStartWith("{\"err\":1,\"message\":\"request entity too large");
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize))
            await gzip.WriteAsync(new byte[64 << 20]);
        (await host.SendAsync(bomb.ToArray(), headers: KeyValuePair.Create("Content-Encoding", "gzip"))).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData(FaultKind.Busy, 429)]
    [InlineData(FaultKind.Unavailable, 503)]
    public async Task An_item_that_is_not_on_disk_never_gets_200(FaultKind kind, int status)
    {
        await using var host = await RollbarHost.StartAsync();
        host.Sink.Fault = new Fault(kind, "the journal is full", TimeSpan.FromSeconds(2.5));
        var (code, body, response) = await host.SendAsync(ItemDecoderTests.Bytes(Message));
        ((int)code).ShouldBe(status);
        body.ShouldBe("""{"err":1,"message":"the journal is full"}""");
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(3));
        response.Headers.Contains("X-Rate-Limit-Remaining").ShouldBe(kind == FaultKind.Busy);
    }

    [Fact]
    public async Task A_uuid_posted_twice_is_stored_once_and_a_failed_one_may_come_again()
    {
        await using var host = await RollbarHost.StartAsync();
        const string Dashed = """{"data":{"uuid":"4AD0DABF-6227-4807-bb1d-df9792b641a1","body":{"message":{"body":"x"}}}}""";
        host.Sink.Fault = new Fault(FaultKind.Busy, "full");
        (await host.SendAsync(ItemDecoderTests.Bytes(Dashed))).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        host.Sink.Fault = null;
        (await host.SendAsync(ItemDecoderTests.Bytes(Dashed))).Body.ShouldContain("4AD0DABF-6227-4807-bb1d-df9792b641a1");
        (await host.SendAsync(ItemDecoderTests.Bytes(Dashed))).Status.ShouldBe(HttpStatusCode.OK);
        // The same uuid without dashes is the same.
        (await host.SendAsync(ItemDecoderTests.Bytes(Dashed.Replace("-", "", StringComparison.Ordinal)))).Status.ShouldBe(HttpStatusCode.OK);
        host.Sink.Blocks.Count.ShouldBe(1);
        host.Counters.Snapshot().Single().Drops.Single(d => d.Reason == "repeated").Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_repeat_during_the_first_post_waits_for_it()
    {
        var slow = new SlowSink();
        await using var host = await RollbarHost.StartAsync(instead: slow);
        var body = ItemDecoderTests.Bytes("""{"data":{"uuid":"4ad0dabf62274807bb1ddf9792b641a1","body":{"message":{"body":"x"}}}}""");
        var first = host.SendAsync(body);
        await slow.Called.Task;
        var second = host.SendAsync(body);
        await Waiting.UntilAsync(() => host.Counters.Snapshot().SingleOrDefault()?.Received == 2, "the second post to arrive");
        second.IsCompleted.ShouldBeFalse();
        slow.Release.SetResult(null);
        (await first).Status.ShouldBe(HttpStatusCode.OK);
        (await second).Status.ShouldBe(HttpStatusCode.OK);
        slow.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task Forgotten_uuids_make_room()
    {
        await using var host = await RollbarHost.StartAsync(new RollbarOptions { RememberedUuids = 2 });
        foreach (var uuid in new[] { "a", "b", "c", "a", "c" })
            await host.SendAsync(ItemDecoderTests.Bytes($$$$$$"""{"data":{"uuid":"{{{{{{uuid}}}}}}","body":{"message":{"body":"x"}}}}"""));
        host.Sink.Blocks.Count.ShouldBe(4);
    }

    [Fact]
    public async Task The_browsers_preflight_is_granted()
    {
        await using var host = await RollbarHost.StartAsync();
        var fixture = PostedFixture.Read("rollbar.js-3.1.0-browser-preflight");
        using var request = new HttpRequestMessage(HttpMethod.Options, fixture.Path);
        foreach (var (name, value) in fixture.Headers.Where(h => h.Key != "Host"))
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await host.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        response.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([fixture.Headers.Single(h => h.Key == "Origin").Value]);
        response.Headers.GetValues("Access-Control-Allow-Credentials").ShouldBe(["true"]);
        response.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldBe("content-type,x-rollbar-access-token");
        response.Headers.GetValues("Access-Control-Allow-Methods").Single().ShouldContain("POST");
        using var odd = new HttpRequestMessage(HttpMethod.Options, "/api/1/item/");
        odd.Headers.Add("Access-Control-Request-Headers", "content-type,signal,x-rollbar-access-token");
        using var granted = await host.Client.SendAsync(odd);
        granted.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldContain("signal");
    }

    private sealed class SlowSink : ITelemetrySink
    {
        public TaskCompletionSource Called { get; } = new();

        public TaskCompletionSource<Fault?> Release { get; } = new();

        public int Calls { get; private set; }

        public async ValueTask<Fault?> CommitAsync(IngestBatch batch, CancellationToken cancellationToken)
        {
            Calls++;
            Called.TrySetResult();
            batch.Dispose();
            return await Release.Task;
        }
    }
}
