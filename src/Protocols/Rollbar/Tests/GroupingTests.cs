using Shouldly;
using Xunit;

namespace Weir.Tests.Rollbar;

public sealed class GroupingTests
{
    private static string Trace(string fields = "", string name = "ValueError", string message = "bad 12", string frames = """{"filename":"/app/a.py","lineno":1,"method":"f","code":"f()"}""") =>
        $$$$$$"""{"data":{"environment":"production",{{{{{{fields}}}}}}"body":{"trace":{"frames":[{{{{{{frames}}}}}}],"exception":{"class":"{{{{{{name}}}}}}","message":"{{{{{{message}}}}}}"}}}}}""";

    private static string Message(string text) => $$$$$$"""{"data":{"environment":"production","body":{"message":{"body":"{{{{{{text}}}}}}"}}}}""";

    public static TheoryData<string, string, string, bool> Pairs => new()
    {
        { "the same twice", Trace(), Trace(), true },
        { "another line, column, code and message", Trace(), Trace(message: "other", frames: """{"filename":"/app/a.py","lineno":99,"colno":7,"method":"f","code":"g()"}"""), true },
        { "another class", Trace(), Trace(name: "KeyError"), false },
        { "another method", Trace(), Trace(frames: """{"filename":"/app/a.py","lineno":1,"method":"g"}"""), false },
        { "another environment", Trace(), Trace().Replace("production", "staging", StringComparison.Ordinal), false },
        { "browser and server", Trace(), Trace("\"platform\":\"browser\","), false },
        { "two hosts", Trace("\"server\":{\"host\":\"a\"},"), Trace("\"server\":{\"host\":\"b\"},"), true },
        { "two roots", Trace("\"server\":{\"root\":\"/app\"},"), Trace("\"server\":{\"root\":\"/srv/b/\"},", frames: """{"filename":"/srv/b/a.py","lineno":2,"method":"f"}"""), true },
        { "another flask below", Trace("\"server\":{\"root\":\"/app\"},", frames: """{"filename":"/usr/x.py","method":"a"},{"filename":"/app/a.py","method":"f"}"""),
            Trace("\"server\":{\"root\":\"/app\"},", frames: """{"filename":"/usr/y.py","method":"b"},{"filename":"/app/a.py","method":"f"}"""), true },
        { "another level", Trace("\"level\":\"error\","), Trace("\"level\":\"critical\","), true },
        { "messages with other values", Message("user 123 failed at 12:30:01"), Message("user 456 failed at 09:00:00"), true },
        { "messages with other words", Message("user a"), Message("user b"), false },
        { "one fingerprint, unlike errors", Trace("\"fingerprint\":\"x\","), Trace("\"fingerprint\":\"x\",", name: "KeyError"), true },
        { "two fingerprints, like errors", Trace("\"fingerprint\":\"x\","), Trace("\"fingerprint\":\"y\","), false },
        { "no frames: the message counts", Trace(frames: ""), Trace(frames: "", message: "other words"), false },
        { "no frames: its numbers do not", Trace(frames: ""), Trace(frames: "", message: "bad 99"), true },
        { "one browser frame: the message counts", Trace("\"platform\":\"browser\",", message: "x is not defined"), Trace("\"platform\":\"browser\",", message: "y is not defined"), false },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Items(string name, string first, string second, bool same)
    {
        name.ShouldNotBeEmpty();
        var a = ItemDecoderTests.Block(ItemDecoderTests.Bytes(first));
        var b = ItemDecoderTests.Block(ItemDecoderTests.Bytes(second));
        ((ulong)a[0, "item_id"]! == (ulong)b[0, "item_id"]!).ShouldBe(same);
    }

    [Fact]
    public void A_long_fingerprint_is_its_sha1_and_a_title_overrides()
    {
        var item = ItemDecoderTests.Item(ItemDecoderTests.Bytes(Trace($"\"fingerprint\":\"{new string('a', 41)}\",\"title\":\"Checkout\\nbroke\",")));
        item.Fingerprint.ShouldBe("52cedd6b110e4330b5186478736afa5203c4f9ea");
        item.Title.ShouldBe("Checkout");
    }

    [Fact]
    public void Recordings_of_two_sdk_versions_are_one_item()
    {
        foreach (var what in new[] { "node-cause-and-request", "node-message-warning", "node-message-info" })
        {
            var (old, current) = (PostedFixture.Read("rollbar.js-2.26.5-" + what), PostedFixture.Read("rollbar.js-3.1.0-" + what));
            ItemDecoderTests.Block(old.Body)[0, "item_id"].ShouldBe(ItemDecoderTests.Block(current.Body)[0, "item_id"]);
        }
    }
}
