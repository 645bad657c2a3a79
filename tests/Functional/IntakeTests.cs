using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Shouldly;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>A Weir that keeps log lines for three days.</summary>
public sealed class ShortLogs : IAsyncLifetime
{
    public WeirProcess Weir { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Weir = await WeirProcess.StartAsync(options: ["--retention-logs-days", "3"]);

    public ValueTask DisposeAsync() => Weir.DisposeAsync();
}

/// <summary>
/// At every door: what is older than its retention is refused in the protocol's words, times in another unit are read, one bad value costs
/// at most its record, and no request becomes more than one may.
/// </summary>
public sealed class IntakeTests(ShortLogs running) : IClassFixture<ShortLogs>
{
    private const string Amz = "application/x-amz-json-1.1";
    private readonly WeirProcess _weir = running.Weir;

    /// <summary>Texts hold places: @NS-4d@ (nanoseconds), @MS@, @SEC-40d@, @ISO-40d@, @HEX32@, @HEX16@, @HEX24@.</summary>
    [Theory]
    [InlineData("/v1/traces", """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"@HEX32@","spanId":"@HEX16@","name":"old","startTimeUnixNano":"@NS-40d@"},{"traceId":"@HEX32@","spanId":"@HEX16@","name":"new","startTimeUnixNano":"@NS@"}]}]}]}""", 200, "\"rejectedSpans\":\"1\"|older than the 30 days that spans are kept", "otlp spans expired")]
    [InlineData("/v1/logs", """{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"@NS-4d@"},{"observedTimeUnixNano":"@NS-4d@"},{"timeUnixNano":"@NS-2d@"}]}]}]}""", 200, "\"rejectedLogRecords\":\"2\"|older than the 3 days that logs are kept", "otlp logs expired")]
    [InlineData("/v1/metrics", """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[{"asInt":1,"timeUnixNano":"@NS-40d@"},{"asInt":1,"timeUnixNano":"@NS@"}]}}]}]}]}""", 200, "\"rejectedDataPoints\":\"1\"|older than the 30 days", "otlp metrics expired")]
    [InlineData("/1/batch/old", """[{"time":"@ISO-40d@","data":{"a":1}},{"data":{"a":2}},{"time":"@SEC-40d@","data":{"a":3}}]""", 200, "[{\"status\":400,\"error\":\"older than the 30 days that events are kept|{\"status\":202}", "honeycomb events expired")]
    [InlineData("/1/events/old time=@ISO-40d@", """{"a":1}""", 400, "{\"error\":\"older than the 30 days that events are kept", "honeycomb events expired")]
    [InlineData("/TraceSegments", """{"TraceSegmentDocuments":["{\"trace_id\":\"1-5759e988-@HEX24@\",\"id\":\"@HEX16@\",\"name\":\"old\",\"start_time\":@SEC-40d@,\"end_time\":@SEC-40d@}"]}""", 200, "\"UnprocessedTraceSegments\":[{|SegmentExpired|older than the 30 days that spans are kept", "xray spans expired")]
    [InlineData("/api/1/item/", """{"access_token":"t","data":{"timestamp":@SEC-100d@,"environment":"p","body":{"message":{"body":"old"}}}}""", 422, "\"err\":1|data.timestamp is older than the 90 days", "rollbar occurrences expired")]
    [InlineData("put", """{"logGroupName":"intake","logStreamName":"s","logEvents":[{"timestamp":@MS-4d@,"message":"a"}]}""", 200, "\"expiredLogEventEndIndex\":1", "cloudwatch-logs logs expired")]
    [InlineData("put", """{"logGroupName":"intake","logStreamName":"s","logEvents":[{"timestamp":@MS-15d@,"message":"a"}]}""", 200, "\"tooOldLogEventEndIndex\":1", "cloudwatch-logs logs too-old")]
    public async Task Data_older_than_its_retention_is_rejected(string where, string body, int status, string words, string counted)
    {
        var before = await CountAsync("dropped", counted);
        await ExpectAsync(where, Encoding.UTF8.GetBytes(Fill(body)), status, words);
        (await CountAsync("dropped", counted)).ShouldBeGreaterThan(before);
    }

