using System.Buffers.Binary;
using System.Net;
using System.Text;
using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Honeycomb.In;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Honeycomb;

/// <summary>Events in MessagePack: what every form of a value becomes, what broken bytes are told, and the requests of real senders.</summary>
public sealed class MsgPackTests
{
    private const long ReceivedAt = 1_795_176_100_000_000_000;

    public static TheoryData<string, string, object?> Values => new()
    {
        { "fixint", "07", 7L },
        { "negative fixint", "F9", -7L },
        { "uint 8", "CCFF", 255L },
        { "uint 16", "CDFFFF", 65535L },
        { "uint 32", "CEFFFFFFFF", 4294967295L },
        { "uint 64", "CF7FFFFFFFFFFFFFFF", long.MaxValue },
        { "uint 64 past int 64", "CFFFFFFFFFFFFFFFFF", 18446744073709551615d },
        { "int 8", "D080", -128L },
        { "int 16", "D18000", -32768L },
        { "int 32", "D280000000", -2147483648L },
        { "int 64", "D38000000000000000", long.MinValue },
        { "float 32", "CA3FC00000", 1.5 },
        { "float 64", "CB3FF8000000000000", 1.5 },
        { "not a number", "CB7FF8000000000000", "NaN" },
        { "infinity", "CB7FF0000000000000", "Infinity" },
        { "true", "C3", true },
        { "false", "C2", false },
        { "nil is not stored", "C0", null },
        { "fixstr", "A3616263", "abc" },
        { "str 8", "D903616263", "abc" },
        { "str 16", "DA0003616263", "abc" },
        { "str 32", "DB00000003616263", "abc" },
        { "bin 8 is base64", "C403010203", "AQID" },
        { "bin 16", "C50003010203", "AQID" },
        { "bin 32", "C600000003010203", "AQID" },
        { "fixarray", "9301A161C0", """[1,"a",null]""" },
        { "array 16", "DC000101", "[1]" },
        { "array 32", "DD0000000101", "[1]" },
        { "fixmap", "81A16B91C3", """{"k":[true]}""" },
        { "map 16", "DE0001A16B01", """{"k":1}""" },
        { "map 32 with a number as key", "DF000000010501", """{"5":1}""" },
        { "timestamp 32", "D6FF6B003640", "2026-11-20T12:00:00.000000000Z" },
        { "timestamp inside", "91D6FF6B003640", """["2026-11-20T12:00:00.000000000Z"]""" },
        { "fixext 1 is base64", "D40701", "AQ==" },
        { "ext 8 is base64", "C70207" + "0102", "AQI=" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Every_form_of_a_value_is_read(string form, string value, object? expected)
    {
        form.ShouldNotBeEmpty();
        using var batch = new IngestBatchPool().Rent(WireProtocol.Honeycomb);
        var bytes = Convert.FromHexString("82A16101A176" + value);
        new MsgPackEventDecoder().DecodeEvent(bytes, batch.Events, new EventContext("default", "ds", ReceivedAt), "", "").ShouldBeNull();
        NativeBlock.Of(batch.Events).Json(0).GetValueOrDefault("v").ShouldBe(expected);
    }

    [Theory]
    [InlineData("D6FF6B006A40", 1795189312000000000L)]
    [InlineData("C0", null)]
    [InlineData("A0", null)]
    [InlineData("CE6B006A40", 1795189312000000000L)]
    [InlineData("D6076B006A40", null)]
    [InlineData("D7FFFFFFFFFF6B006A40", null)]
    public void Times_that_cannot_be_are_the_time_of_receipt(string time, long? expected)
    {
        using var batch = new IngestBatchPool().Rent(WireProtocol.Honeycomb);
        var statuses = new List<Fault?>();
        var bytes = Convert.FromHexString("9182A46461746181A16101A474696D65" + time);
        const long receivedAt = 1_795_190_000_000_000_000;
        new MsgPackEventDecoder().DecodeBatch(bytes, batch.Events, new EventContext("default", "ds", receivedAt), statuses).ShouldBeNull();
        NativeBlock.Of(batch.Events)[0, "time"].ShouldBe(expected ?? receivedAt);
    }

    [Theory]
    [InlineData("timestamp 32", "D6FF6B000000", 1795162112000000000L)]
    [InlineData("timestamp 64", "D7FF000000046B000000", 1795162112000000001L)]
    [InlineData("timestamp 96", "C70CFF00000005000000006B000000", 1795162112000000005L)]
    [InlineData("tinylib's", "C70C05000000006B00000000000007", 1795162112000000007L)]
    [InlineData("text", "B4323032362D31312D32305430383A30383A33325A", 1795162112000000000L)]
    [InlineData("seconds", "CE6B000000", 1795162112000000000L)]
    [InlineData("milliseconds", "CF000001A1F8000000", 1795162112000000000L)]
    public void Every_form_of_a_time_is_read(string form, string time, long expected)
    {
        form.ShouldNotBeEmpty();
        using var batch = new IngestBatchPool().Rent(WireProtocol.Honeycomb);
        var statuses = new List<Fault?>();
        var bytes = Convert.FromHexString("9183A474696D65" + time + "A46461746181A16101AA73616D706C6572617465CC08");
        new MsgPackEventDecoder().DecodeBatch(bytes, batch.Events, new EventContext("default", "ds", 1_795_300_000_000_000_000), statuses).ShouldBeNull();
        var rows = NativeBlock.Of(batch.Events);
        rows[0, "time"].ShouldBe(expected);
        rows[0, "sample_rate"].ShouldBe(8ul);
    }

    [Theory]
    [InlineData("zero", "00", 0u)]
    [InlineData("negative", "D3FFFFFFFFFFFFFFFB", 0u)]
    [InlineData("past 32 bits", "CF0000010000000000", 2147483647u)]
    [InlineData("past 63 bits", "CFFFFFFFFFFFFFFFFF", 2147483647u)]
    [InlineData("a fraction", "CB4004000000000000", 3u)]
    [InlineData("less than one", "CB3FD0000000000000", 0u)]
    [InlineData("no number", "CB7FF8000000000000", 0u)]
    [InlineData("infinity", "CB7FF0000000000000", 0u)]
    [InlineData("text", "A23132", 12u)]
    [InlineData("true", "C3", 0u)]
    [InlineData("nil", "C0", 0u)]
    public void A_sample_rate_is_a_whole_number_or_none(string form, string rate, uint expected)
    {
        form.ShouldNotBeEmpty();
        using var batch = new IngestBatchPool().Rent(WireProtocol.Honeycomb);
        var bytes = Convert.FromHexString("9182A46461746181A16101AA73616D706C6572617465" + rate);
        new MsgPackEventDecoder().DecodeBatch(bytes, batch.Events, new EventContext("default", "ds", 1_795_300_000_000_000_000), []).ShouldBeNull();
        NativeBlock.Of(batch.Events)[0, "sample_rate"].ShouldBe((ulong)expected);
    }

    [Fact]
    public async Task A_batch_is_answered_event_by_event_in_its_own_encoding()
    {
        await using var server = await HoneycombServer.StartAsync();
        // [{data:{a:1}}, {data:{}}, 7, {data:nil}, {data:{1:2}}, {other:[{}], data:{b:1}}]
        var body = Convert.FromHexString("96" + "81A46461746181A16101" + "81A46461746180" + "07" + "81A464617461C0" + "81A464617461810102" + "82A56F746865729180A46461746181A16201");
        using var response = await server.PostAsync("/1/batch/x", body, "application/x-msgpack");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/msgpack");
        ReadStatuses(await response.Content.ReadAsByteArrayAsync()).ShouldBe(
        [
            "202", "400 Request body should not be empty.", "400 Request body is malformed and cannot be read.", "400 Request body should not be empty.",
            "400 Request body is malformed and cannot be read.", "202",
        ]);
        server.Sink.Single(Signal.Events).Rows.ShouldBe(2);
        server.Counters.ShouldHaveSingleItem().Drops.Sum(d => d.Count).ShouldBe(4);
    }

    [Theory]
    [InlineData("", "Request body should not be empty.")]
    [InlineData("80", "Request body is malformed and cannot be read.")]
    [InlineData("C1", "Request body is malformed and cannot be read.")]
    [InlineData("92C0", "Request body is malformed and cannot be read.")]
    [InlineData("9181A46461746181A161A9", "Request body is malformed and cannot be read.")]
    [InlineData("DDFFFFFFFF", "Request body is malformed and cannot be read.")]
    [InlineData("9081", "Request body is malformed and cannot be read.")]
    public async Task Invalid_bytes_get_the_error_of_the_api(string body, string error)
    {
        await using var server = await HoneycombServer.StartAsync();
        using var response = await server.PostAsync("/1/batch/x", Convert.FromHexString(body), "application/msgpack");
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var reader = new MsgPackReader(bytes);
        reader.TryRead(out var map).ShouldBeTrue();
        map.Count.ShouldBe(1);
        reader.TryRead(out var key);
        Encoding.UTF8.GetString(key.Bytes).ShouldBe("error");
        reader.TryRead(out var text);
        Encoding.UTF8.GetString(text.Bytes).ShouldBe(error);
    }

    [Fact]
    public async Task Nesting_past_64_levels_is_refused_and_64_are_read()
    {
        await using var server = await HoneycombServer.StartAsync();
        static byte[] Nested(int levels) => [0x81, 0xa1, (byte)'a', .. Enumerable.Repeat((byte)0x91, levels), 0x01];
        using var deep = await server.PostAsync("/1/events/x", Nested(65), "application/msgpack");
        deep.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var deepest = await server.PostAsync("/1/events/x", Nested(64), "application/msgpack");
        deepest.StatusCode.ShouldBe(HttpStatusCode.OK);
        server.Sink.Single(Signal.Events).Json(0)["a"].ShouldBe(new string('[', 64) + "1" + new string(']', 64));
    }

    [Fact]
    public async Task A_batch_as_refinery_sends_it()
    {
        await using var server = await HoneycombServer.StartAsync();
        using var response = await server.ReplayAsync("refinery-3-batch-msgpack-zstd.bin");
        ReadStatuses(await response.Content.ReadAsByteArrayAsync()).ShouldBe(["202", "202", "202"]);
        var rows = server.Sink.Single(Signal.Events);
        rows[0, "environment"].ShouldBe("production");
        rows[0, "dataset"].ShouldBe("my dataset");
        rows[0, "service"].ShouldBe("cart");
        rows[0, "name"].ShouldBe("GET /cart");
        rows[0, "time"].ShouldBe(1795176000123456789L);
        rows[1, "time"].ShouldBe(1795176001000000000L);
        rows[2, "time"].ShouldBe(1795176002000000005L);
        rows[0, "sample_rate"].ShouldBe(8ul);
        rows[0, "duration_ns"].ShouldBe(13_500_000ul);
        rows[0, "trace_id"].ShouldBe("5759e988bd862e3fe1be46a994272793");
        rows[1, "parent_span_id"].ShouldBe("53995c3f42cd8ad1");
        var first = rows.Json(0);
        first["http.status_code"].ShouldBe(200L);
        first["error"].ShouldBe(true);
        first["tags"].ShouldBe("""["a",1,{"k":null}]""");
        first["big"].ShouldBe(1L << 40);
        first["neg"].ShouldBe(-7L);
        first["meta.refinery.reason"].ShouldBe("deterministic/always");
        rows.Json(2)["blob"].ShouldBe("AQID");
    }

    [Fact]
    public async Task A_batch_as_libhoney_go_sends_it()
    {
        await using var server = await HoneycombServer.StartAsync();
        using var response = await server.ReplayAsync("libhoney-go-1.27-batch-json-zstd.bin");
        (await response.Content.ReadAsStringAsync()).ShouldBe("""[{"status":202},{"status":202}]""");
        var rows = server.Sink.Single(Signal.Events);
        rows[0, "dataset"].ShouldBe("foo/bar");
        rows[0, "time"].ShouldBe(1795176000123456789L);
        rows[0, "sample_rate"].ShouldBe(4ul);
        rows[1, "sample_rate"].ShouldBe(0ul);
        rows[1, "time"].ShouldBe(rows[1, "received_at"]);
    }

    [Fact]
    [Trait("kind", "fuzz")]
    public void Mutated_batches_are_read_or_refused()
    {
        var random = Fuzz.Random(6);
        var decoder = new MsgPackEventDecoder();
        var whole = Convert.FromHexString("9283A46461746185A46E616D65A178A164CB3FF8000000000000A16F81A16B92C0C3A162C402FFFEA173A26162A474696D65D7FF000000046B000000AA73616D706C65726174650581A46461746181A162C2");
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = whole.ToArray();
            for (var flips = random.Next(0, 4); flips > 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0)
                bytes = bytes[..random.Next(bytes.Length)];
            using var batch = new IngestBatchPool().Rent(WireProtocol.Honeycomb);
            var statuses = new List<Fault?>();
            if (decoder.DecodeBatch(bytes, batch.Events, new("default", "ds", 1, random.Next(3)), statuses) is not null)
                continue;
            read++;
            NativeBlock.Of(batch.Events).Rows.ShouldBe(statuses.Count(s => s is null));
        }
        read.ShouldBeInRange(1, 19_999);
    }

    private static List<string> ReadStatuses(byte[] bytes)
    {
        bytes[0].ShouldBe((byte)0xdd);
        var statuses = new List<string>();
        var reader = new MsgPackReader(bytes);
        reader.TryRead(out var list).ShouldBeTrue();
        list.Count.ShouldBe(BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1)));
        for (var i = 0; i < list.Count; i++)
        {
            reader.TryRead(out var map).ShouldBeTrue();
            reader.TryRead(out var key).ShouldBeTrue();
            Encoding.UTF8.GetString(key.Bytes).ShouldBe("status");
            reader.TryRead(out var status).ShouldBeTrue();
            var text = $"{status.Int}";
            if (map.Count == 2)
            {
                reader.TryRead(out _).ShouldBeTrue();
                reader.TryRead(out var error).ShouldBeTrue();
                text += " " + Encoding.UTF8.GetString(error.Bytes);
            }
            statuses.Add(text);
        }
        reader.IsAtEnd.ShouldBeTrue();
        return statuses;
    }
}
