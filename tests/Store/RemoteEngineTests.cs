using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Weir.Core.Query;
using Weir.Protocols.Api;
using Weir.Store.Engine;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>The contract over TCP, as with a server.</summary>
// One after another: some tests occupy every connection for a moment.
[Collection("engine")]
public sealed class RemoteEngineTests(SharedEngine shared) : EngineContract
{
    protected override IEngine Engine => shared.Remote;

    [Fact]
    public async Task A_wrong_password_is_an_error_when_opening()
    {
        var fault = await Should.ThrowAsync<EngineException>(OpenAsync(shared.RemoteOptions with { Password = "wrong" }));
        fault.Kind.ShouldBe(EngineFault.Unavailable);
        fault.Code.ShouldBe(516);
        fault.Message.ShouldContain("Authentication failed");
    }

    [Fact]
    public async Task Compressed_both_ways_everything_is_the_same()
    {
        await using var engine = await OpenAsync(shared.RemoteOptions with { Compress = true });
        var table = await SpanLikeTableAsync();
        await engine.InsertAsync(table, SpanLikeColumns, SpanLikeStructure, [await NativeRowsAsync(0, 5000, 1)], "packed", CancellationToken.None);
        using var result = await engine.QueryAsync($"SELECT n FROM {table} ORDER BY n", [], "RowBinary", Limits, CancellationToken.None);
        result.Bytes.Length.ShouldBe(5000 * 8);
        BitConverter.ToInt64(result.Bytes.Span[^8..]).ShouldBe(4999);
    }

    private static Task<ClickHouseEngine> OpenAsync(RemoteEngineOptions options) =>
        ClickHouseEngine.OpenAsync(options, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
}

/// <summary>The contract on a real server: WEIR_TEST_CLICKHOUSE=clickhouse://user:password@host:8123/database.</summary>
[Collection("engine")]
public sealed class RealServerTests : EngineContract, IAsyncLifetime
{
    private ClickHouseEngine? _engine;

    protected override IEngine Engine => _engine!;