    [Theory]
    [InlineData("/v1/traces", """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"@HEX32@","spanId":"@HEX16@","startTimeUnixNano":@SEC@,"endTimeUnixNano":@SEC@}]}]}]}""", "1 times were not in nanoseconds", "otlp spans time-unit")]
    [InlineData("/v1/logs", """{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"@MS@"}]}]}]}""", "1 times were not in nanoseconds", "otlp logs time-unit")]
    [InlineData("/v1/metrics", """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[{"asInt":1,"timeUnixNano":"@MS@000"}]}}]}]}]}""", "1 times were not in nanoseconds", "otlp metrics time-unit")]
    [InlineData("/TraceSegments", """{"TraceSegmentDocuments":["{\"trace_id\":\"1-5759e988-@HEX24@\",\"id\":\"@HEX16@\",\"name\":\"ms\",\"start_time\":@MS@,\"end_time\":@MS@}"]}""", "\"UnprocessedTraceSegments\":[]", "xray spans time-unit")]
    [InlineData("/api/1/item/", """{"access_token":"t","data":{"timestamp":@MS@,"environment":"p","body":{"message":{"body":"ms"}}}}""", "\"err\":0", "rollbar occurrences time-unit")]
    [InlineData("put", """{"logGroupName":"intake","logStreamName":"s","logEvents":[{"timestamp":@SEC@,"message":"a"}]}""", "nextSequenceToken", "cloudwatch-logs logs time-unit")]
    public async Task A_time_in_another_unit_is_read_and_counted(string where, string body, string words, string counted)
    {
        var before = await CountAsync("repaired", counted);
        await ExpectAsync(where, Encoding.UTF8.GetBytes(Fill(body)), 200, words);
        (await CountAsync("repaired", counted)).ShouldBe(before + 1);
    }

