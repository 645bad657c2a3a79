using System.Text;
using Shouldly;
using Weir.Store.Read;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>Whatever a slot held before, the text is that of the bytes.</summary>
public sealed class TextPoolTests
{
    public static TheoryData<string> Texts => ["", "a", "GET", "service-00", "service-01", "/api/v1/resource07/{id}", "für", "\u0001null", new string('x', 64), new string('x', 65), "日本語"];

    [Theory, MemberData(nameof(Texts))]
    public void A_text_comes_out_as_it_went_in(string text)
    {
        var pool = new TextPool();
        pool.Get(Encoding.UTF8.GetBytes(text)).ShouldBe(text);
        pool.Get(Encoding.UTF8.GetBytes(text)).ShouldBe(text);
    }

    [Fact]
    public void A_repeated_text_is_made_once()
    {
        var pool = new TextPool();
        pool.Get("checkout"u8).ShouldBeSameAs(pool.Get("checkout"u8));
    }

    [Fact]
    public void Many_texts_in_the_same_slots_are_returned_unchanged()
    {
        var pool = new TextPool();
        for (var i = 0; i < 50_000; i++)
        {
            var text = $"user-{i * 7919 % 20_011}-{(i % 2 == 0 ? "ä" : "a")}";
            pool.Get(Encoding.UTF8.GetBytes(text)).ShouldBe(text);
        }
    }
}
