using System.Globalization;
using System.Text.Json;
using Shouldly;
using Weir.Core.Query;
using Weir.Store.Engine;
using Weir.Store.Read;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>The engine writes, the reader reads: every type we use, and bytes that are damaged.</summary>
public sealed class RowBinaryReaderTests(SharedEngine shared)
{
    [Theory]
    [InlineData("toUInt8(255)", "255")]
    [InlineData("toUInt16(65535)", "65535")]
    [InlineData("toUInt32(4294967295)", "4294967295")]
    [InlineData("toUInt64('18446744073709551615')", "18446744073709551615ul")]
    [InlineData("toInt8(-128)", "-128")]
    [InlineData("toInt16(-32768)", "-32768")]
    [InlineData("toInt32(-2147483648)", "-2147483648")]
    [InlineData("toInt64('-9223372036854775808')", "-9223372036854775808")]
    [InlineData("toUInt128('340282366920938463463374607431768211455')", "340282366920938463463374607431768211455")]
    [InlineData("toInt128(-1)", "-1")]
    [InlineData("toFloat32(0.5)", "0.5d")]
    [InlineData("-1e300", "-1E+300d")]
    [InlineData("true", "true")]
    [InlineData("toDate('2026-01-02')", "@1767312000000000000")]
    [InlineData("toDateTime('2026-01-02 00:00:01', 'UTC')", "@1767312001000000000")]
    [InlineData("toDateTime64('2026-01-02 00:00:01.5', 3, 'UTC')", "@1767312001500000000")]
    [InlineData("toDateTime64('2026-01-02 00:00:01.123456789', 9, 'Europe/Berlin')", "@1767308401123456789")]
    [InlineData("CAST('a', 'Enum8(\\'a, b)\\' = 1, \\'a\\' = -2)')", "a")]
    [InlineData("CAST(1, 'Enum16(\\'it\\\\\\'s (x)\\' = 1)')", "it's (x)")]
    [InlineData("''", "")]
    [InlineData("'grün'", "grün")]
    [InlineData("toLowCardinality('z')", "z")]
    [InlineData("CAST(NULL, 'LowCardinality(Nullable(String))')", "null")]
    [InlineData("toFixedString('ab', 4)", "0x61620000")]
    [InlineData("toUUID('1e49ac5a-f867-3ee1-c266-6fa13a9d96b9')", "1e49ac5a-f867-3ee1-c266-6fa13a9d96b9")]
    [InlineData("NULL", "null")]
    [InlineData("toNullable(7)", "7")]
    [InlineData("[[1, 2], []]", "[[1,2],[]]")]
    [InlineData("['a', NULL]", "[a,null]")]
    [InlineData("[]::Array(Nothing)", "[]")]
    [InlineData("map('a', [1.5], 'b', [])", "{a:[1.5d],b:[]}")]
    [InlineData("map(1::UInt8, 'x')", "{1:x}")]
    [InlineData("tuple(1, 'x')", "[1,x]")]
    [InlineData("CAST((1, 'y'), 'Tuple(a UInt8, `b c` Nullable(String))')", "{a:1,b c:y}")]
    [InlineData("""'{"a":{"b":1},"c":"x"}'::JSON(max_dynamic_paths=16, a.b UInt32)""", """{"a":{"b":1},"c":"x"}""")]
    [InlineData("""('{"a":{"b":1}}'::JSON).a.b""", "1")]
    [InlineData("""('{"a":"s"}'::JSON).a""", "s")]
    [InlineData("""('{"a":1.5}'::JSON).a""", "1.5d")]
    [InlineData("""('{"a":true}'::JSON).a""", "true")]
    [InlineData("""('{"a":["x","y"]}'::JSON).a""", "[x,y]")]
    [InlineData("""('{"a":[{"k":1}]}'::JSON).a""", """[{"k":1}]""")]
    [InlineData("""('{"b":1}'::JSON).a""", "null")]
    [InlineData("map('k', 1)::Dynamic", "{k:1}")]
    [InlineData("toDateTime64('2026-01-02 00:00:01.5', 3, 'UTC')::Dynamic", "@1767312001500000000")]
    [InlineData("sumSimpleState(1)", "1ul")]
    public async Task Values_of_every_type(string expression, string expected)
    {
        using var result = await QueryAsync($"SELECT 'before' AS a, {expression} AS v, 'after' AS z");
        var reader = new RowBinaryReader(result.Bytes);
        reader.Columns.Select(static c => c.Name).ShouldBe(["a", "v", "z"]);
        reader.NextRow().ShouldBeTrue();
        reader.GetString(0).ShouldBe("before");
        reader.GetString(2).ShouldBe("after");
        var value = reader.GetValue(1);
        Show(value).ShouldBe(expected);
        reader.IsNull(1).ShouldBe(value is null);
        reader.NextRow().ShouldBeFalse();
    }

