using System.Diagnostics;
using System.Text;
using Shouldly;
using Weir.Core.Query;
using Weir.Store.Engine;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>What every engine does. One class a kind of engine runs all of it.</summary>
public abstract class EngineContract
{
    private protected static readonly QueryLimits Limits = QueryLimits.Default;

    /// <summary>Texts that break out of careless quoting, and bytes that are no text.</summary>
    public static TheoryData<byte[]> HostileStrings { get; } = new(
        "it's"u8.ToArray(),
        "'; DROP TABLE t; --"u8.ToArray(),
        "a\\b"u8.ToArray(),
        "a\\nb"u8.ToArray(),
        "\\"u8.ToArray(),
        "\\N"u8.ToArray(),
        "tab\tnewline\nreturn\r\n"u8.ToArray(),
        "nul\0in the middle\0"u8.ToArray(),
        "{x:String}"u8.ToArray(),
        "`\"/* -- #"u8.ToArray(),
        ""u8.ToArray(),
        [0xFF, 0xFE, 0xC0, 0x80, 0xED, 0xA0, 0x80],
        [.. Enumerable.Range(0, 256).Select(static i => (byte)i)],
        Encoding.UTF8.GetBytes(new string('x', 100_000) + "'"));

    protected abstract IEngine Engine { get; }

    [Fact]
    public void States_its_version() => Engine.Version.ShouldMatch(@"^\d+\.\d+\.");

    [Theory]
    [MemberData(nameof(HostileStrings))]
    public async Task Bound_strings_come_back_byte_for_byte(byte[] value)
    {
        using var result = await QueryAsync("SELECT {x:String}", "RawBLOB", EngineParameter.Bytes("x", value));
        result.Bytes.ToArray().ShouldBe(value);
    }

