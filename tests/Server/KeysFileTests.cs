using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Shouldly;
using Weir.Core.Access;
using Weir.Server.Access;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Server;

public sealed class KeysFileTests
{
    private const string Key = "a-key-of-twenty-five-chars";

    [Fact]
    public void Every_kind_of_line_is_read()
    {
        var password = PasswordHash.Of("correct horse", iterations: 100_000);
        var (file, errors) = Parse(
            "# keys", "", $"production {KeyHash.Of(Key)}", "  staging\ta-plain-key-of-some-length  ", "production aws AKIDEXAMPLE secret-of-some-length",
            $"ui {password}", $"ui {KeyHash.Of("key-of-a-script-of-ours")}");
        errors.ShouldBeEmpty();
        file.Keys.Required.ShouldBeTrue();
        file.Keys.Find(Key).ShouldBe(new KeyGrant("production", KeyKind.Ingest));
        file.WithoutKind.ShouldBe(3);
        file.Keys.Find("a-plain-key-of-some-length")?.Environment.ShouldBe("staging");
        foreach (var no in new[] { null, "", "production", Key + "x", KeyHash.Of(Key).ToString(), new string('k', 5000) })
            file.Keys.Find(no).ShouldBeNull();
        var aws = file.FindAws("AKIDEXAMPLE").ShouldNotBeNull();
        (aws.SecretAccessKey, aws.Environment).ShouldBe(("secret-of-some-length", "production"));
        file.FindAws("akidexample").ShouldBeNull();
        file.Passwords.Single().Matches("correct horse").ShouldBeTrue();
        file.Passwords.Single().Matches("correct horsf").ShouldBeFalse();
        file.UiKeys.Single().Matches(KeyHash.Of("key-of-a-script-of-ours")).ShouldBeTrue();
        file.HasLogin.ShouldBeTrue();
    }

    [Theory]
    [InlineData("Production a-key-of-twenty-five-chars", "the name of an environment has lower-case letters")]
    [InlineData("production", "is neither")]
    [InlineData("production a b c d", "is neither")]
    [InlineData("production reader a-key-of-twenty-five-chars", "the kind of a key must be one of ingest, post_client_item, post_server_item, read, manage")]
    [InlineData("production post_client_item", "is neither")]
    [InlineData("production gcp AKIDEXAMPLE a-key-of-twenty-five-chars", "is neither")]
    [InlineData("production aws AKIDEXAMPLE a-key-too-short", "the secret is shorter than 16")]
    [InlineData("production a-key-too-short", "the key is shorter than 16")]
    [InlineData("production sha256:0123456789abcdef", "64 hexadecimal digits")]
    [InlineData("ui a-key-of-twenty-five-chars", "is not a hash")]
    [InlineData("ui pbkdf2-sha256:1:AAAAAAAAAAAAAAAAAAAAAA==:AAAA", "is not a hash")]
    [InlineData("ui aws AKIDEXAMPLE a-key-of-twenty-five-chars", "a login line has the form")]
    public void A_bad_line_is_named_by_number_and_not_repeated(string line, string wrong)
    {
        var (_, errors) = Parse("# first", line);
        errors.Single().ShouldStartWith("keys.txt line 2: ");
        errors.Single().ShouldContain(wrong);
        foreach (var word in line.Split(' ').Where(w => w.Length > 6 && w != "production"))
            errors.Single().ShouldNotContain(word);
    }

    [Fact]
    public void All_invalid_lines_and_duplicate_keys_are_listed_at_once()
    {
        var (_, errors) = Parse(
            "production short", $"production {Key}", $"staging {KeyHash.Of(Key)}", "production aws AKID a-key-of-twenty-five-chars", "staging aws AKID a-key-of-twenty-five-chars");
        errors.ShouldBe(
        [
            "keys.txt line 1: the key is shorter than 16 characters",
            "keys.txt line 3: the key is already in an earlier line",
            "keys.txt line 5: the access key id is already in an earlier line",
        ]);
    }