    public async ValueTask InitializeAsync()
    {
        var address = Environment.GetEnvironmentVariable("WEIR_TEST_CLICKHOUSE");
        Assert.SkipWhen(string.IsNullOrEmpty(address), "WEIR_TEST_CLICKHOUSE names no server");
        RemoteEngineOptions.TryParse(address!, out var options).ShouldBeTrue();
        _engine = await ClickHouseEngine.OpenAsync(options!, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
    }

    public ValueTask DisposeAsync() => _engine?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>Hosts that no healthy server is: silent, cut, in front of one, of another kind. Every failure is a typed one, in time.</summary>
public sealed class UnhealthyServerTests : IAsyncLifetime
{
    private readonly ScriptedPeer _peer = new();
    private ClickHouseEngine? _engine;

    public async ValueTask InitializeAsync() => _engine = await OpenAsync(Options());

    public async ValueTask DisposeAsync()
    {
        await _engine!.DisposeAsync();
        await _peer.DisposeAsync();
    }

    [Fact]
    public async Task Values_travel_beside_the_statement_never_in_it()
    {
        const string sql = "SELECT {x:String} AS v";
        await _engine!.QueryAsync(sql, [EngineParameter.Text("x", "' OR 1=1\n")], "TSV", QueryLimits.Default, CancellationToken.None);
        var request = _peer.Requests.Last(r => r.Body != "SELECT 1");
        request.Body.ShouldBe(sql);
        request.Field("param_x").ShouldBe("\\' OR 1=1\\n");
        request.Field("max_execution_time").ShouldBe("10");
        request.Field("output_format_binary_write_json_as_string").ShouldBe("1");
        request.Head.ShouldContain("Authorization: Basic ");
    }

    [Fact]
    public async Task No_address_is_long_whatever_the_values_are()
    {
        await _engine!.ExecuteAsync("SELECT {x:String}", [EngineParameter.Text("x", new string('x', 5_000_000))], CancellationToken.None);
        _peer.Requests.ShouldAllBe(r => r.Head.Length < 8192);
    }

    [Theory]
    [InlineData(
        "HTTP/1.1 200 OK\r\nX-ClickHouse-Exception-Tag: rndtag\r\nConnection: close\r\n\r\n1\n2\n\r\n__exception__\r\nrndtag\r\nCode: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)\n72 rndtag\r\n__exception__\r\n",
        EngineFault.MemoryLimit, "Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1\n", EngineFault.Unavailable, "does not answer")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n1\n\r\n", EngineFault.Unavailable, "does not answer")]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad", EngineFault.Unavailable, "502")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n", EngineFault.Unavailable, "302")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", EngineFault.Unavailable, "does not answer")]
    [InlineData("", EngineFault.Unavailable, "does not answer")]
    [InlineData("HTTP/1.1 500 no\r\nContent-Length: 89\r\n\r\nCode: 202. DB::Exception: Too many simultaneous queries. (TOO_MANY_SIMULTANEOUS_QUERIES)  ", EngineFault.Unavailable, "Too many")]
    [InlineData("HTTP/1.1 500 no\r\nX-ClickHouse-Exception-Code: 75\r\nContent-Length: 98\r\n\r\nCode: 75. DB::Exception: Cannot write to file /d/x, errno: 28, strerror: No space left on device  ", EngineFault.NoSpace, "No space left")]
    [InlineData("HTTP/1.1 403 no\r\nX-ClickHouse-Exception-Code: 497\r\nContent-Length: 97\r\n\r\nCode: 497. DB::Exception: weir: Not enough privileges. It's necessary to have the grant INSERT.  ", EngineFault.Unavailable, "Not enough privileges")]
    [InlineData("HTTP/1.1 500 no\r\nX-ClickHouse-Exception-Code: 164\r\nContent-Length: 66\r\n\r\nCode: 164. DB::Exception: Cannot execute query in readonly mode.  ", EngineFault.ReadOnly, "readonly mode")]
    [InlineData("HTTP/1.1 404 no\r\nX-ClickHouse-Exception-Code: 81\r\nContent-Length: 56\r\n\r\nCode: 81. DB::Exception: Database weir does not exist.  ", EngineFault.UnknownTableOrColumn, "does not exist")]
    [InlineData("HTTP/1.1 500 no\r\nX-ClickHouse-Exception-Code: 252\r\nContent-Length: 4\r\n\r\nwhat", EngineFault.TooManyParts, "what")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n", EngineFault.RowLimit, "more than")]
    public async Task Failures_without_a_response_have_a_fault_kind(string answer, EngineFault kind, string words)
    {
        _peer.Script = async (_, stream) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
            await stream.FlushAsync();
            // A whole answer leaves the connection open: closed, the next request could meet the end of it.
            if (!answer.EndsWith("what", StringComparison.Ordinal) && !answer.EndsWith("bad", StringComparison.Ordinal) && !answer.EndsWith("  ", StringComparison.Ordinal))
                stream.Close();
        };
        var fault = await Should.ThrowAsync<EngineException>(QueryAsync(CancellationToken.None));
        fault.Kind.ShouldBe(kind);
        fault.Message.ShouldContain(words);
        fault = await Should.ThrowAsync<EngineException>(_engine!.ExecuteAsync("SELECT 1", [], CancellationToken.None));
        fault.Kind.ShouldBe(kind);
        fault = await Should.ThrowAsync<EngineException>(_engine.InsertAsync("t", "a", "a UInt8", [new byte[] { 1 }], "x", CancellationToken.None));
        fault.Kind.ShouldBe(kind);
    }

    [Theory]
    [InlineData(202, EngineFault.Unavailable)]
    [InlineData(236, EngineFault.Unavailable)]
    [InlineData(241, EngineFault.MemoryLimit)]
    [InlineData(242, EngineFault.Unavailable)]
    [InlineData(243, EngineFault.NoSpace)]
    [InlineData(252, EngineFault.TooManyParts)]
    [InlineData(285, EngineFault.Unavailable)]
    [InlineData(286, EngineFault.Unavailable)]
    [InlineData(319, EngineFault.Unavailable)]
    [InlineData(1002, EngineFault.Unavailable)]
    public void Temporary_failures_are_transient(int code, EngineFault kind)
    {
        var fault = EngineException.Parse($"Code: {code}. DB::Exception: words (version 26.5.1.1 (official build))");
        fault.Kind.ShouldBe(kind);
        fault.IsTransient.ShouldBeTrue();
        fault.Message.ShouldBe("words");
    }

