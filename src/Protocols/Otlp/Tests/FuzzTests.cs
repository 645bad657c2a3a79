using System.Text;
using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Otlp.In;
using Weir.Protocols.Wire;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Otlp;

/// <summary>Fixtures and made requests, mutated with a fixed seed: decoders refuse or decode, and never throw or grow without bound.</summary>
public sealed class FuzzTests
{
    private const int Rounds = 2000;

    [Theory]
    [Trait("kind", "fuzz")]
    [InlineData(Signal.Spans)]
    [InlineData(Signal.Logs)]
    [InlineData(Signal.Metrics)]
    public void Mutated_protobuf_is_decoded_or_malformed(Signal signal)
    {
        var corpus = Corpus.Protobuf(signal);
        corpus.ShouldNotBeEmpty();
        var random = Fuzz.Random(1);
        var pool = new IngestBatchPool();
        var decoder = Decoder(signal);
        var good = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var request = Mutate(corpus[random.Next(corpus.Count)], random);
            using var batch = pool.Rent(WireProtocol.Otlp);
            var result = decoder.Decode(request, batch, new DecodeContext("default", 1));
            if (result.IsMalformed)
                continue;
            good++;
            batch.Bytes.ShouldBeLessThan(64L << 20);
            foreach (var s in SignalTable.All)
            {
                if (batch.Peek(s) is { } block)
                    NativeBlock.Of(block).Rows.ShouldBe(block.Rows);
            }
        }
        good.ShouldBeInRange(1, Rounds - 1);
    }

    [Theory]
    [Trait("kind", "fuzz")]
    [InlineData(Signal.Spans)]
    [InlineData(Signal.Logs)]
    [InlineData(Signal.Metrics)]
    public void Mutated_json_is_decoded_or_malformed(Signal signal)
    {
        var corpus = Corpus.Json(signal);
        corpus.ShouldNotBeEmpty();
        var random = Fuzz.Random(2);
        var pool = new IngestBatchPool();
        var decoder = Decoder(signal);
        var transcoder = new JsonTranscoder();
        var good = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var text = Mutate(corpus[random.Next(corpus.Count)], random);
            if (!transcoder.TryTranscode(text, OtlpSchema.Of(signal), out var protobuf))
                continue;
            using var batch = pool.Rent(WireProtocol.Otlp);
            // What the transcoder writes is always a message.
            decoder.Decode(protobuf, batch, new DecodeContext("default", 1)).IsMalformed.ShouldBeFalse(Encoding.UTF8.GetString(text));
            good++;
        }
        good.ShouldBeInRange(1, Rounds - 1);
    }

    [Fact]
    [Trait("kind", "fuzz")]
    public void Mutated_grpc_bodies_are_framed_or_refused()
    {
        var random = Fuzz.Random(3);
        var corpus = Corpus.Protobuf(Signal.Spans);
        var framed = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var message = corpus[random.Next(corpus.Count)];
            byte[] frame = [0, (byte)(message.Length >> 24), (byte)(message.Length >> 16), (byte)(message.Length >> 8), (byte)message.Length, .. message];
            for (var flips = random.Next(0, 3); flips > 0; flips--)
                frame[random.Next(8)] = (byte)random.Next(256);
            var body = random.Next(4) == 0 ? frame[..random.Next(frame.Length)] : frame;
            var fault = GrpcFrame.TryRead(body, out var found, out var isCompressed);
            if (fault is not null)
            {
                fault.Kind.ShouldBe(FaultKind.Malformed);
                continue;
            }
            framed++;
            found.Length.ShouldBe(body.Length - GrpcFrame.HeaderSize);
            using var plain = new PooledBytes(1 << 20);
            if (isCompressed)
                GrpcFrame.Decompress("gzip", found, plain, 1 << 20)?.Kind.ShouldBeOneOf(FaultKind.Malformed, FaultKind.TooLarge);
        }
        framed.ShouldBeInRange(1, Rounds - 1);
    }

    private static RecordDecoder Decoder(Signal signal) => signal switch
    {
        Signal.Logs => new LogDecoder(new LogSequence(TimeProvider.System)),
        Signal.Metrics => new MetricDecoder(),
        _ => new SpanDecoder(),
    };

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var edits = random.Next(0, 6); edits > 0 && bytes.Count > 1; edits--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 16), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.Skip(random.Next(bytes.Count)).Take(random.Next(1, 64)).ToArray());
                    break;
                default:
                    bytes[at] = 0xff;
                    break;
            }
        }
        return [.. bytes];
    }
}
