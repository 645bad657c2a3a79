using Shouldly;
using Weir.Protocols.Wire;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Wire;

public sealed class ProtobufReaderTests
{
    [Fact]
    public void Every_wire_type_is_read()
    {
        var bytes = ProtobufMessage.New().Varint(1, 300).ZigZag(2, -5).Fixed64(3, ulong.MaxValue).Fixed32(4, 7).Double(5, 1.5).Text(6, "text")
            .Varint(1000, 1).ToArray();
        var reader = new ProtobufReader(bytes);
        reader.Next().ShouldBeTrue();
        reader.Tag.ShouldBe(1u << 3);
        reader.Varint().ShouldBe(300ul);
        reader.Next().ShouldBeTrue();
        reader.ZigZag().ShouldBe(-5);
        reader.Next().ShouldBeTrue();
        reader.Fixed64().ShouldBe(ulong.MaxValue);
        reader.Next().ShouldBeTrue();
        reader.Fixed32().ShouldBe(7u);
        reader.Next().ShouldBeTrue();
        reader.Double().ShouldBe(1.5);
        reader.Next().ShouldBeTrue();
        reader.Bytes().SequenceEqual("text"u8).ShouldBeTrue();
        reader.Next().ShouldBeTrue();
        reader.Tag.ShouldBe(1000u << 3);
        reader.Skip();
        reader.Next().ShouldBeFalse();
        reader.Failed.ShouldBeFalse();
    }

    [Theory]
    [InlineData("08", "varint without bytes")]
    [InlineData("08FFFFFFFFFFFFFFFFFFFF01", "varint of 11 bytes")]
    [InlineData("0A05616263", "length past the end")]
    [InlineData("0AFFFFFFFFFFFFFFFFFF01", "length of 2^64-1")]
    [InlineData("0901020304", "fixed64 cut")]
    [InlineData("0D0102", "fixed32 cut")]
    [InlineData("00", "field number 0")]
    [InlineData("05", "field number 0, fixed32")]
    [InlineData("0C", "end of a group that never began")]
    [InlineData("0B0801", "group without end")]
    [InlineData("0B080114", "end of another group")]
    [InlineData("0E", "wire type 6")]
    [InlineData("0F", "wire type 7")]
    [InlineData("FFFFFFFFFF7F", "tag past 32 bits")]
    public void Broken_bytes_fail_and_stop(string hex, string why)
    {
        var reader = new ProtobufReader(Convert.FromHexString(hex));
        var fields = 0;
        while (reader.Next())
        {
            reader.Skip();
            (++fields).ShouldBeLessThan(10);
        }
        reader.Failed.ShouldBeTrue(why);
    }

    [Fact]
    public void Groups_are_passed_over()
    {
        var bytes = ProtobufMessage.New().Append(0x0B).Varint(2, 5).Append(0x13).Text(9, "x").Append(0x14, 0x0C).Varint(3, 9).ToArray();
        var reader = new ProtobufReader(bytes);
        reader.Next().ShouldBeTrue();
        reader.Skip();
        reader.Next().ShouldBeTrue();
        reader.Varint().ShouldBe(9ul);
        reader.Failed.ShouldBeFalse();
    }

    [Fact]
    public void Deeply_nested_groups_fail_without_overflowing_the_stack()
    {
        var reader = new ProtobufReader(Enumerable.Repeat((byte)0x0B, 1_000_000).ToArray());
        reader.Next().ShouldBeTrue();
        reader.Skip();
        reader.Failed.ShouldBeTrue();
    }

    [Fact]
    [Trait("kind", "fuzz")]
    public void Random_bytes_end_without_exception()
    {
        var random = Fuzz.Random(17);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            var reader = new ProtobufReader(bytes);
            var fields = 0;
            while (reader.Next())
            {
                reader.Skip();
                fields++;
            }
            fields.ShouldBeLessThanOrEqualTo(64);
            reader.Position.ShouldBe(bytes.Length);
        }
    }
}