    /// <summary>A field over HTTP has at most 128 KiB; values past that are put together again by the engine.</summary>
    [Theory]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(1_000_000)]
    public async Task Long_values_come_back_byte_for_byte(int length)
    {
        var random = new Random(length);
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
            bytes[i] = "\\'\n\0ab{},"u8[random.Next(9)];
        using var text = await QueryAsync("SELECT {x:String}", "RawBLOB", EngineParameter.Bytes("x", bytes));
        text.Bytes.ToArray().ShouldBe(bytes);
        var values = Enumerable.Range(0, length / 100).Select(i => $"value '{i}', [of] {length}\\").ToList();
        using var list = await QueryAsync("SELECT arrayStringConcat({x:Array(String)}, '|')", "RawBLOB", EngineParameter.Texts("x", values));
        Encoding.UTF8.GetString(list.Bytes.Span).ShouldBe(string.Join('|', values));
    }

    [Fact]
    public async Task A_statement_longer_than_servers_take_is_too_complex() =>
        (await FaultOf("SELECT " + string.Join(" + ", Enumerable.Repeat("1", 100_000)))).Kind.ShouldBe(EngineFault.TooComplex);

    [Fact]
    public async Task A_large_result_comes_whole()
    {
        using var result = await Engine.QueryAsync(
            "SELECT number FROM numbers(4000000)", [], "RowBinary", Limits with { MaxResultRows = 4_000_000 }, CancellationToken.None);
        result.Bytes.Length.ShouldBe(32_000_000);
        for (var i = 0; i < 4_000_000; i += 99_991)
            BitConverter.ToInt64(result.Bytes.Span.Slice(i * 8, 8)).ShouldBe(i);
    }

    [Fact]
    public async Task Bound_values_of_every_kind_are_read_as_their_type()
    {
        using var result = await QueryAsync(
            "SELECT {a:Int64}, {b:UInt64}, {c:Float64}, {d:Bool}, {e:Nullable(String)} IS NULL, {f:Array(String)}, {g:DateTime64(9)}, {h:Array(Int64)}, {n:Nullable(String)}",
            "JSONCompactEachRow",
            EngineParameter.Int64("a", long.MinValue),
            EngineParameter.UInt64("b", ulong.MaxValue),
            EngineParameter.Float64("c", 0.1),
            EngineParameter.Bool("d", true),
            EngineParameter.Null("e"),
            EngineParameter.Texts("f", ["a'b", "c\\d", "e\nf", "", "g,h]"]),
            EngineParameter.Nanoseconds("g", 1_700_000_000_123_456_789),
            EngineParameter.Int64s("h", [1, -2]),
            EngineParameter.Text("n", "\\N"));
        Encoding.UTF8.GetString(result.Bytes.Span).Trim().ShouldBe(
            """[-9223372036854775808, 18446744073709551615, 0.1, true, 1, ["a'b","c\\d","e\nf","","g,h]"], "2023-11-14 22:13:20.123456789", [1,-2], "\\N"]""");
    }

    [Fact]
    public async Task A_value_that_is_not_of_its_type_is_refused() =>
        (await FaultOf("SELECT {x:UInt64}", EngineParameter.Text("x", "1 OR 1=1"))).Kind.ShouldBe(EngineFault.TypeMismatch);

    [Theory]
    [InlineData("SELEC 1", EngineFault.Syntax, 62)]
    [InlineData("SELECT nofunction(1)", EngineFault.Syntax, 46)]
    [InlineData("SELECT * FROM no_such_table", EngineFault.UnknownTableOrColumn, 60)]
    [InlineData("SELECT no_such_column FROM system.one", EngineFault.UnknownTableOrColumn, 47)]
    [InlineData("SELECT toUInt8('x')", EngineFault.TypeMismatch, 6)]
    [InlineData("CREATE TABLE readonly_must_stop_this (a UInt8) ENGINE = Memory", EngineFault.ReadOnly, 164)]
    [InlineData("SELECT * FROM file('/etc/passwd', LineAsString)", EngineFault.ReadOnly, 164)]
    public async Task Faults_have_a_kind_and_a_number(string sql, EngineFault kind, int code)
    {
        var fault = await FaultOf(sql);
        fault.Kind.ShouldBe(kind);
        fault.Code.ShouldBe(code);
        fault.Message.ShouldNotBeNullOrWhiteSpace();
        fault.Message.ShouldNotStartWith("Code:");
    }

    [Fact]
    public async Task Table_names_do_not_reach_files() =>
        (await FaultOf("SELECT * FROM `/etc/hostname`")).Kind.ShouldBe(EngineFault.UnknownTableOrColumn);

    [Fact]
    public async Task A_query_stops_at_its_time_limit()
    {
        var fault = await FaultOf(Endless, Limits with { MaxTime = TimeSpan.FromSeconds(0.3) }).WaitAsync(Waiting.Patience);
        fault.Kind.ShouldBe(EngineFault.TimeLimit);
    }

    [Fact]
    public async Task A_query_stops_at_its_memory_limit() =>
        (await FaultOf("SELECT groupArray(number) FROM numbers(100000000)", Limits with { MaxMemoryBytes = 50_000_000 }))
            .Kind.ShouldBe(EngineFault.MemoryLimit);

    [Fact]
    public async Task A_query_stops_at_its_row_limit() =>
        (await FaultOf("SELECT number FROM numbers(100)", Limits with { MaxResultRows = 10 })).Kind.ShouldBe(EngineFault.RowLimit);

    [Fact]
    public async Task Or_gives_the_first_rows()
    {
        using var result = await Engine.QueryAsync(
            "SELECT number FROM numbers(100) ORDER BY number -- a comment at the end", [], "TSV",
            Limits with { MaxResultRows = 3, OnMoreRows = RowOverflow.Break }, CancellationToken.None);
        Encoding.UTF8.GetString(result.Bytes.Span).ShouldBe("0\n1\n2\n");
    }

    [Fact]
    public async Task A_cancelled_query_stops_inside_the_engine()
    {
        using var cancel = new CancellationTokenSource();
        var name = Guid.NewGuid().ToString("N");
        // Its own limit comes long after the patience for its end.
        var query = Engine.QueryAsync(Endless, [], "TSV", Limits with { MaxTime = 10 * Waiting.Patience, Name = name }, cancel.Token);
        await Waiting.UntilAsync(async () => await Engine.ProgressAsync(name, CancellationToken.None) is { RowsRead: > 0 }, "the query to run");
        query.IsCompleted.ShouldBeFalse();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(query.WaitAsync(Waiting.Patience));
        await Waiting.UntilAsync(async () => await Engine.ProgressAsync(name, CancellationToken.None) is null, "the query to end inside the engine");
    }

    [Fact]
    public async Task A_running_query_reports_its_progress()
    {
        var name = Guid.NewGuid().ToString("N");
        (await Engine.ProgressAsync(name, CancellationToken.None)).ShouldBeNull();
        using var cancel = new CancellationTokenSource();
        var query = Engine.QueryAsync(Endless, [], "TSV", Limits with { MaxTime = 10 * Waiting.Patience, Name = name }, cancel.Token);
        QueryProgress? seen = null;
        for (var clock = Stopwatch.StartNew(); seen is not { RowsRead: > 0 } && clock.Elapsed < Waiting.Patience; await Task.Delay(20))
            seen = await Engine.ProgressAsync(name, CancellationToken.None);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(query);
        seen.ShouldNotBeNull();
        seen.RowsRead.ShouldBeInRange(1, 100_000_000_000);
        seen.TotalRows.ShouldBe(100_000_000_000);
        seen.BytesRead.ShouldBe(seen.RowsRead * 8);
        seen.MemoryBytes.ShouldBeGreaterThan(0);
        // A server may take a moment to let go of what was cancelled.
        for (var clock = Stopwatch.StartNew(); seen is not null && clock.Elapsed < Waiting.Patience; await Task.Delay(20))
            seen = await Engine.ProgressAsync(name, CancellationToken.None);
        seen.ShouldBeNull();
    }

    [Fact]
    public async Task Statements_change_tables_and_bind_values()
    {
        var table = SharedEngine.NewTable("statements");
        await Engine.ExecuteAsync($"CREATE TABLE {table} (a String) ENGINE = MergeTree ORDER BY a", [], CancellationToken.None);
        await Engine.ExecuteAsync(
            $"INSERT INTO {table} SELECT {{v:String}}", [EngineParameter.Text("v", "x'); DROP TABLE y; --")], CancellationToken.None);
        (await ScalarAsync($"SELECT a FROM {table}")).ShouldBe("x'); DROP TABLE y; --");
        await Engine.ExecuteAsync($"DROP TABLE {table}", [], CancellationToken.None);
        (await FaultOf($"SELECT * FROM {table}")).Kind.ShouldBe(EngineFault.UnknownTableOrColumn);
    }

    [Theory]
    [InlineData(1, "one day")]
    [InlineData(3, "several partitions")]
    public async Task Blocks_are_stored_once_per_token(int days, string name)
    {
        name.ShouldNotBeEmpty();
        var table = await SpanLikeTableAsync();
        var blocks = new List<ReadOnlyMemory<byte>>();
        for (var i = 0; i < 10; i++)
            blocks.Add(await NativeRowsAsync(i * 100, 100, days));
        for (var attempt = 0; attempt < 3; attempt++)
            await InsertAsync(table, blocks, "segment-1");
        (await ScalarAsync($"SELECT count(), uniqExact(n), uniqExact(toDate(t)) FROM {table}")).ShouldBe($"1000\t1000\t{days}");
        (await ScalarAsync($"SELECT count() FROM system.parts WHERE database = currentDatabase() AND table = '{table}' AND level = 0"))
            .ShouldBe(days.ToString());
        await InsertAsync(table, blocks, "segment-2");
        (await ScalarAsync($"SELECT count() FROM {table}")).ShouldBe("2000");
        (await ScalarAsync($"SELECT attrs.http.status FROM {table} WHERE n = 7 LIMIT 1")).ShouldBe("207");
    }

    [Fact]
    public async Task A_block_cut_in_the_middle_is_refused_and_stores_nothing()
    {
        var table = await SpanLikeTableAsync();
        var block = await NativeRowsAsync(0, 100, 1);
        var fault = await Should.ThrowAsync<EngineException>(InsertAsync(table, [block[..(block.Length / 2)]], "cut"));
        fault.Message.ShouldNotBeNullOrWhiteSpace();
        (await ScalarAsync($"SELECT count() FROM {table}")).ShouldBe("0");
    }

    [Fact]
    public async Task Reads_and_inserts_run_side_by_side()
    {
        var table = await SpanLikeTableAsync();
        var block = await NativeRowsAsync(0, 100, 1);
        await InsertAsync(table, [block], "before");
        using var cancel = new CancellationTokenSource();
        var slow = Enumerable.Range(0, 4)
            .Select(_ => Engine.QueryAsync(Endless, [], "TSV", Limits with { MaxTime = 10 * Waiting.Patience }, cancel.Token)).ToList();
        await InsertAsync(table, [block], "beside").WaitAsync(Waiting.Patience);
        await cancel.CancelAsync();
        foreach (var query in slow)
            await Should.ThrowAsync<OperationCanceledException>(query);
        (await ScalarAsync($"SELECT count() FROM {table}")).ShouldBe("200");
    }

    protected const string Endless = "SELECT sum(sipHash64(number, 4711)) FROM numbers(100000000000)";

    protected async Task<string> ScalarAsync(string sql)
    {
        using var result = await QueryAsync(sql, "TSVRaw");
        return Encoding.UTF8.GetString(result.Bytes.Span).TrimEnd('\n');
    }

    protected const string SpanLikeColumns = "t, n, service, attrs";

    protected const string SpanLikeStructure = "t DateTime64(9), n UInt64, service LowCardinality(String), attrs JSON(max_dynamic_paths=32)";

    protected static string SpanLikeTable(string name) =>
        $"""
        CREATE TABLE {name} ({SpanLikeStructure})
        ENGINE = MergeTree PARTITION BY toDate(t) ORDER BY (service, t) SETTINGS non_replicated_deduplication_window = 1000
        """;

    protected async Task<string> SpanLikeTableAsync()
    {
        var table = SharedEngine.NewTable("blocks");
        await Engine.ExecuteAsync(SpanLikeTable(table), [], CancellationToken.None);
        return table;
    }

    protected async Task<ReadOnlyMemory<byte>> NativeRowsAsync(int from, int count, int days)
    {
        using var result = await QueryAsync(
            $$"""
            SELECT toDateTime64('2026-11-01 00:00:00', 9, 'UTC') + (number % {{days}}) * 86400 AS t, number AS n,
                toLowCardinality('svc' || toString(number % 7)) AS service,
                ('{"http":{"method":"GET","status":' || toString(200 + number) || '},"user":"u' || toString(number) || '"}')::JSON(max_dynamic_paths=32) AS attrs
            FROM numbers({{from}}, {{count}})
            """,
            "Native");
        return result.Bytes.ToArray();
    }

    protected Task InsertAsync(string table, IReadOnlyList<ReadOnlyMemory<byte>> blocks, string token) =>
        Engine.InsertAsync(table, SpanLikeColumns, SpanLikeStructure, blocks, token, CancellationToken.None);

    private Task<EngineResult> QueryAsync(string sql, string format, params EngineParameter[] parameters) =>
        Engine.QueryAsync(sql, parameters, format, Limits, CancellationToken.None);

    private protected async Task<EngineException> FaultOf(string sql, params EngineParameter[] parameters) =>
        await Should.ThrowAsync<EngineException>(QueryAsync(sql, "TSV", parameters));

    private protected async Task<EngineException> FaultOf(string sql, QueryLimits limits) =>
        await Should.ThrowAsync<EngineException>(Engine.QueryAsync(sql, [], "TSV", limits, CancellationToken.None));
}