    [Theory]
    [InlineData("Code: 75. DB::Exception: Cannot write to file: /data/x, errno: 28, strerror: No space left on device. (CANNOT_WRITE_TO_FILE_DESCRIPTOR)", EngineFault.NoSpace)]
    [InlineData("Code: 76. DB::Exception: Cannot open file /data/x: errno: 30, strerror: Read-only file system. (CANNOT_OPEN_FILE)", EngineFault.Unavailable)]
    public void A_full_disk_is_recognised_by_its_message(string text, EngineFault kind) => EngineException.Parse(text).Kind.ShouldBe(kind);

    [Fact]
    public async Task A_read_is_repeated_once_when_the_server_went_away()
    {
        var cut = 0;
        _peer.Script = async (request, stream) =>
        {
            if (request.Body == "SELECT 2" && Interlocked.Increment(ref cut) == 1)
                stream.Close();
            else
                await stream.WriteAsync(ScriptedPeer.Answer("200 OK", "2\n"));
        };
        using var result = await _engine!.QueryAsync("SELECT 2", [], "TSV", QueryLimits.Default, CancellationToken.None);
        Encoding.UTF8.GetString(result.Bytes.Span).ShouldBe("2\n");
        cut.ShouldBe(2);
    }

    /// <summary>It takes connections and requests, and says nothing more.</summary>
    [Fact]
    public async Task Statements_fail_when_the_server_is_silent_and_later_ones_succeed_when_it_answers_again()
    {
        await using var engine = await OpenAsync(Options() with { Patience = TimeSpan.FromSeconds(1) });
        _peer.Script = static (_, _) => Task.Delay(Timeout.Infinite);
        var insert = engine.InsertAsync("t", "a", "a UInt8", [new byte[] { 1 }], "x", CancellationToken.None);
        var statement = engine.ExecuteAsync("SELECT 1", [], CancellationToken.None);
        (await Should.ThrowAsync<EngineException>(insert.WaitAsync(TimeSpan.FromSeconds(60)))).Kind.ShouldBe(EngineFault.Unavailable);
        (await Should.ThrowAsync<EngineException>(statement.WaitAsync(TimeSpan.FromSeconds(60)))).Kind.ShouldBe(EngineFault.Unavailable);
        engine.Status.State.ShouldBe(EngineState.Silent);
        engine.Status.Reason.ShouldContain("no answer for");
        _peer.Script = null;
        await engine.ExecuteAsync("SELECT 1", [], CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        for (var clock = Stopwatch.StartNew(); !engine.Status.IsReady; await Task.Delay(50))
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_caller_that_gives_up_on_a_silent_server_is_free_soon()
    {
        _peer.Script = static (_, _) => Task.Delay(Timeout.Infinite);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Should.ThrowAsync<OperationCanceledException>(QueryAsync(cancel.Token).WaitAsync(TimeSpan.FromSeconds(60)));
        _peer.Requests.ShouldContain(r => r.Body.StartsWith("KILL QUERY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silent_server_is_an_error_when_opening()
    {
        _peer.Script = static (_, _) => Task.Delay(Timeout.Infinite);
        var fault = await Should.ThrowAsync<EngineException>(OpenAsync(Options() with { Patience = TimeSpan.FromMilliseconds(500) }));
        fault.Kind.ShouldBe(EngineFault.Unavailable);
        fault.Message.ShouldContain($"127.0.0.1:{_peer.Port}");
    }

    /// <summary>A queue of connections that is full drops what asks for one more: as a host behind a firewall does.</summary>
    [Fact]
    public async Task A_host_that_refuses_connections_is_an_error_when_opening()
    {
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var address = (IPEndPoint)full.LocalEndPoint!;
        var waiting = Enumerable.Range(0, 4).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        foreach (var socket in waiting)
            _ = socket.ConnectAsync(address);
        await Task.Delay(100);
        var options = new RemoteEngineOptions(new Uri($"http://{address}"), "weir") { ConnectTimeout = TimeSpan.FromSeconds(0.5) };
        var fault = await Should.ThrowAsync<EngineException>(OpenAsync(options));
        fault.Kind.ShouldBe(EngineFault.Unavailable);
        fault.Message.ShouldContain(address.ToString());
        waiting.ForEach(static s => s.Dispose());
    }

    [Theory]
    [InlineData(1)]
    public async Task A_port_where_nothing_listens_is_named(int port)
    {
        var fault = await Should.ThrowAsync<EngineException>(OpenAsync(new RemoteEngineOptions(new Uri($"http://127.0.0.1:{port}"), "weir")));
        fault.Kind.ShouldBe(EngineFault.Unavailable);
        fault.Message.ShouldContain("127.0.0.1:1");
    }

    [Fact]
    public async Task A_server_that_is_not_clickhouse_is_an_error_when_opening()
    {
        _peer.Script = static async (_, stream) => await stream.WriteAsync(ScriptedPeer.Answer("200 OK", "<html>" + new string('x', 500)));
        (await Should.ThrowAsync<EngineException>(OpenAsync(Options()))).Message.ShouldContain("is not ClickHouse");
    }

    [Fact]
    public async Task Over_tls_only_a_trusted_certificate_is_talked_to()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var own = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, own.ExportCertificatePem());
        await using var peer = new ScriptedPeer
        {
            Wrap = async stream =>
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(own);
                return tls;
            },
        };
        RemoteEngineOptions.TryParse($"clickhouses://localhost:{peer.Port}/weir?ca={Uri.EscapeDataString(file)}", out var trusting).ShouldBeTrue();
        await using (var engine = await OpenAsync(trusting!))
            engine.Version.ShouldBe("26.5.1.1");
        var fault = await Should.ThrowAsync<EngineException>(OpenAsync(trusting! with { CertificateFile = null }));
        fault.Kind.ShouldBe(EngineFault.Unavailable);
        fault.Message.ShouldContain("certificate");
        File.Delete(file);
    }

    [Theory]
    [InlineData("clickhouse://me:p%40ss@db.example:9000/tele", "http://db.example:9000/", "me", "p@ss", "tele", false)]
    [InlineData("clickhouse://db.example", "http://db.example:8123/", "default", "", "weir", false)]
    [InlineData("clickhouses://db.example/x?compression=gzip", "https://db.example:8443/", "default", "", "x", true)]
    public void Addresses_are_read(string text, string endpoint, string user, string password, string database, bool compress)
    {
        RemoteEngineOptions.TryParse(text, out var options).ShouldBeTrue();
        options!.Endpoint.ToString().ShouldBe(endpoint);
        (options.User, options.Password, options.Database, options.Compress).ShouldBe((user, password, database, compress));
    }

    [Theory]
    [InlineData("http://db.example")]
    [InlineData("clickhouse://")]
    [InlineData("clickhouse://db/a;DROP")]
    [InlineData("clickhouse://db/a?compression=lzma")]
    [InlineData("clickhouse://db/a?ca=/x.pem")]
    [InlineData("db.example")]
    public void An_invalid_address_is_rejected(string text) => RemoteEngineOptions.TryParse(text, out _).ShouldBeFalse();

    private RemoteEngineOptions Options() => new(new Uri($"http://127.0.0.1:{_peer.Port}"), "weir");

    private Task<EngineResult> QueryAsync(CancellationToken ct) => _engine!.QueryAsync("SELECT 1", [], "TSV", QueryLimits.Default, ct);

    private static Task<ClickHouseEngine> OpenAsync(RemoteEngineOptions options) =>
        ClickHouseEngine.OpenAsync(options, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
}