    [Fact]
    public void Mutated_files_give_errors_and_nothing_else()
    {
        var random = Fuzz.Random(61);
        var whole = $"# keys\nproduction {KeyHash.Of(Key)}\nproduction aws AKIDEXAMPLE secret-of-some-length\nui {PasswordHash.Of("p", 100_000)}\n";
        for (var round = 0; round < 3000; round++)
        {
            var bytes = Encoding.UTF8.GetBytes(whole);
            for (var i = random.Next(1, 8); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var lines = Encoding.UTF8.GetString(bytes).Split('\n');
            var (file, errors) = Parse(lines);
            errors.Count.ShouldBeLessThanOrEqualTo(lines.Length);
            file.Keys.Find("another-key-of-some-length").ShouldBeNull();
        }
    }

    [Fact]
    public async Task Lines_are_added_and_replaced_in_a_file_for_its_owner_only()
    {
        var folder = Directory.CreateTempSubdirectory("weir-keys-").FullName;
        var path = Path.Combine(folder, "made", "keys");
        foreach (var line in new[] { $"production {KeyHash.Of(Key)}", "ui one", "ui two" })
            await KeysFileLines.AddAsync(path, line, l => l.StartsWith("ui ", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var lines = await File.ReadAllLinesAsync(path);
        lines[0].ShouldStartWith("#");
        lines[1..].ShouldBe([$"production {KeyHash.Of(Key)}", "ui two"]);
        Directory.GetFiles(Path.GetDirectoryName(path)!).ShouldBe([path]);
        KeysFile.IsReadableByOthers(path).ShouldBeFalse();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupRead);
        KeysFile.IsReadableByOthers(path).ShouldBe(!OperatingSystem.IsWindows());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_hash_of_a_key_is_its_sha256()
    {
        KeyHash.Of("abc").ToString().ShouldBe("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        KeyHash.Parse("sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD").ShouldNotBeNull().Matches(KeyHash.Of("abc")).ShouldBeTrue();
        KeyHash.Parse("sha256:ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad").ShouldBeNull();
        KeyHash.Parse("").ShouldBeNull();
    }

    [Fact]
    public void A_password_is_salted_and_survives_its_text_form()
    {
        var hash = PasswordHash.Of("correct horse", iterations: 100_000).ToString();
        PasswordHash.Of("correct horse", iterations: 100_000).ToString().ShouldNotBe(hash);
        PasswordHash.Parse(hash).ShouldNotBeNull().Matches("correct horse").ShouldBeTrue();
        PasswordHash.Parse(hash.Replace(":100000:", ":200000:", StringComparison.Ordinal)).ShouldNotBeNull().Matches("correct horse").ShouldBeFalse();
        PasswordHash.Of("x").ToString().ShouldStartWith("pbkdf2-sha256:600000:");
    }

    [Theory]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("/traces?q=a%20b", "/traces?q=a%20b")]
    [InlineData("//elsewhere.example", "/")]
    [InlineData("/\\elsewhere.example", "/")]
    [InlineData("https://elsewhere.example", "/")]
    [InlineData("/a\r\nSet-Cookie: x=y", "/")]
    public void After_the_login_only_paths_of_this_server_follow(string? next, string expected) => Login.Next(next).ShouldBe(expected);

    [Fact]
    public async Task An_answer_that_is_under_way_is_cut_when_its_key_is_revoked()
    {
        var (staying, going) = ("key-of-a-script-that-stays", "key-of-a-script-that-goes");
        var (before, _) = Parse($"ui {KeyHash.Of(staying)}", $"ui {KeyHash.Of(going)}");
        var keys = new LiveKeys("keys.txt", before);
        using var login = new Login(keys, TimeProvider.System);
        var calls = new List<(Lifetime Request, Task Call)>();
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        foreach (var (key, source) in new[] { (staying, first), (going, second) })
        {
            var http = new DefaultHttpContext();
            var lifetime = new Lifetime(source);
            http.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
            http.Request.Headers.Authorization = "Bearer " + key;
            calls.Add((lifetime, login.BeforeEndpointsAsync(http, _ => Task.Delay(Timeout.Infinite, lifetime.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default))));
        }
        keys.Replace(Parse($"ui {KeyHash.Of(staying)}").File);
        await calls[1].Call.WaitAsync(TimeSpan.FromSeconds(30));
        (calls[0].Request.IsAborted, calls[1].Request.IsAborted).ShouldBe((false, true));
        calls[0].Request.Abort();
        await calls[0].Call;
    }

    [Fact]
    public void Guessing_is_braked_by_address_and_for_a_minute()
    {
        var time = new SetClock();
        var attempts = new LoginAttempts(time);
        for (var i = 0; i < LoginAttempts.PerMinute; i++)
            attempts.TryBegin("192.0.2.1", out _).ShouldBeTrue();
        attempts.TryBegin("192.0.2.1", out var wait).ShouldBeFalse();
        wait.ShouldBe(TimeSpan.FromMinutes(1));
        attempts.TryBegin("192.0.2.2", out _).ShouldBeTrue();
        time.Now += TimeSpan.FromMinutes(1);
        attempts.TryBegin("192.0.2.1", out _).ShouldBeTrue();
    }

    [Fact]
    public void A_session_that_was_logged_out_of_is_remembered_until_it_would_have_ended()
    {
        var time = new SetClock();
        var ended = new EndedSessions(time);
        ended.Add("first");
        time.Now += Login.Lifetime / 2;
        ended.Add("second");
        (ended.Has("first"), ended.Has("second"), ended.Has("third")).ShouldBe((true, true, false));
        time.Now += Login.Lifetime / 2;
        ended.Add("third");
        (ended.Has("first"), ended.Has("second"), ended.Has("third")).ShouldBe((false, true, true));
        for (var i = 0; i < EndedSessions.Most; i++)
            ended.Add($"{i}");
        (ended.Has("third"), ended.Has("0")).ShouldBe((false, true));
    }

    private static (KeysFile File, List<string> Errors) Parse(params string[] lines)
    {
        var errors = new List<string>();
        return (KeysFile.Parse(lines, errors, "keys.txt"), errors);
    }

    private sealed class Lifetime(CancellationTokenSource source) : IHttpRequestLifetimeFeature
    {
        public bool IsAborted => source.IsCancellationRequested;

        public CancellationToken RequestAborted
        {
            get => source.Token;
            set => throw new NotSupportedException();
        }

        public void Abort() => source.Cancel();
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
