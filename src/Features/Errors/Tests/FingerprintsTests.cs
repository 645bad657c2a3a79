using Shouldly;
using Weir.Features.Errors;
using Xunit;

namespace Weir.Tests.Errors;

public sealed class FingerprintsTests
{
    [Theory]
    [InlineData("user 123 failed at 12:30:01", "user 456 failed at 09:00:59")]
    [InlineData("took 1.5 s", "took 12.75 s")]
    [InlineData("item 3f2504e0-4f89-41d3-9a0c-0305e82c3301 is gone", "item deadbeef-cafe-babe-abba-feedfacedead is gone")]
    [InlineData("row a1b2c3d4 locked", "row ffee0011 locked")]
    [InlineData("no key 'alice' in map", "no key 'bob smith' in map")]
    [InlineData("no key \"a\" in map", "no key \"b\" in map")]
    [InlineData("from 10.0.0.1:4567", "from 192.168.1.20:80")]
    [InlineData("at 2026-11-20T10:20:30.123Z", "at 2025-01-02T03:04:05Z")]
    [InlineData("pointer 0xdeadbeef", "pointer 0xcafe")]
    [InlineData("index -5", "index 7")]
    [InlineData("Failed to fetch https://a.example/assets/Settings-DbQ2xY9p.js", "Failed to fetch https://a.example/assets/Settings-Zz_9-kLm.js")]
    [InlineData("Failed to fetch https://a.example/assets/Settings-8f3d1a2b.js", "Failed to fetch https://a.example/assets/Settings-BqTzRkLm.js")]
    [InlineData("Loading chunk /app/pages-home-XQ3TYGTV.js?t=1 failed", "Loading chunk /app/pages-home-ABCDEFGH.js?t=2 failed")]
    [InlineData("Unable to preload CSS for /assets/Home.aB3dE6g_.min.css", "Unable to preload CSS for /assets/Home.-9dKe_Ga.min.css")]
    [InlineData("can't open '/a/b' for bob's", "can't open '/c' for bob's")]
    [InlineData("id 5759e988bd862e3fe1be46a994272793", "id 1-5759e988-bd862e3fe1be46a994272793")]
    public void Messages_that_differ_in_values_are_one(string first, string second)
    {
        FingerprintText.WithoutValues(first).ShouldBe(FingerprintText.WithoutValues(second));
        Fingerprints.Of("E", first, []).ShouldBe(Fingerprints.Of("E", second, []));
        Fingerprints.Of("E", first, []).ShouldNotBe(Fingerprints.Of("F", first, []));
    }

    [Theory]
    [InlineData("user a", "user b")]
    [InlineData("can't read", "can't write")]
    [InlineData("don't stop", "don't go, don't")]
    [InlineData("timeout", "refused")]
    [InlineData("Failed to fetch /assets/my-settings.js", "Failed to fetch /assets/my-profiles.js")]
    [InlineData("Failed to fetch /assets/app-MyWidget.js", "Failed to fetch /assets/app-TheBoxes.js")]
    [InlineData("Failed to fetch /assets/Settings-DbQ2xY9p.js", "Failed to fetch /assets/Profiles-DbQ2xY9p.js")]
    [InlineData("Failed to fetch /assets/my-settings-DbQ2xY9p.js", "Failed to fetch /assets/my-profile-DbQ2xY9p.js")]
    public void Messages_with_different_words_are_different(string first, string second) =>
        Fingerprints.Of("E", first, []).ShouldNotBe(Fingerprints.Of("E", second, []));

    // file|method of the frames, one line each
    [Theory]
    [InlineData("a bundle's hash", "https://x.com/static/main.3f9a1b2c.js|f", "https://cdn.com/static/main.99aa77cd.js?v=2|f", true)]
    [InlineData("a bundle's hash in base64", "https://x.com/assets/Home-DbQ2xY9p.js|f", "https://x.com/assets/Home-Zz_9-kLm.js|f", true)]
    [InlineData("another bundle", "https://x.com/assets/Home-DbQ2xY9p.js|f", "https://x.com/assets/Page-DbQ2xY9p.js|f", false)]
    [InlineData("Windows separators", "src\\a.cs|f", "src/a.cs|f", true)]
    [InlineData("a release folder", "/srv/app/releases/20261120103000/a.rb|f", "/srv/app/releases/20251101000000/a.rb|f", true)]
    [InlineData("closures' numbers", "a.cs|X.<List>b__0_1()", "a.cs|X.<List>b__12_0(String s)", true)]
    [InlineData("a lambda's number", "A.java|a.B.lambda$list$3", "A.java|a.B.lambda$list$14", true)]
    [InlineData("a block's level", "a.rb|block in list", "a.rb|block (2 levels) in list", true)]
    [InlineData("a Go receiver is kept", "a.go|main.(*App).home", "a.go|main.(*Other).home", false)]
    [InlineData("another method", "a.py|f", "a.py|g", false)]
    [InlineData("another file", "a.py|f", "b.py|f", false)]
    [InlineData("recursion of another depth", "a.py|f\na.py|f\nb.py|g", "a.py|f\na.py|f\na.py|f\nb.py|g", true)]
    [InlineData("other libraries between", "a.py|f\n/x/site-packages/flask/app.py|run", "a.py|f\n/y/site-packages/flask/other.py|go", true)]
    [InlineData("only libraries: they count", "/x/site-packages/flask/app.py|run", "/x/site-packages/flask/app.py|go", false)]
    public void Frames(string name, string first, string second, bool same)
    {
        name.ShouldNotBeEmpty();
        (Of(first, 1) == Of(second, 99)).ShouldBe(same);
    }

    [Fact]
    public void Every_exception_of_a_chain_counts()
    {
        var outer = new StackException("Outer", null, [new StackFrame("a.py", 1, null, "f", null, true)]);
        var cause = new StackException("Cause", null, [new StackFrame("b.py", 1, null, "g", null, true)]);
        Fingerprints.Of([outer, cause]).ShouldNotBe(Fingerprints.Of([outer]));
        Fingerprints.Of([outer, cause]).ShouldNotBe(Fingerprints.Of([cause, outer]));
        Fingerprints.Of([outer]).ShouldBe(Fingerprints.Of("Outer", "never mind", outer.Frames));
    }

    [Fact]
    public void A_clients_fingerprint_is_used_or_hashed()
    {
        Fingerprints.Custom("checkout").ShouldBe("checkout");
        Fingerprints.Custom(new string('a', 40)).ShouldBe(new string('a', 40));
        // sha1sum of 41 letters a
        Fingerprints.Custom(new string('a', 41)).ShouldBe(Sha1Of41);
    }

    private const string Sha1Of41 = "52cedd6b110e4330b5186478736afa5203c4f9ea";

    private static string Of(string frames, int line) =>
        Fingerprints.Of("E", $"message {line}", [.. frames.Split('\n').Select(f => f.Split('|')).Select(
            f => new StackFrame(f[0], line, line, f[1], $"code {line}", ProjectCode.Has(f[0], f[1])))]);
}