    /// <summary>@BAD@ is a value that no reader takes; the answer is the one of a good request.</summary>
    public static TheoryData<string, string, string, string> BadValues
    {
        get
        {
            var data = new TheoryData<string, string, string, string>();
            (string Where, string Body, string Words)[] doors =
            [
                ("/v1/traces", """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"@HEX32@","spanId":"@HEX16@","startTimeUnixNano":"@NS@","attributes":[{"key":"a","value":{"@KIND@":@BAD@}}]}]}]}]}""", "{}"),
                ("/v1/logs", """{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"@NS@","body":{"@KIND@":@BAD@}}]}]}]}""", "{}"),
                ("/1/batch/bad", """[{"data":{"n":1}},{"data":{"n":2,"bad":@BAD@}}]""", """[{"status":202},{"status":202}]"""),
                ("/1/events/bad", """{"n":1,"bad":@BAD@}""", ""),
                ("/api/1/item/", """{"access_token":"t","data":{"environment":"p","custom":{"bad":@BAD@},"body":{"message":{"body":"bad"}}}}""", "\"err\":0"),
                ("/TraceSegments", """{"TraceSegmentDocuments":[@DOCUMENT@]}""", "\"UnprocessedTraceSegments\":[]"),
                ("put", """{"logGroupName":"intake","logStreamName":"s","logEvents":[{"timestamp":@MS@,"message":@BAD@}]}""", "nextSequenceToken"),
            ];
            foreach (var (where, body, words) in doors)
            {
                data.Add(where, body, "\"half \\ud83d\"", words);
                data.Add(where, body, "\"bytes \u00ff\"", words);
                data.Add(where, body, "bom:\"text\"", words);
                // AWS' own protocol has no number there.
                if (where != "put")
                    data.Add(where, body, "NaN", words);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(BadValues))]
    public async Task One_bad_value_does_not_refuse_the_request(string where, string body, string bad, string words)
    {
        var value = bad.StartsWith("bom:", StringComparison.Ordinal) ? bad[4..] : bad;
        var document = $$$"""{"trace_id":"1-5759e988-@HEX24@","id":"@HEX16@","name":"bad","start_time":@SEC@,"end_time":@SEC@,"annotations":{"a":{{{value}}}}}""";
        body = body.Replace("@DOCUMENT@", "\"" + document.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"", StringComparison.Ordinal)
            .Replace("@KIND@", value == "NaN" ? "doubleValue" : "stringValue", StringComparison.Ordinal).Replace("@BAD@", value, StringComparison.Ordinal);
        // ÿ stands for the byte 0xFF, which is never UTF-8.
        var bytes = Encoding.Latin1.GetBytes(Fill(body));
        await ExpectAsync(where, bad.StartsWith("bom:", StringComparison.Ordinal) ? [0xef, 0xbb, 0xbf, .. bytes] : bytes, 200, words);
    }

    [Fact]
    public async Task A_request_of_more_records_than_one_may_have_is_refused()
    {
        static byte[] Field(int number, byte[] content)
        {
            var length = new List<byte>();
            for (var left = content.Length; ; left >>= 7)
            {
                length.Add((byte)(left > 127 ? (left & 127) | 128 : left));
                if (left <= 127)
                    break;
            }
            return [(byte)((number << 3) | 2), .. length, .. content];
        }

        byte[] Logs(int records) => Field(1, Field(2, [.. Enumerable.Repeat(new byte[] { 0x12, 0 }, records).SelectMany(b => b)]));
        await ExpectAsync("/v1/logs packed=application/x-protobuf", Logs(IngestLimits.MostRows), 200, "");
        await ExpectAsync("/v1/logs packed=application/x-protobuf", Logs(IngestLimits.MostRows + 1), 413, "more than 100000 records");
        await ExpectAsync("/v1/logs packed=application/x-protobuf", Logs(10_000_000), 413, "larger than the limit");
        var events = Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat("0", IngestLimits.MostBatchEvents + 1)) + "]");
        await ExpectAsync("/1/batch/many packed=application/json", events, 413, "more than 50000 events");
        var answer = await ExpectAsync("/1/batch/many packed=application/json", events[..^3].Append((byte)']').ToArray(), 200, "{\"status\":400");
        answer.Length.ShouldBeLessThan(1_000_000);
    }

    [Fact]
    public async Task Attributes_of_a_scope_are_not_repeated_without_end()
    {
        var spans = string.Join(',', Enumerable.Repeat("{}", 2_000));
        var body = $$$"""{"resourceLogs":[{"scopeLogs":[{"scope":{"name":"s","attributes":[{"key":"a","value":{"stringValue":"{{{new string('x', 100_000)}}}"}}]},"logRecords":[{{{spans}}}]}]}]}""";
        await ExpectAsync("/v1/logs packed=application/json", Encoding.UTF8.GetBytes(body), 413, "many times larger than the request");
    }

    [Fact]
    public async Task Long_keys_are_cut_and_counted()
    {
        var before = await CountAsync("repaired", "honeycomb events long-key");
        await ExpectAsync("/1/events/long", Encoding.UTF8.GetBytes($$"""{"{{new string('k', 5_000)}}":1,"n":1}"""), 200, "");
        (await CountAsync("repaired", "honeycomb events long-key")).ShouldBe(before + 1);
    }

