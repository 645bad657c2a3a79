using System.Buffers.Binary;
using System.Text;
using Shouldly;
using Weir.Core.Query;
using Weir.Features.Requests;
using Xunit;

namespace Weir.Tests.Story;

/// <summary>The tree of a story's spans, from whatever order, duplicates and parents they come with.</summary>
public sealed class SpanTreeTests
{
    [Theory]
    [InlineData("in order of start, whatever came first", "c<a@5 b<a@1 a@0", "a -b -c")]
    [InlineData("the longer of two that begin at once first", "a@0 b<a@1+2 c<a@1+8", "a -c -b")]
    [InlineData("depth first", "a@0 b<a@1 c<a@3 d<b@2 e<c@4", "a -b --d -c --e")]
    [InlineData("a missing parent makes a root and is said", "a@0 b<gone@1 c<b@2", "a b? -c")]
    [InlineData("several roots", "a@0 b@1 c<a@2", "a -c b")]
    [InlineData("parents in a circle", "a<c@0 b<a@1 c<b@2", "a -b --c")]
    [InlineData("its own parent", "a<a@0 b<a@1", "a -b")]
    [InlineData("an export tried again", "a@0 b<a@1 a@0 b<a@1", "a -b")]
    [InlineData("a segment in progress, then complete", "a@0! b<a@1 a@0+9", "a -b")]
    [InlineData("a complete one that was overtaken by its document in progress", "a@0+9 b<a@1 a@0!", "a -b")]
    [InlineData("two spans with one id", "a@0 x<a@1 x<a@4 y<x@5", "a -x --y -x")]
    [InlineData("a child of the second of them by its service", "a@0 x<a@1 x<a@4/two y<x@5/two", "a -x -x --y")]
    public void Spans_become_trees(string why, string spans, string tree)
    {
        var columns = Columns(spans);
        var built = Build(columns);
        Draw(columns, built).ShouldBe(tree, why);
    }

    [Theory]
    [InlineData("a@0 x<a@1 x<a@4", 2)]
    [InlineData("a@0 x<a@1 x<a@4 x<a@5", 3)]
    [InlineData("a@0 x<a@1 x<a@1", 0)]
    public void Shared_ids_are_counted(string spans, int shared) => Build(Columns(spans)).SharedIds.ShouldBe(shared);

    [Theory]
    [InlineData("a@9 b<a@5/two", 1, 4_000_000)]
    [InlineData("a@9 b<a@5", 0, 0)]
    [InlineData("a@0 b<a@5/two", 0, 0)]
    public void Clocks_that_differ_are_noticed(string spans, int early, long byNs)
    {
        var tree = Build(Columns(spans));
        (tree.Early, tree.EarliestByNs).ShouldBe((early, byNs));
    }

    [Fact]
    public void Ten_thousand_children_and_a_depth_of_five_thousand()
    {
        var wide = Columns("root@0 " + string.Join(' ', Enumerable.Range(1, 10_000).Select(i => $"s{i}<root@{i}")));
        Build(wide).Depths.Count(depth => depth == 1).ShouldBe(10_000);
        var deep = Columns("s0@0 " + string.Join(' ', Enumerable.Range(1, 5_000).Select(i => $"s{i}<s{i - 1}@{i}")));
        Build(deep).Depths[^1].ShouldBe(5_000);
    }

    [Fact]
    public void A_hundred_thousand_spans_with_one_id_do_not_delay_the_story()
    {
        var columns = new SpanColumns();
        for (var i = 0; i < 100_000; i++)
            columns.Add(new Row("x", "x", i, 1, "", false, i));
        var tree = Build(columns);
        tree.Rows.Length.ShouldBe(100_000);
        tree.SharedIds.ShouldBe(100_000);
    }

    [Theory]
    [InlineData(1, "a")]
    [InlineData(3, "a -b -c")]
    [InlineData(4, "a -b --d -c")]
    [InlineData(5, "a -b --d -c --e")]
    public void Too_many_spans_leave_those_nearest_the_root(int most, string shown)
    {
        var columns = Columns("a@0 b<a@1 c<a@3 d<b@2 e<c@4 f<d@2");
        var tree = SpanTree.Build(columns, [.. SpanTree.KeepNewest(columns, Enumerable.Range(0, columns.Count)).Select(row => (row, 0))], most);
        Draw(columns, tree).ShouldBe(shown);
        tree.Total.ShouldBe(6);
    }

    private static SpanTree Build(SpanColumns columns) =>
        SpanTree.Build(columns, [.. SpanTree.KeepNewest(columns, Enumerable.Range(0, columns.Count)).Select(row => (row, 0))], int.MaxValue);

    private static string Draw(SpanColumns columns, SpanTree tree) => string.Join(' ', tree.Rows.Select((row, position) =>
    {
        if (tree.Parents[position] >= 0)
            tree.Depths[position].ShouldBe(tree.Depths[tree.Parents[position]] + 1);
        return new string('-', tree.Depths[position]) + columns.SpanNames[columns.Name[row]] + (tree.IsParentMissing(position) ? "?" : "");
    }));

    /// <summary>"id&lt;parent@start+duration!/service": in ms; "!" is in progress.</summary>
    private static SpanColumns Columns(string spans)
    {
        var columns = new SpanColumns();
        foreach (var (text, i) in spans.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((text, i) => (text, i)))
        {
            var (head, service) = text.Split('/') is [var left, var right] ? (left, right) : (text, "one");
            var at = head.Split('@');
            var open = at[1].EndsWith('!');
            var times = at[1].TrimEnd('!').Split('+');
            var ids = at[0].Split('<');
            columns.Add(new Row(
                ids[0], ids.Length > 1 ? ids[1] : "", long.Parse(times[0], null) * 1_000_000,
                times.Length > 1 ? long.Parse(times[1], null) * 1_000_000 : 1_000_000, service, open, i));
        }
        return columns;
    }

    /// <summary>A row as the store would hand it over; ids are the hash of a name.</summary>
    private sealed record Row(string Name, string Parent, long Start, long Duration, string Service, bool Open, long Received) : IRowView
    {
        public long Int64(int column) => column switch { 3 => Start, 4 => Duration, 5 => Received, 12 => Open ? 1 : 0, _ => 0 };

        public ReadOnlySpan<byte> Bytes(int column) => column switch
        {
            0 => new byte[16],
            1 => Id(Name),
            2 => Id(Parent),
            6 => "otlp"u8,
            7 => Encoding.UTF8.GetBytes(Service),
            8 => Encoding.UTF8.GetBytes(Name),
            _ => default,
        };

        public string Text(int column) => column switch { 9 => "internal", 10 => "unset", _ => "" };

        private static byte[] Id(string name)
        {
            var id = new byte[8];
            if (name.Length > 0)
                BinaryPrimitives.WriteUInt64BigEndian(id, name.Aggregate(1469598103934665603UL, (hash, c) => unchecked((hash ^ c) * 1099511628211UL)));
            return id;
        }
    }
}
