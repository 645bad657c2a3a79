using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Weir.Core.Model;
using Weir.Protocols.Wire;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Wire;

public sealed class RequestBodyTests
{
    private static readonly byte[] Plain = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("one line of a request body\n", 5000)));

    public static TheoryData<string?, byte[]> Encoded => new()
    {
        { null, Plain },
        { "", Plain },
        { "identity", Plain },
        { "gzip", GZip(Plain) },
        { "GZIP", GZip(Plain) },
        { "x-gzip", GZip(Plain) },
        { "deflate", Pack(Plain, s => new ZLibStream(s, CompressionLevel.Fastest)) },
        { "deflate", Pack(Plain, s => new DeflateStream(s, CompressionLevel.Fastest)) },
        { "zstd", ZstdText.Packed },
        { "gzip, identity", GZip(Plain) },
        { "deflate, gzip", GZip(Pack(Plain, s => new ZLibStream(s, CompressionLevel.Fastest))) },
        { "zstd,gzip", GZip(ZstdText.Packed) },
    };

    [Theory]
    [MemberData(nameof(Encoded))]
    public async Task Every_encoding_gives_the_same_bytes(string? encoding, byte[] body)
    {
        using var read = await Read(body, encoding);
        read.Fault.ShouldBeNull();
        var expected = encoding?.Contains("zstd", StringComparison.Ordinal) == true ? ZstdText.Plain : Plain;
        read.Bytes.Span.SequenceEqual(expected).ShouldBeTrue();
        read.WireLength.ShouldBe(body.Length);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("zstd")]
    public async Task Cut_or_wrong_data_is_malformed(string encoding)
    {
        var whole = encoding switch
        {
            "gzip" => GZip(Plain),
            "deflate" => Pack(Plain, s => new ZLibStream(s, CompressionLevel.Fastest)),
            _ => ZstdText.Packed,
        };
        for (var keep = 0; keep < whole.Length; keep++)
        {
            using var read = await Read(whole[..keep], encoding);
            read.Fault.ShouldNotBeNull($"{encoding} cut to {keep} of {whole.Length}").Kind.ShouldBe(FaultKind.Malformed);
            read.Bytes.Length.ShouldBe(0);
        }
        using var lol = await Read("lol"u8.ToArray(), encoding);
        lol.Fault.ShouldNotBeNull().Kind.ShouldBe(FaultKind.Malformed);
    }

    [Fact]
    public async Task An_empty_body_may_be_packed()
    {
        foreach (var (encoding, body) in new[] { ("gzip", GZip([])), ("deflate", Pack([], s => new ZLibStream(s, CompressionLevel.Fastest))) })
        {
            // .NET writes nothing at all for nothing, other clients a whole empty stream.
            var empty = body.Length > 0 ? body : encoding == "gzip"
                ? Convert.FromHexString("1F8B080000000000000303000000000000000000") : Convert.FromHexString("789C030000000001");
            using var read = await Read(empty, encoding);
            read.Fault.ShouldBeNull();
            read.Bytes.Length.ShouldBe(0);
        }
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip, br")]
    [InlineData("gzip;q=1")]
    [InlineData("gzip,gzip,gzip,gzip")]
    public async Task Encodings_that_are_not_served_are_named(string encoding)
    {
        using var read = await Read(GZip(Plain), encoding);
        read.Fault.ShouldNotBeNull().Kind.ShouldBe(FaultKind.Unsupported);
    }

    [Theory]
    [InlineData(null, 1000, 1000, true)]
    [InlineData(null, 999, 1000, false)]
    [InlineData(null, 1000, 999, false)]
    [InlineData("gzip", 1000, 1000, true)]
    [InlineData("gzip", 1000, 999, false)]
    [InlineData("gzip", 10, 1000, false)]
    [InlineData("zstd", 100, 2048, true)]
    [InlineData("zstd", 100, 2047, false)]
    public async Task Limits_hold_to_the_byte(string? encoding, int compressed, int decompressed, bool fits)
    {
        var body = encoding switch
        {
            "gzip" => GZip(new byte[1000]),
            "zstd" => ZstdText.Packed2048,
            _ => new byte[1000],
        };
        foreach (var announced in new[] { true, false })
        {
            using var read = await Read(body, encoding, new BodyLimits(compressed, decompressed), announced);
            if (fits)
                read.Fault.ShouldBeNull();
            else
                read.Fault.ShouldNotBeNull().Kind.ShouldBe(FaultKind.TooLarge);
        }
    }

    [Fact]
    public async Task A_bomb_stops_at_the_limit()
    {
        // Past the limit comes what is no gzip: who reads on says that instead.
        byte[] bomb = [.. Bomb(256L << 20), .. "no gzip"u8];
        var before = GC.GetTotalAllocatedBytes();
        using var read = await Read(bomb, "gzip");
        read.Fault.ShouldNotBeNull().Kind.ShouldBe(FaultKind.TooLarge);
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(300L << 20);
    }

    [Fact]
    [Trait("kind", "fuzz")]
    public async Task Mutated_bodies_are_read_or_refused()
    {
        var random = Fuzz.Random(4318);
        foreach (var encoding in new[] { "gzip", "deflate", "zstd" })
        {
            var whole = encoding == "zstd" ? ZstdText.Packed : encoding == "gzip" ? GZip(Plain) : Pack(Plain, s => new ZLibStream(s, CompressionLevel.Fastest));
            for (var i = 0; i < 500; i++)
            {
                var body = whole.ToArray();
                for (var flips = random.Next(1, 5); flips > 0; flips--)
                    body[random.Next(body.Length)] = (byte)random.Next(256);
                using var read = await Read(body, encoding, new BodyLimits(1 << 20, 1 << 20));
                if (read.Fault is { } fault)
                    fault.Kind.ShouldBeOneOf(FaultKind.Malformed, FaultKind.TooLarge);
            }
        }
    }

    private static ValueTask<RequestBody> Read(byte[] body, string? encoding, BodyLimits? limits = null, bool announced = true)
    {
        var http = new DefaultHttpContext();
        http.Request.Body = new MemoryStream(body);
        if (announced)
            http.Request.ContentLength = body.Length;
        if (encoding is not null)
            http.Request.Headers.ContentEncoding = encoding;
        return RequestBody.ReadAsync(http.Request, limits ?? BodyLimits.Default, CancellationToken.None);
    }

    private static byte[] GZip(byte[] plain) => Pack(plain, s => new GZipStream(s, CompressionLevel.Fastest));

    private static byte[] Pack(byte[] plain, Func<Stream, Stream> pack)
    {
        var packed = new MemoryStream();
        using (var stream = pack(packed))
            stream.Write(plain);
        return packed.ToArray();
    }

    private static byte[] Bomb(long zeros)
    {
        var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            // Deflate of zeros repeats itself: members of 256 MB, one after another, are a valid gzip file.
            var chunk = new byte[1 << 20];
            for (long i = 0; i < 256; i++)
                stream.Write(chunk);
        }
        var member = packed.ToArray();
        var bomb = new MemoryStream();
        for (long size = 0; size < zeros; size += 256L << 20)
            bomb.Write(member);
        return bomb.ToArray();
    }
}
