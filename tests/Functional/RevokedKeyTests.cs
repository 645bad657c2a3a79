using System.Net;
using System.Text;
using Shouldly;
using Weir.Core.Access;
using Weir.Server.Access;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Keys and passwords that are made and taken back while Weir runs.</summary>
public sealed class RevokedKeyTests
{
    private const string Key = "key-of-the-revocation-tests";
    private const string AwsSecret = "secret-of-the-revocation-tests";
    private const string Password = "correct horse battery";

    [Fact]
    public async Task Keys_and_sessions_follow_the_file_without_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("weir-keys-").FullName;
        var path = Path.Combine(folder, "keys");
        var password = PasswordHash.Of(Password, 100_000);
        await File.WriteAllLinesAsync(path, [$"production {KeyHash.Of(Key)}", $"production manage aws AKIAREVOKE {AwsSecret}", $"ui {password}"]);
        await using var weir = await WeirProcess.StartAsync(null, null, "--keys", path);
        // The kind is missing: a warning at the start.
        weir.Output.ShouldContain("1 keys have no kind, so they can only send");
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(weir.Url) };
        (await SendAsync(client, "POST", "/1/events/d", Key)).ShouldBe(200);
        (await SendAsync(client, "GET", "/1/boards", Key)).ShouldBe(403);
        (await AwsAsync(client)).ShouldBe(200);
        using (var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["password"] = Password }))
            (await client.PostAsync("/login", form)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await SendAsync(client, "GET", "/api/status", null)).ShouldBe(200);

        // Another key by the command; the first one by its id.
        var (code, made) = await WeirProcess.RunToEndAsync("keys", "create", "production", "--kind", "manage", "--keys", path);
        code.ShouldBe(0, made);
        var other = made.Split('\n')[0];
        await EventuallyAsync(async () => await SendAsync(client, "GET", "/1/boards", other) == 200, weir);
        (await SendAsync(client, "GET", "/api/status", null)).ShouldBe(200);
        var (_, list) = await WeirProcess.RunToEndAsync("keys", "list", "--keys", path);
        var id = KeyHash.Of(Key).ToString().Substring(KeyHash.Prefix.Length, 12);
        list.ShouldContain(id);
        list.ShouldContain("AKIAREVOKE");
        (list.Contains(AwsSecret, StringComparison.Ordinal), list.Contains(other, StringComparison.Ordinal)).ShouldBe((false, false));
        (await WeirProcess.RunToEndAsync("keys", "revoke", "0123456789ab", "--keys", path)).Code.ShouldBe(2);
        (await WeirProcess.RunToEndAsync("keys", "revoke", id, "--keys", path)).Code.ShouldBe(0);
        (await WeirProcess.RunToEndAsync("keys", "revoke", "AKIAREVOKE", "--keys", path)).Code.ShouldBe(0);
        await EventuallyAsync(async () => await SendAsync(client, "POST", "/1/events/d", Key) == 401 && await AwsAsync(client) == 403, weir);
        (await SendAsync(client, "GET", "/1/boards", other)).ShouldBe(200);

        // The password goes, and who is logged in with it.
        await File.WriteAllLinesAsync(path, (await File.ReadAllLinesAsync(path)).Where(l => !l.StartsWith("ui ", StringComparison.Ordinal)).Append("not a line"));
        await EventuallyAsync(
            async () =>
            {
                try
                {
                    return await SendAsync(client, "GET", "/api/status", null) == 401;
                }
                catch (HttpRequestException)
                {
                    // The answer was under way, and was cut.
                    return false;
                }
            },
            weir);
        weir.Output.ShouldContain("the line is ignored");
        // A missing file changes nothing.
        File.Delete(path);
        await EventuallyAsync(() => Task.FromResult(weir.Output.Contains("can't be read, the loaded keys stay in use", StringComparison.Ordinal)), weir);
        (await SendAsync(client, "GET", "/1/boards", other)).ShouldBe(200);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<int> SendAsync(HttpClient client, string method, string path, string? key)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
            request.Content = new StringContent("{\"a\":1}", Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Add("x-honeycomb-team", key);
        using var response = await client.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static async Task<int> AwsAsync(HttpClient client)
    {
        using var request = SignedRequest.Of(new Uri(client.BaseAddress!, "/Groups"), "AKIAREVOKE", AwsSecret, "xray", "{}");
        using var response = await client.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static Task EventuallyAsync(Func<Task<bool>> condition, WeirProcess weir) => Waiting.UntilAsync(condition, "the change of the keys\n" + weir.Output);
}
