using System.Text;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Weir.Store.Engine;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>The contract over HTTP, and what only HTTP can do wrong.</summary>
// One after another: some tests occupy every connection for a moment.
[Collection("engine")]
public sealed class RemoteEngineTests(SharedEngine shared) : EngineContract, IAsyncLifetime
{
    private ClickHouseStub? _stub;
    private RemoteEngine? _engine;

    protected override IEngine Engine => _engine!;

    public async ValueTask InitializeAsync()
    {
        _stub = await ClickHouseStub.StartAsync(shared.Engine);
        _engine = await RemoteEngine.OpenAsync(Options(), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _engine!.DisposeAsync();
        await _stub!.DisposeAsync();
    }

    [Fact]
    public async Task Values_travel_beside_the_statement_never_in_it()
    {
        const string sql = "SELECT {x:String} AS v";
        using var result = await Engine.QueryAsync(sql, [EngineParameter.Text("x", "' OR 1=1\n")], "TSV", QueryLimits.Default, CancellationToken.None);
        var request = _stub!.Requests.Last();
        Encoding.UTF8.GetString(request.Body).ShouldBe(sql);
        request.Text("param_x").ShouldBe("\\' OR 1=1\\n");
        request.Text("max_execution_time").ShouldBe("10");
        request.Text("output_format_binary_write_json_as_string").ShouldBe("1");
        result.RowsRead.ShouldBe(1);
    }

    [Fact]
    public async Task Cancelling_kills_the_query_on_the_server()
    {
        using var cancel = new CancellationTokenSource();
        var query = Engine.QueryAsync(Endless, [], "TSV", QueryLimits.Default with { MaxTime = 10 * Waiting.Patience }, cancel.Token);
        await Waiting.UntilAsync(() => _stub!.Requests.Any(r => Encoding.UTF8.GetString(r.Body).Contains(Endless, StringComparison.Ordinal)), "the query to reach the server");
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(query);
        _stub!.Kills.ShouldBe(1);
    }

    [Fact]
    public async Task A_failure_in_the_middle_of_a_body_is_a_failure()
    {
        _stub!.Instead = static async context =>
        {
            context.Response.Headers["X-ClickHouse-Exception-Tag"] = "rndtag";
            await context.Response.WriteAsync("1\n2\n\r\n__exception__\r\nrndtag\r\nCode: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)\n72 rndtag\r\n__exception__\r\n");
        };
        var fault = await FailureAsync();
        fault.Kind.ShouldBe(EngineFault.MemoryLimit);
        fault.Message.ShouldBe("Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)");
    }

    [Fact]
    public async Task Stored_text_that_looks_like_a_failure_is_a_result()
    {
        const string text = "__exception__\r\nCode: 241. DB::Exception: no\r\n__exception__\r\n";
        using var result = await Engine.QueryAsync(
            "SELECT {x:String}", [EngineParameter.Text("x", text)], "RawBLOB", QueryLimits.Default, CancellationToken.None);
        Encoding.UTF8.GetString(result.Bytes.Span).ShouldBe(text);
    }

    [Fact]
    public async Task A_body_that_stops_is_unavailable()
    {
        _stub!.Instead = static async context =>
        {
            await context.Response.WriteAsync("1\n");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        (await FailureAsync()).Kind.ShouldBe(EngineFault.Unavailable);
    }

    [Fact]
    public async Task A_proxy_in_trouble_is_unavailable()
    {
        _stub!.Instead = static async context =>
        {
            context.Response.StatusCode = 502;
            await context.Response.WriteAsync("<html>bad gateway</html>");
        };
        var fault = await FailureAsync();
        fault.Kind.ShouldBe(EngineFault.Unavailable);
        fault.Message.ShouldContain("502");
    }

    [Fact]
    public async Task A_wrong_password_is_said_when_opening()
    {
        var fault = await Should.ThrowAsync<EngineException>(RemoteEngine.OpenAsync(Options() with { Password = "wrong" }, CancellationToken.None));
        fault.Kind.ShouldBe(EngineFault.Unavailable);
        fault.Code.ShouldBe(516);
        fault.Message.ShouldContain("Authentication failed");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        var fault = await Should.ThrowAsync<EngineException>(
            RemoteEngine.OpenAsync(new RemoteEngineOptions(new Uri("http://127.0.0.1:1"), "weir"), CancellationToken.None));
        fault.Kind.ShouldBe(EngineFault.Unavailable);
        fault.Message.ShouldContain("127.0.0.1:1");
    }

    [Theory]
    [InlineData("clickhouse://me:p%40ss@db.example:9000/tele", "http://db.example:9000/", "me", "p@ss", "tele")]
    [InlineData("clickhouse://db.example", "http://db.example:8123/", "default", "", "weir")]
    [InlineData("clickhouses://db.example/x", "https://db.example:8443/", "default", "", "x")]
    public void Addresses_are_read(string text, string endpoint, string user, string password, string database)
    {
        RemoteEngineOptions.TryParse(text, out var options).ShouldBeTrue();
        options!.Endpoint.ToString().ShouldBe(endpoint);
        (options.User, options.Password, options.Database).ShouldBe((user, password, database));
    }

    [Theory]
    [InlineData("http://db.example")]
    [InlineData("clickhouse://")]
    [InlineData("clickhouse://db/a;DROP")]
    [InlineData("db.example")]
    public void What_is_no_address_is_refused(string text) => RemoteEngineOptions.TryParse(text, out _).ShouldBeFalse();

    private RemoteEngineOptions Options() =>
        new(_stub!.Endpoint, ClickHouseStub.Database) { User = ClickHouseStub.User, Password = ClickHouseStub.Password };

    private Task<EngineException> FailureAsync() =>
        Should.ThrowAsync<EngineException>(Engine.QueryAsync("SELECT 1", [], "TSV", QueryLimits.Default, CancellationToken.None));
}