    [Fact]
    public async Task Getters_read_rows_in_order()
    {
        using var result = await QueryAsync(
            """
            SELECT number AS n, toInt32(number) - 1 AS i, number / 2 AS f, 's' || toString(number) AS s, toFixedString('ab', 2) AS x,
                number % 2 = 0 AS even, if(number = 1, NULL, number) AS maybe, range(number) AS r, map('k', number) AS m,
                toDateTime64(number, 9, 'UTC') AS t
            FROM numbers(3) ORDER BY n
            """);
        var reader = new RowBinaryReader(result.Bytes);
        var s = reader.Ordinal("s");
        for (var row = 0; row < 3; row++)
        {
            reader.NextRow().ShouldBeTrue();
            reader.GetUInt64(0).ShouldBe((ulong)row);
            reader.GetInt64(0).ShouldBe(row);
            reader.GetInt64(1).ShouldBe(row - 1);
            reader.GetDouble(2).ShouldBe(row / 2.0);
            reader.GetDouble(1).ShouldBe(row - 1);
            reader.GetString(s).ShouldBe($"s{row}");
            reader.GetBytes(4).SequenceEqual("ab"u8).ShouldBeTrue();
            reader.GetBool(5).ShouldBe(row % 2 == 0);
            reader.IsNull(6).ShouldBe(row == 1);
            reader.GetArray(7).Length.ShouldBe(row);
            reader.GetMap(8)["k"].ShouldBe((ulong)row);
            reader.GetInstant(9).ShouldBe(new Instant(row * 1_000_000_000L));
        }

        reader.NextRow().ShouldBeFalse();
        Should.Throw<EngineException>(() => reader.Ordinal("nope")).Kind.ShouldBe(EngineFault.UnknownTableOrColumn);
    }

    [Fact]
    public async Task A_getter_of_the_wrong_type_throws()
    {
        using var result = await QueryAsync("SELECT 'x' AS s, CAST(NULL, 'Nullable(Int64)') AS n, -1 AS m");
        var reader = new RowBinaryReader(result.Bytes);
        reader.NextRow().ShouldBeTrue();
        foreach (var misuse in new Action[] { () => reader.GetInt64(0), () => reader.GetInt64(1), () => reader.GetUInt64(2), () => reader.GetString(2), () => reader.GetArray(0) })
            Should.Throw<EngineException>(misuse).Kind.ShouldBe(EngineFault.TypeMismatch);
    }

    [Fact]
    public async Task No_rows_still_have_columns()
    {
        using var result = await QueryAsync("SELECT number AS n FROM numbers(5) WHERE n > 10");
        var reader = new RowBinaryReader(result.Bytes);
        reader.NextRow().ShouldBeFalse();
        new RowBinaryReader(default).NextRow().ShouldBeFalse();
    }

    [Theory]
    [InlineData("Decimal(9, 2)")]
    [InlineData("Array(")]
    [InlineData("Array(String")]
    [InlineData("Array(String))")]
    [InlineData("Enum8('a' = )")]
    [InlineData("Enum8('a = 1)")]
    [InlineData("FixedString(99999999999)")]
    [InlineData("Tuple()")]
    [InlineData("JSON(((")]
    [InlineData("")]
    public void Unknown_types_are_errors_with_their_names(string type) =>
        Should.Throw<EngineException>(() => TypeParser.Parse(type)).Kind.ShouldBe(EngineFault.MalformedResult);

    [Fact]
    public void A_type_cannot_be_nested_without_end() =>
        Should.Throw<EngineException>(() => TypeParser.Parse(string.Concat(Enumerable.Repeat("Array(", 10_000)))).Kind.ShouldBe(EngineFault.MalformedResult);

    [Fact]
    [Trait("kind", "fuzz")]
    public async Task Damaged_bytes_are_an_engine_exception_and_nothing_else()
    {
        using var result = await QueryAsync(
            """
            SELECT number AS n, toLowCardinality('svc') AS s, [number, 1] AS a, [['x'], []] AS aa, map('k', 1.5) AS m, if(number = 1, NULL, 'v') AS o,
                CAST((1, 'y'), 'Tuple(a UInt8, b String)') AS t, CAST('a', 'Enum8(\'a\' = 1)') AS e, toFixedString('ab', 16) AS f,
                ('{"a":[1,"x",{"k":2}]}'::JSON).a AS d, '{"q":1}'::JSON AS j
            FROM numbers(3)
            """);
        var good = result.Bytes.ToArray();
        var random = Fuzz.Random(4711);
        var refused = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = good.ToArray();
            for (var i = random.Next(1, 4); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (round % 3 == 0)
                bytes = bytes[..random.Next(bytes.Length)];
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ReadAll(bytes);
            }
            catch (EngineException)
            {
                refused++;
            }

            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000_000);
        }

        ReadAll(good).ShouldBe(3);
        refused.ShouldBeGreaterThan(1_000);
    }

    private static int ReadAll(byte[] bytes)
    {
        var rows = 0;
        var reader = new RowBinaryReader(bytes);
        while (reader.NextRow())
        {
            rows++;
            for (var i = 0; i < reader.Columns.Count; i++)
                reader.GetValue(i);
        }

        return rows;
    }

    private static string Show(object? value) => value switch
    {
        null => "null",
        string text => text,
        bool yes => yes ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture) + "d",
        ulong number => number.ToString(CultureInfo.InvariantCulture) + "ul",
        long number => number.ToString(CultureInfo.InvariantCulture),
        byte[] bytes => "0x" + Convert.ToHexStringLower(bytes),
        Instant time => "@" + time.UnixNanoseconds.ToString(CultureInfo.InvariantCulture),
        object?[] items => $"[{string.Join(',', items.Select(Show))}]",
        IReadOnlyDictionary<string, object?> map => $"{{{string.Join(',', map.Select(p => $"{p.Key}:{Show(p.Value)}"))}}}",
        _ => throw new JsonException($"unexpected {value.GetType()}"),
    };

    private Task<EngineResult> QueryAsync(string sql) =>
        shared.Engine.QueryAsync(sql, [], "RowBinaryWithNamesAndTypes", QueryLimits.Default, CancellationToken.None);
}