    [Fact]
    public async Task Lines_with_future_times_are_reported_and_found()
    {
        const string body = """{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"fast-clock"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"@NS+2h@","body":{"stringValue":"ahead"}}]}]}]}""";
        await ExpectAsync("/v1/logs", Encoding.UTF8.GetBytes(Fill(body)), 200, "{}");
        var list = await _weir.JsonAsync("/api/logs/events?service=fast-clock", answer => answer["ahead"] is not null);
        ((long)list["ahead"]!["rows"]!).ShouldBe(1);
        list.Text("notice").ShouldContain("clock is ahead");
        var newest = DateTimeOffset.Parse(list["ahead"]!.Text("newest"), CultureInfo.InvariantCulture).AddSeconds(1);
        var found = await _weir.JsonAsync($"/api/logs/events?service=fast-clock&end={newest.ToUnixTimeMilliseconds()}", _ => true);
        found.List("events").Count.ShouldBe(1);
    }

    private async Task<string> ExpectAsync(string where, byte[] body, int status, string words)
    {
        var parts = where.Split(' ', 2);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(parts[0] == "put" ? "/" : parts[0], UriKind.Relative));
        var type = "application/json";
        var packed = false;
        if (parts is [_, var more] && more.StartsWith("packed=", StringComparison.Ordinal))
            (type, packed) = (more["packed=".Length..], true);
        else if (parts is [_, var header])
            request.Headers.TryAddWithoutValidation("X-Honeycomb-Event-Time", Fill(header["time=".Length..]));
        request.Headers.TryAddWithoutValidation("X-Honeycomb-Team", "t");
        if (parts[0] == "put")
        {
            await CreateStreamAsync();
            type = Amz;
            request.Headers.TryAddWithoutValidation("X-Amz-Target", "Logs_20140328.PutLogEvents");
        }
        if (packed)
        {
            using var stream = new MemoryStream();
            await using (var gzip = new GZipStream(stream, CompressionLevel.Optimal))
                await gzip.WriteAsync(body);
            body = stream.ToArray();
        }
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (packed)
            request.Content.Headers.ContentEncoding.Add("gzip");
        using var answer = await _weir.Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        foreach (var word in words.Split('|'))
            text.ShouldContain(word);
        return text;
    }

    private async Task CreateStreamAsync()
    {
        foreach (var (operation, body) in new[] { ("CreateLogGroup", """{"logGroupName":"intake"}"""), ("CreateLogStream", """{"logGroupName":"intake","logStreamName":"s"}""") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/", UriKind.Relative));
            request.Headers.TryAddWithoutValidation("X-Amz-Target", "Logs_20140328." + operation);
            request.Content = new StringContent(body, Encoding.UTF8, Amz);
            using var answer = await _weir.Client.SendAsync(request);
        }
    }

    /// <summary>E.g. <c>otlp spans expired</c> of <c>weir_ingest_dropped_total</c>.</summary>
    private async Task<double> CountAsync(string family, string counted)
    {
        var words = counted.Split(' ');
        var wanted = $"weir_ingest_{family}_total{{protocol=\"{words[0]}\",signal=\"{words[1]}\",reason=\"{words[2]}\"}} ";
        var text = await _weir.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith(wanted, StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[wanted.Length..], CultureInfo.InvariantCulture);
    }

    private static string Fill(string text)
    {
        var now = DateTimeOffset.UtcNow;
        return System.Text.RegularExpressions.Regex.Replace(
            text, "@(NS|MS|SEC|ISO|HEX)(?:(\\d+)|([+-])(\\d+)([dh]))?@", match =>
            {
                if (match.Groups[1].Value == "HEX")
                    return Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)];
                var hours = match.Groups[4].Success ? int.Parse(match.Groups[4].Value, CultureInfo.InvariantCulture) * (match.Groups[5].Value == "d" ? 24 : 1) : 0;
                var time = now.AddHours(match.Groups[3].Value == "-" ? -hours : hours);
                return match.Groups[1].Value switch
                {
                    "NS" => time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) + "000000",
                    "MS" => time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
                    "SEC" => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                    _ => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                };
            },
            System.Text.RegularExpressions.RegexOptions.None,
            TimeSpan.FromSeconds(5));
    }
}
