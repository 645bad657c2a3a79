using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Shouldly;
using Weir.Core.Query;
using Weir.Store.Engine;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>The engine's process as any HTTP client of ClickHouse meets it: statuses, headers and limits are a server's.</summary>
[Collection("engine")]
public sealed class EngineHostTests(SharedEngine shared) : IDisposable
{
    private readonly HttpClient _client = new()
    {
        BaseAddress = shared.RemoteOptions.Endpoint,
        DefaultRequestHeaders =
        {
            Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{SharedEngine.User}:{SharedEngine.Password}"))),
        },
    };

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("/ping", "", 200, 0, "Ok.")]
    [InlineData("/", "SELECT 1", 200, 0, "1")]
    [InlineData("/?query=SELECT%202", "", 200, 0, "2")]
    [InlineData("/?query=SELECT", "3", 200, 0, "3")]
    [InlineData("/?param_x=4", "SELECT {x:UInt8}", 200, 0, "4")]
    [InlineData("/?default_format=JSONEachRow", "SELECT 5 AS a", 200, 0, "{\"a\":5}")]
    [InlineData("/", "SELECT 6 FORMAT CSV", 200, 0, "6")]
    [InlineData("/?limit=1", "SELECT number FROM numbers(9) SETTINGS max_threads = 1", 200, 0, "0")]
    [InlineData("/", "SELECT getSetting('max_result_rows')", 200, 0, "0")]
    [InlineData("/", "SELEC 1", 400, 62, "SYNTAX_ERROR")]
    [InlineData("/", "SELECT * FROM nobody", 404, 60, "UNKNOWN_TABLE")]
    [InlineData("/?database=nobody", "SELECT 1", 404, 81, "UNKNOWN_DATABASE")]
    [InlineData("/?no_such_setting=1", "SELECT 1", 404, 115, "UNKNOWN_SETTING")]
    [InlineData("/?a%27b=1", "SELECT 1", 404, 115, "UNKNOWN_SETTING")]
    [InlineData("/?readonly=1", "CREATE TABLE nobody (a UInt8) ENGINE = Memory", 500, 164, "READONLY")]
    [InlineData("/?query=INSERT%20INTO%20nobody%20FORMAT%20TSV", "1", 404, 60, "UNKNOWN_TABLE")]
    [InlineData("/?query_id=a%27b", "SELECT 1", 400, 36, "BAD_ARGUMENTS")]
    [InlineData("/nowhere", "SELECT 1", 404, 0, "There is no handle")]
    public async Task Statements_are_answered_as_a_server_answers_them(string address, string body, int status, int code, string words)
    {
        using var response = await _client.PostAsync(address, new StringContent(body));
        var text = await response.Content.ReadAsStringAsync();
        text.ShouldContain(words);
        ((int)response.StatusCode).ShouldBe(status, text);
        if (code == 0)
            return;
        response.Headers.GetValues("X-ClickHouse-Exception-Code").ShouldBe([$"{code}"]);
        text.ShouldStartWith($"Code: {code}. DB::Exception: ");
        EngineException.Parse(text).Code.ShouldBe(code);
    }

    [Theory]
    [InlineData(null, 403)]
    [InlineData("Basic bm9ib2R5Om5vYm9keQ==", 403)]
    [InlineData("Basic !!", 403)]
    [InlineData("Bearer x", 403)]
    public async Task Without_the_password_nothing_is_answered(string? authorization, int status)
    {
        using var client = new HttpClient { BaseAddress = _client.BaseAddress };
        if (authorization is not null)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        using var response = await client.PostAsync("/", new StringContent("SELECT 1"));
        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldContain("Authentication failed");
    }

    [Fact]
    public async Task A_get_reads_only()
    {
        (await _client.GetStringAsync("/?query=SELECT%201")).ShouldBe("1\n");
        using var response = await _client.GetAsync("/?query=CREATE%20TABLE%20nobody%20(a%20UInt8)%20ENGINE%20=%20Memory");
        (await response.Content.ReadAsStringAsync()).ShouldContain("READONLY");
    }

    [Fact]
    public async Task A_response_has_query_id_format_and_statistics()
    {
        using var response = await _client.PostAsync("/?query_id=my-id.1&default_format=TSV", new StringContent("SELECT sum(number) FROM numbers(1000)"));
        response.Headers.GetValues("X-ClickHouse-Query-Id").ShouldBe(["my-id.1"]);
        response.Headers.GetValues("X-ClickHouse-Format").ShouldBe(["TSV"]);
        response.Headers.GetValues("X-ClickHouse-Summary").Single().ShouldContain("\"read_rows\":\"1000\",\"read_bytes\":\"8000\"");
    }

    /// <summary>With a length, in chunks, compressed; binary rows with every byte in them.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Rows_come_in_bodies_of_any_kind_and_without_their_structure(bool chunked, bool gzip)
    {
        var table = SharedEngine.NewTable("bodies");
        await RunAsync($"CREATE TABLE {table} (a UInt32, b String) ENGINE = MergeTree ORDER BY a");
        var rows = new MemoryStream();
        for (var i = 0; i < 50_000; i++)
        {
            rows.Write(BitConverter.GetBytes(i));
            rows.Write([4, (byte)i, (byte)(i >> 8), (byte)'\n', (byte)'\'']);
        }
        HttpContent content = new ByteArrayContent(rows.ToArray());
        if (gzip)
            content = new GzipContent(content);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/?query=INSERT%20INTO%20{table}%20(a,%20b)%20FORMAT%20RowBinary") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await _client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        (await RunAsync($"SELECT count(), sum(a), uniqExact(b) FROM {table}")).ShouldBe("50000\t1249975000\t50000\n");
    }

    [Fact]
    public async Task A_field_of_128_kib_is_accepted_and_a_larger_one_is_rejected()
    {
        async Task<HttpResponseMessage> SendAsync(int length)
        {
            using var form = new MultipartFormDataContent
            {
                { new StringContent("SELECT length({x:String})"), "query" },
                { new StringContent(new string('x', length)), "param_x" },
            };
            return await _client.PostAsync("/", form);
        }

        (await (await SendAsync(128 << 10)).Content.ReadAsStringAsync()).ShouldBe("131072\n");
        (await SendAsync((128 << 10) + 1)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task An_address_past_a_mebibyte_is_refused_and_the_next_request_is_answered()
    {
        // Fields of a legal size each.
        var address = "/?" + string.Join('&', Enumerable.Range(0, 12).Select(i => $"param_p{i}={new string('x', 100_000)}"));
        try
        {
            using var response = await _client.PostAsync(address, new StringContent("SELECT 1"));
            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }
        catch (HttpRequestException)
        {
            // The connection was closed while the address was still being sent.
        }
        (await RunAsync("SELECT 1")).ShouldBe("1\n");
    }

    [Fact]
    public async Task A_damaged_body_is_that_requests_failure()
    {
        var process = shared.Process.ProcessId;
        var content = new ByteArrayContent([1, 2, 3, 4, 5]);
        content.Headers.ContentEncoding.Add("gzip");
        using var response = await _client.PostAsync("/", content);
        response.IsSuccessStatusCode.ShouldBeFalse();
        (await RunAsync("SELECT 1")).ShouldBe("1\n");
        shared.Process.ProcessId.ShouldBe(process);
    }

    [Fact]
    public async Task A_running_statement_is_listed_and_can_be_killed_and_its_id_is_in_use()
    {
        var running = _client.PostAsync("/?query_id=endless&max_execution_time=600", new StringContent("SELECT sum(sipHash64(number)) FROM numbers(100000000000)"));
        await Waiting.UntilAsync(
            async () => await RunAsync("SELECT count() FROM system.processes WHERE query_id = 'endless'") == "1\n", "the statement to be listed");
        using (var second = await _client.PostAsync("/?query_id=endless", new StringContent("SELECT 2")))
            (await second.Content.ReadAsStringAsync()).ShouldStartWith("Code: 216. ");
        await RunAsync("KILL QUERY WHERE query_id = 'endless' ASYNC");
        using var response = await running.WaitAsync(Waiting.Patience);
        (await response.Content.ReadAsStringAsync()).ShouldStartWith("Code: 394. ");
    }

    private async Task<string> RunAsync(string sql)
    {
        using var response = await _client.PostAsync("/", new StringContent(sql));
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return text;
    }
}
