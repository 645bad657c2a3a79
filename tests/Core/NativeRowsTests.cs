using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Features.Questions;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Core;

/// <summary>Blocks that are read back and put together: the same rows, and of a selection only what it has.</summary>
public sealed class NativeRowsTests
{
    public static TheoryData<Signal> Signals => [.. SignalTable.All];

    [Theory]
    [MemberData(nameof(Signals))]
    public void Blocks_put_together_have_the_rows_of_both_in_order(Signal signal)
    {
        var random = new Random(17);
        for (var round = 0; round < 20; round++)
        {
            var (first, second) = (Random(signal, random, random.Next(30)), Random(signal, random, random.Next(300)));
            var together = StoredBlock.Of(signal, TableLayouts.Of(signal).Structure);
            together.AppendNative(Native(first), []);
            together.AppendNative(Native(second), []);
            Rows(together).ShouldBe([.. Rows(first), .. Rows(second)]);
        }
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public void A_selection_has_its_rows_and_no_keys_of_others(Signal signal)
    {
        var random = new Random(18);
        for (var round = 0; round < 20; round++)
        {
            var block = Random(signal, random, 1 + random.Next(200));
            var keep = Enumerable.Range(0, block.Rows).Select(_ => (byte)random.Next(2)).ToArray();
            var some = StoredBlock.Of(signal, TableLayouts.Of(signal).Structure);
            some.AppendNative(Native(block), keep);
            Rows(some).ShouldBe(Rows(block).Where((_, row) => keep[row] == 1));
            some.Clear();
            some.AppendNative(Native(block), [.. keep.Select((_, row) => row == 0 ? (byte)1 : (byte)0)]);
            some.Paths.ShouldBe(NativeBlock.Parse(Native(block)).Json(0).Count);
        }
    }

    [Fact]
    [Trait("kind", "fuzz")]
    public void Damaged_blocks_are_refused_and_never_anything_else()
    {
        var random = Fuzz.Random(23);
        var whole = Native(Random(Signal.Spans, new Random(3), 20));
        var refused = 0;
        for (var round = 0; round < 3_000; round++)
        {
            var bytes = whole[..random.Next(whole.Length + 1)];
            for (var i = random.Next(4); i > 0 && bytes.Length > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                var block = StoredBlock.Of(Signal.Spans, TableLayouts.Of(Signal.Spans).Structure);
                block.AppendNative(bytes, []);
                block.WriteNative(new ByteBuffer());
            }
            catch (Exception error) when (error is InvalidDataException or ArgumentException or OverflowException or IndexOutOfRangeException)
            {
                refused++;
            }
        }
        refused.ShouldBeGreaterThan(1_000);
    }

    [Theory]
    [InlineData("a UInt8, b Enum8('x, y' = 1, 'z' = 2), c DateTime64(9, 'UTC')", 3)]
    [InlineData("attributes JSON(max_dynamic_paths=256)", 1)]
    public void A_layout_is_split_at_its_columns(string structure, int columns) => StoredBlock.Split(structure).Count().ShouldBe(columns);

    [Theory]
    [InlineData("a Tuple(UInt8, UInt8)")]
    [InlineData("a")]
    [InlineData("")]
    public void A_layout_that_no_version_wrote_is_refused(string structure) =>
        Should.Throw<InvalidDataException>(() => StoredBlock.Of(Signal.Spans, structure));

    [Fact]
    public void Facts_of_many_owners_are_each_ones_own()
    {
        var block = new SpanBlock();
        for (var i = 0; i < 50; i++)
        {
            block.StartTime.Append(20_700L * 86_400_000_000_000);
            block.Service.Append(i % 2 == 0 ? "even" : "odd");
            block.Resource.Append(i % 10 == 0 ? """{"meta.dataset":"named","zone":1}""" : "");
            block.Attributes.Add(i % 2 == 0 ? "e"u8 : "o"u8, (long)i);
            if (i == 33)
                block.Attributes.Add("late"u8, true);
            block.EndRow();
        }
        var facts = new ColumnFacts();
        facts.Add(block);
        facts.Add(block);
        var read = new HashSet<ColumnFact>();
        ColumnFacts.Read(facts.Written(0).Span, read);
        read.Select(f => $"{f.Dataset} {f.Key} {f.Kind}{(f.OnResource ? " resource" : "")}").Order(StringComparer.Ordinal).ShouldBe(
        [
            "even  None", "even e Integer", "named  None", "named e Integer", "named meta.dataset String resource", "named zone Integer resource",
            "odd  None", "odd late Boolean", "odd o Integer",
        ]);
        facts.Count.ShouldBe(read.Count);
        var of = new ColumnFacts();
        of.AddAll(facts);
        of.Written(0).ToArray().ShouldBe(facts.Written(0).ToArray());
    }

    private static List<string> Rows(Block block)
    {
        if (block.Rows == 0)
            return [];
        var read = NativeBlock.Parse(Native(block));
        return [.. Enumerable.Range(0, read.Rows).Select(row => read.Describe(row))];
    }

    private static byte[] Native(Block block)
    {
        var buffer = new ByteBuffer();
        block.WriteNative(buffer);
        return buffer.WrittenMemory.ToArray();
    }

    private static Block Random(Signal signal, Random random, int rows)
    {
        var block = new IngestBatchPool().Rent("").BlockOf(signal);
        var services = random.Next(2) == 0 ? 3 : 400;
        for (var row = 0; row < rows; row++)
        {
            block.Find<FixedColumn<long>>(ColumnFacts.TimeColumn(signal))!.Append(random.NextInt64(1L << 60));
            block.Find<LowCardinalityColumn>("service")!.Append($"service {random.Next(services)}");
            var attributes = block.Find<JsonColumn>("attributes")!;
            for (var key = random.Next(6); key > 0; key--)
            {
                var name = System.Text.Encoding.UTF8.GetBytes($"key{random.Next(40)}");
                switch (random.Next(4))
                {
                    case 0:
                        attributes.Add(name, new string('x', random.Next(300)));
                        break;
                    case 1:
                        attributes.Add(name, random.NextInt64());
                        break;
                    case 2:
                        attributes.Add(name, random.NextDouble());
                        break;
                    default:
                        attributes.Add(name, random.Next(2) == 0);
                        break;
                }
            }
            block.EndRow();
        }
        return block;
    }
}
