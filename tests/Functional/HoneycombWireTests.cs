using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Shouldly;
using Weir.Core.Access;
using Weir.Core.Query;
using Weir.Protocols.Api;
using Weir.Tests.Support;
using Weir.Tests.Wire;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>One Weir that takes any key, and one that wants <see cref="Key"/>.</summary>
public sealed class OpenAndClosed : IAsyncLifetime
{
    public const string Key = "abcdefghijklmnopqrstuv";
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-wire-").FullName;

    public WeirProcess Open { get; private set; } = null!;

    public WeirProcess Closed { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var keys = Path.Combine(_folder, "keys");
        await File.WriteAllTextAsync(keys, $"production manage {KeyHash.Of(Key)}\n");
        Open = await WeirProcess.StartAsync();
        Closed = await WeirProcess.StartAsync(null, null, "--keys", keys);
    }

    public async ValueTask DisposeAsync()
    {
        await Open.DisposeAsync();
        await Closed.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>How Honeycomb's API and OTLP answer, byte for byte: status, content type and body, one behaviour a row.</summary>
public sealed class HoneycombWireTests(OpenAndClosed weirs) : IClassFixture<OpenAndClosed>
{
    private const string Classic = "0123456789abcdef0123456789abcdef";
    private const string Json = "application/json";
    private const string Proto = "application/x-protobuf";
    private const string MsgPack = "application/msgpack";
    private const string NoType = "";
    private const string Types = "unsupported content-type, valid types are: application/protobuf, application/x-protobuf, application/json";
    /// <summary>Now in seconds, as four bytes.</summary>
    private static readonly string Seconds = ((uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds()).ToString("X8", System.Globalization.CultureInfo.InvariantCulture);

    private static readonly string Spans = $$$"""{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"wire"}}]},"scopeSpans":[{"spans":[{"traceId":"5B8AA5A2D2C872E8321CF37308D69DF2","spanId":"051581bf3cb55c13","name":"a","startTimeUnixNano":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}}000000}]}]}]}""";
    private const string NotANumber = """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8aa5a2d2c872e8321cf37308d69df2","spanId":"051581bf3cb55c13","attributes":[{"key":"n","value":{"intValue":"not-a-number"}}]}]}]}]}""";
    private const string NoId = """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8a","spanId":"051581bf3cb55c13","name":"a"}]}]}]}""";

    /// <param name="Where">Method, path, and perhaps <c>closed</c>.</param>
    /// <param name="Type">Of the request; empty sends none.</param>
    /// <param name="Headers"><c>name: value</c>, separated by <c>|</c>.</param>
    /// <param name="Body"><c>hex:</c> bytes, <c>gzip:</c> and <c>zstd:</c> text that is packed, else text as it is.</param>
    /// <param name="Answer">Whole body; with <c>~</c> in front a part of it; <c>hex:</c> bytes.</param>
    private sealed record Row(string Words, string Where, string Type, string Headers, string Body, int Status, string AnswerType, string Answer);

    private static readonly Row[] Rows =
    [
        // OTLP: types, keys, encodings.
        new("OTLP without a content type names the three there are, before the key is looked at", "POST /v1/traces closed", NoType, "", "{}", 415, "text/plain", Types),
        new("OTLP of another type", "POST /v1/logs", "text/plain", "", "{}", 415, "text/plain", Types),
        new("OTLP protobuf without a key", "POST /v1/traces closed", Proto, "", "", 401, Proto, "~missing 'x-honeycomb-team' header"),
        new("OTLP JSON without a key", "POST /v1/logs closed", Json, "", "{}", 401, Json, """~"message":"missing 'x-honeycomb-team' header"""),
        new("OTLP with an unknown key", "POST /v1/traces closed", Json, "x-honeycomb-team: wrong", "{}", 401, Json, "~unknown API key - check your credentials"),
        new("OTLP with the key", "POST /v1/traces closed", Json, $"x-honeycomb-team: {OpenAndClosed.Key}", Spans, 200, Json, "{}"),
        new("the short header of Refinery", "POST /v1/traces closed", Json, $"x-hny-team: {OpenAndClosed.Key}", Spans, 200, Json, "{}"),
        new("a classic key's traces without a dataset", "POST /v1/traces", Json, $"x-honeycomb-team: {Classic}", Spans, 401, Json, "~missing 'x-honeycomb-dataset' header"),
        new("a classic key's metrics without a dataset", "POST /v1/metrics", Proto, $"x-honeycomb-team: {Classic}", "", 401, Proto, "~missing 'x-honeycomb-dataset' header"),
        new("a classic ingest key's traces without a dataset", "POST /v1/traces", Json, "x-honeycomb-team: hcaic_0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijkl", Spans, 401, Json, "~missing 'x-honeycomb-dataset' header"),
        new("a classic key's logs without a dataset", "POST /v1/logs", Json, $"x-honeycomb-team: {Classic}", "{}", 200, Json, "{}"),
        new("a classic key's traces with a dataset", "POST /v1/traces", Json, $"x-honeycomb-team: {Classic}|x-honeycomb-dataset: d", Spans, 200, Json, "{}"),
        new("OTLP JSON is answered in JSON", "POST /v1/traces", Json, "", Spans, 200, Json, "{}"),
        new("OTLP JSON with a charset", "POST /v1/traces", "application/json; charset=utf-8", "", Spans, 200, Json, "{}"),
        new("OTLP protobuf is answered by an empty message of the same type", "POST /v1/traces", Proto, "", "", 200, Proto, ""),
        new("OTLP protobuf under its other name", "POST /v1/traces", "application/protobuf", "", "", 200, "application/protobuf", ""),
        new("an empty OTLP request", "POST /v1/metrics", Json, "", "{}", 200, Json, "{}"),
        new("a trailing slash", "POST /v1/traces/", Json, "", Spans, 200, Json, "{}"),
        new("OTLP at the root of its port is told where it belongs", "POST /nothing", Json, "", "{}", 404, "", "~"),
        .. from type in new[] { Json, Proto } from packed in new[] { "", "gzip:", "zstd:" }
           select new Row($"OTLP that is none: {type} {packed}", "POST /v1/traces", type, "", packed + "lol", 400, type, "~failed to parse OTLP request body"),
        new("OTLP in gzip", "POST /v1/traces", Json, "", "gzip:" + Spans, 200, Json, "{}"),
        new("OTLP in zstd", "POST /v1/traces", Json, "", "zstd:" + Spans, 200, Json, "{}"),
        new("OTLP in an encoding there is not (differs: 415)", "POST /v1/traces", Json, "content-encoding: br", "{}", 415, Json, "~valid encodings are: gzip, deflate, zstd"),
        new("a cut protobuf", "POST /v1/traces", Proto, "", "hex:0A0512", 400, Proto, "~failed to parse OTLP request body"),
        new("a text where a number belongs", "POST /v1/traces", Json, "", NotANumber, 200, Json, "~values of the wrong type were left out"),
        new("a span without a usable id is rejected alone", "POST /v1/traces", Json, "", NoId, 200, Json, """~"partialSuccess":{"rejectedSpans":"1","errorMessage":"a span's trace_id"""),

        // Whose key.
        new("auth of a good key", "GET /1/auth closed", NoType, $"x-honeycomb-team: {OpenAndClosed.Key}", "", 200, Json, """~"environment":{"name":"production","slug":"production"},"team":{"""),
        new("auth tells permissions", "GET /1/auth closed", NoType, $"x-honeycomb-team: {OpenAndClosed.Key}", "", 200, Json, """~"type":"configuration","api_key_access":{"events":true,"markers":true,"triggers":true,"boards":true,"queries":true,"columns":true,"createDatasets":true,"""),
        new("auth of a bad key", "GET /1/auth closed", NoType, "x-honeycomb-team: wrong", "", 401, Json, """{"error":"unknown API key - check your credentials"}"""),
        new("auth without a key", "GET /1/auth closed", NoType, "", "", 401, Json, """{"error":"unknown API key - check your credentials"}"""),
        new("auth of a classic key: an environment without a name", "GET /1/auth", NoType, $"x-honeycomb-team: {Classic}", "", 200, Json, """~"environment":{"name":"","slug":""}"""),

        // The team's API, in JSON:API.
        new("the team's auth", "GET /2/auth closed", NoType, $"authorization: Bearer hcamk_1:{OpenAndClosed.Key}", "", 200, "application/vnd.api+json",
            """~{"data":{"id":"hcamk_1","type":"api-keys","attributes":{"name":"production","key_type":"management","disabled":false,"scopes":["environments:read"]},"relationships":{"team":{"data":{"id":"weir","type":"teams"}}}},"included":[{"id":"weir","type":"teams","attributes":{"name":"weir","slug":"weir"}}]}"""),
        new("the team's auth with a bad secret", "GET /2/auth closed", NoType, "authorization: Bearer hcamk_1:wrong", "", 401, "application/vnd.api+json", "~\"status\":\"401\",\"code\":\"unauthorized\""),
        new("the team's auth without a key", "GET /2/auth", NoType, "", "", 401, "application/vnd.api+json", "~unknown API key"),
        new("a key sees its environment", "GET /2/teams/weir/environments closed", NoType, $"authorization: Bearer a:{OpenAndClosed.Key}", "", 200, "application/vnd.api+json",
            """{"data":[{"id":"production","type":"environments","attributes":{"name":"production","slug":"production","description":"","settings":{"delete_protected":true}}}],"links":{"next":null}}"""),
        new("one environment", "GET /2/teams/weir/environments/production closed", NoType, $"authorization: Bearer a:{OpenAndClosed.Key}", "", 200, "application/vnd.api+json", "~\"slug\":\"production\""),
        new("no such environment", "GET /2/teams/weir/environments/other closed", NoType, $"authorization: Bearer a:{OpenAndClosed.Key}", "", 404, "application/vnd.api+json", "~there is no environment other"),
        new("another team", "GET /2/teams/other/environments", NoType, "authorization: Bearer a:b", "", 404, "application/vnd.api+json", "~the only team is weir"),
        new("what is not served says what is", "POST /2/teams/weir/api-keys", "application/vnd.api+json", "authorization: Bearer a:b", "{}", 404, "application/vnd.api+json", "~Keys are created with weir keys create"),

        // Events, one by one.
        new("an event", "POST /1/events/wire", Json, "", """{"a":1}""", 200, "", ""),
        new("an event with a bad key", "POST /1/events/wire closed", Json, "x-honeycomb-team: wrong", """{"a":1}""", 401, Json, """{"error":"unknown API key - check your credentials"}"""),
        new("an event whose time header is none", "POST /1/events/wire", Json, "x-honeycomb-event-time: {0:2024-01-02Z}", """{"a":1}""", 200, "", ""),
        new("an event whose rate header is none", "POST /1/events/wire", Json, "x-honeycomb-samplerate: many", """{"a":1}""", 200, "", ""),
        new("no event", "POST /1/events/wire", Json, "", "", 400, Json, """{"error":"Request body should not be empty."}"""),
        new("an event without fields", "POST /1/events/wire", Json, "", "{}", 400, Json, """{"error":"Request body should not be empty."}"""),
        new("what is no event", "POST /1/events/wire", Json, "", "lol", 400, Json, """{"error":"Request body is malformed and cannot be read."}"""),
        new("a list where an event belongs", "POST /1/events/wire", Json, "", "[]", 400, Json, """{"error":"Request body is malformed and cannot be read."}"""),
        new("an event of 2,000 fields", "POST /1/events/wire", Json, "", Fields(2000), 200, "", ""),
        new("an event of 2,001 fields", "POST /1/events/wire", Json, "", Fields(2001), 400, Json, """{"error":"Event has too many columns."}"""),
        new("an event of 1 MB", "POST /1/events/wire", Json, "", $$"""{"s":"{{new string('x', 1_000_000)}}"}""", 200, "", ""),
        new("an event nested past 64 levels", "POST /1/events/wire", Json, "", $$"""{"o":{{new string('[', 70)}}{{new string(']', 70)}}}""", 200, "", ""),
        new("an event nested 40 levels", "POST /1/events/wire", Json, "", $$"""{"o":{{new string('[', 40)}}{{new string(']', 40)}}}""", 200, "", ""),
        new("half a character", "POST /1/events/wire", Json, "", """{"a":"\ud800"}""", 200, "", ""),
        new("an event in MessagePack", "POST /1/events/wire", MsgPack, "", "hex:81A16101", 200, "", ""),
        new("a bad event in MessagePack is answered in it", "POST /1/events/wire", MsgPack, "", "hex:C1", 400, MsgPack, "~Request body is malformed and cannot be read."),

        // Events in batches.
        new("a batch: one status an event, in order", "POST /1/batch/wire", Json, "", """[{"data":{"a":1}},{"data":{"b":2}},{"data":{}}]""", 200, Json,
            """[{"status":202},{"status":202},{"status":400,"error":"Request body should not be empty."}]"""),
        new("a batch: what is no event does not spoil the others", "POST /1/batch/wire", Json, "", """[7,{"data":{"a":1}},{"data":[1]},{"nothing":1}]""", 200, Json,
            """[{"status":400,"error":"Request body is malformed and cannot be read."},{"status":202},{"status":400,"error":"Request body should not be empty."},{"status":400,"error":"Request body should not be empty."}]"""),
        new("a batch: 2,001 fields in one of two", "POST /1/batch/wire", Json, "", "[{\"data\":" + Fields(2001) + "},{\"data\":{\"a\":1}}]", 200, Json,
            """[{"status":400,"error":"Event has too many columns."},{"status":202}]"""),
        new("a batch: members there are not are skipped", "POST /1/batch/wire", Json, "", """[{"extra":{"x":[1]},"data":{"a":1},"samplerate":0,"time":null}]""", 200, Json, """[{"status":202}]"""),
        new("a batch: nothing in it", "POST /1/batch/wire", Json, "", "[]", 200, Json, "[]"),
        new("no batch", "POST /1/batch/wire", Json, "", "", 400, Json, """{"error":"Request body should not be empty."}"""),
        new("an object where a batch belongs", "POST /1/batch/wire", Json, "", "{}", 400, Json, """{"error":"Request body is malformed and cannot be read."}"""),
        new("a cut batch", "POST /1/batch/wire", Json, "", """[{"data":{"a":1}}""", 400, Json, """{"error":"Request body is malformed and cannot be read."}"""),
        new("a batch in gzip, as libhoney for Python sends", "POST /1/batch/wire", Json, "", """gzip:[{"data":{"a":1}}]""", 200, Json, """[{"status":202}]"""),
        new("a batch in zstd, as libhoney for Go sends", "POST /1/batch/wire", Json, "", """zstd:[{"data":{"a":1}}]""", 200, Json, """[{"status":202}]"""),
        new("a batch in MessagePack is answered in it", "POST /1/batch/wire", MsgPack, "", "hex:9181A46461746181A16101", 200, MsgPack, "hex:DD0000000181DA0006737461747573CD00CA"),
        new("MessagePack under its other name", "POST /1/batch/wire", "application/x-msgpack", "", "hex:9181A46461746181A16101", 200, MsgPack, "hex:DD0000000181DA0006737461747573CD00CA"),
        new("MessagePack: a key that is a number", "POST /1/batch/wire", MsgPack, "", "hex:9281A46461746181010281A46461746181A16101", 200, MsgPack, "~Request body is malformed and cannot be read."),
        new("MessagePack: times of 4, 8 and 12 bytes, of tinylib, nil, text and of no known kind", "POST /1/batch/wire", MsgPack, "",
            "hex:97"
            + $"82A474696D65D6FF{Seconds}A46461746181A16101" + $"82A474696D65D7FF00000000{Seconds}A46461746181A16101" + $"82A474696D65C70CFF0000000000000000{Seconds}A46461746181A16101"
            + $"82A474696D65C70C0500000000{Seconds}00000000A46461746181A16101" + "82A474696D65C0A46461746181A16101" + "82A474696D65A0A46461746181A16101" + $"82A474696D65D607{Seconds}A46461746181A16101",
            200, MsgPack, "hex:DD00000007" + string.Concat(Enumerable.Repeat("81DA0006737461747573CD00CA", 7))),
        new("MessagePack: binary, extension, float32, NaN and 2^64-1 as values", "POST /1/events/wire", MsgPack, "", "hex:85A162C4020102A165D4070AA166CA3FC00000A16ECB7FF8000000000000A175CFFFFFFFFFFFFFFFFF", 200, "", ""),
        new("MessagePack: the byte that is never used", "POST /1/batch/wire", MsgPack, "", "hex:91C1", 400, MsgPack, "~Request body is malformed and cannot be read."),
        new("MessagePack: a list longer than its body", "POST /1/batch/wire", MsgPack, "", "hex:DDFFFFFFFF", 400, MsgPack, "~Request body is malformed and cannot be read."),
        new("a dataset's name with escaped characters", "POST /1/batch/foo%2Fbar%28baz%29%20qux", Json, "", """[{"data":{"a":1}}]""", 200, Json, """[{"status":202}]"""),
        new("a batch with a bad key", "POST /1/batch/wire closed", Json, "x-honeycomb-team: wrong", """[{"data":{"a":1}}]""", 401, Json, """{"error":"unknown API key - check your credentials"}"""),
        new("a batch with a bad key in MessagePack", "POST /1/batch/wire closed", MsgPack, "x-honeycomb-team: wrong", "hex:90", 401, MsgPack, "~unknown API key - check your credentials"),
        new("a preflight of a page", "OPTIONS /1/batch/wire", NoType,
            "origin: https://page.example|access-control-request-method: POST|access-control-request-headers: x-honeycomb-team,x-honeycomb-useragent,content-type", "", 204, "", ""),
        new("a preflight of an OTLP page", "OPTIONS /v1/traces", NoType, "origin: https://page.example|access-control-request-method: POST|access-control-request-headers: x-honeycomb-team,content-encoding", "", 204, "", ""),
    ];

    public static TheoryData<string> Words => [.. Rows.Select(r => r.Words)];

    [Theory]
    [MemberData(nameof(Words))]
    public async Task The_answer_is_honeycombs(string words)
    {
        var row = Rows.Single(r => r.Words == words);
        var where = row.Where.Split(' ');
        var weir = where is [_, _, "closed"] ? weirs.Closed : weirs.Open;
        using var request = new HttpRequestMessage(new HttpMethod(where[0]), where[1]);
        if (where[0] == "POST")
        {
            request.Content = new ByteArrayContent(Bytes(row.Body, out var encoding));
            if (row.Type.Length > 0)
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(row.Type);
            if (encoding.Length > 0)
                request.Content.Headers.ContentEncoding.Add(encoding);
        }
        foreach (var header in row.Headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (header[..header.IndexOf(':')], header[(header.IndexOf(':') + 2)..]);
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content!.Headers.TryAddWithoutValidation(name, value);
        }
        using var answer = await weir.Client.SendAsync(request);
        var body = await answer.Content.ReadAsByteArrayAsync();
        var text = Encoding.Latin1.GetString(body);
        ((int)answer.StatusCode).ShouldBe(row.Status, text);
        if (row.AnswerType.Length > 0)
            answer.Content.Headers.ContentType?.MediaType.ShouldBe(row.AnswerType);
        if (row.Answer.StartsWith("hex:", StringComparison.Ordinal))
            Convert.ToHexString(body).ShouldBe(row.Answer[4..]);
        else if (row.Answer.StartsWith('~'))
            text.ShouldContain(row.Answer[1..]);
        else
            text.ShouldBe(row.Answer);
    }

    [Theory]
    [InlineData("POST", "/1/batch/wire")]
    [InlineData("POST", "/v1/traces")]
    public async Task Nothing_of_these_stops_the_server(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(path.StartsWith("/v1", StringComparison.Ordinal) ? "{}" : "[]", Encoding.UTF8, Json) };
        using var answer = await weirs.Open.Client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static string Fields(int count) => "{" + string.Join(",", Enumerable.Range(0, count).Select(i => $"\"a{i}\":{i}")) + "}";

    private static byte[] Bytes(string body, out string encoding)
    {
        encoding = "";
        if (body.StartsWith("hex:", StringComparison.Ordinal))
            return Convert.FromHexString(body[4..]);
        if (body.StartsWith("zstd:", StringComparison.Ordinal))
        {
            encoding = "zstd";
            return ZstdText.Stored(Encoding.UTF8.GetBytes(body[5..]));
        }
        if (!body.StartsWith("gzip:", StringComparison.Ordinal))
            return Encoding.UTF8.GetBytes(body);
        encoding = "gzip";
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(body[5..]));
        return packed.ToArray();
    }
}
