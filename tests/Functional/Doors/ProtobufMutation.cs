using System.Text;
using Weir.Tests.Support;

namespace Weir.Tests.Functional.Doors;

/// <summary>Changes fields of a protobuf message at any depth and corrects the lengths, so that the framing stays valid.</summary>
internal static class ProtobufMutation
{
    private static readonly ulong[] Numbers = [0, 1, 127, 128, 255, 1UL << 31, (1UL << 32) - 1, 1UL << 32, 1UL << 53, long.MaxValue, 1UL << 63, ulong.MaxValue];

    private static readonly byte[][] Contents =
    [
        [], [0], [0xff], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98, 0x80], [0xc0, 0x80], "NaN"u8.ToArray(), new byte[8], new byte[16], new byte[17], Encoding.UTF8.GetBytes(new string('é', 40_000)),
        [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], [0x08], [0x0b, 0x0c], [0x0a, 0x02, 0x0a, 0x00],
    ];

    private readonly record struct Part(int Number, int Wire, ulong Value, int From, int Length);

    public static byte[] Of(byte[] message, Random random, int depth = 0)
    {
        var parts = Parts(message);
        if (parts is null || parts.Count == 0)
            return Mutations.Bytes(message, random);
        var chosen = random.Next(parts.Count);
        var written = ProtobufMessage.New();
        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            var content = part.Wire == 2 ? message.AsSpan(part.From, part.Length).ToArray() : [];
            if (i != chosen)
            {
                Write(written, part, content);
                continue;
            }
            // Down to a field of a message within, more often than not.
            if (part.Wire == 2 && content.Length > 1 && depth < 12 && random.Next(6) != 0 && Parts(content) is { Count: > 0 })
            {
                Write(written, part, Of(content, random, depth + 1));
                continue;
            }
            Change(written, part, content, random);
        }
        return written.ToArray();
    }

    private static void Change(ProtobufMessage written, Part part, byte[] content, Random random)
    {
        switch (random.Next(9))
        {
            case 0:
                break;
            case 1:
                for (var times = random.Next(2, 20); times > 0; times--)
                    Write(written, part, content);
                break;
            case 2:
                Write(written, part with { Number = random.Next(1, 40) }, content);
                break;
            case 3:
                Write(written, part with { Wire = random.Next(6), Value = Mutations.Pick(Numbers, random) }, content);
                break;
            case 4:
                Write(written, part with { Value = Mutations.Pick(Numbers, random) }, Mutations.Pick(Contents, random));
                break;
            case 5:
                // Itself within itself.
                for (var times = Mutations.Pick([2, 20, 99, 101, 600], random); times > 0 && content.Length < 100_000; times--)
                    content = ProtobufMessage.New().Bytes(part.Number, content).ToArray();
                Write(written, part with { Wire = 2 }, content);
                break;
            case 6:
                Write(written, part, content);
                written.Varint(random.Next(1, 30), Mutations.Pick(Numbers, random));
                break;
            default:
                Write(written, part with { Value = part.Value ^ (1UL << random.Next(64)) }, content.Length == 0 ? content : Mutations.Bytes(content, random));
                break;
        }
    }

    private static void Write(ProtobufMessage to, Part part, byte[] content)
    {
        switch (part.Wire)
        {
            case 0:
                to.Varint(part.Number, part.Value);
                break;
            case 1:
                to.Fixed64(part.Number, part.Value);
                break;
            case 5:
                to.Fixed32(part.Number, (uint)part.Value);
                break;
            case 2:
                to.Bytes(part.Number, content);
                break;
            default:
                // The deprecated groups, which nobody sends.
                to.Append((byte)((part.Number << 3) | part.Wire));
                break;
        }
    }

    /// <summary>Null when the bytes are not a message.</summary>
    private static List<Part>? Parts(byte[] bytes)
    {
        var parts = new List<Part>();
        for (var at = 0; at < bytes.Length;)
        {
            if (!Varint(bytes, ref at, out var tag) || tag >> 3 is 0 or > 10_000)
                return null;
            var (number, wire) = ((int)(tag >> 3), (int)(tag & 7));
            ulong value = 0;
            var (from, length) = (at, 0);
            switch (wire)
            {
                case 0 when Varint(bytes, ref at, out value):
                    break;
                case 1 when at + 8 <= bytes.Length:
                    value = BitConverter.ToUInt64(bytes, at);
                    at += 8;
                    break;
                case 5 when at + 4 <= bytes.Length:
                    value = BitConverter.ToUInt32(bytes, at);
                    at += 4;
                    break;
                case 2 when Varint(bytes, ref at, out var size) && size <= (ulong)(bytes.Length - at):
                    (from, length) = (at, (int)size);
                    at += length;
                    break;
                default:
                    return null;
            }
            parts.Add(new Part(number, wire, value, from, length));
        }
        return parts;
    }

    private static bool Varint(byte[] bytes, ref int at, out ulong value)
    {
        value = 0;
        for (var shift = 0; at < bytes.Length && shift < 64; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return true;
        }
        return false;
    }
}
