using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cruddur.Activities;
using Shouldly;
using Xunit;

namespace Weir.Tests.Cruddur;

public sealed class RouteTests(RunningCruddur cruddur) : IClassFixture<RunningCruddur>
{
    private const string Known = "68f126b0-1ceb-4a33-88be-d90fa7109eee";

    [Theory]
    [InlineData("/api/activities/home", 200, "\"results\"", false)]
    [InlineData("/api/activities/notifications", 200, "\"expires_at\"", true)]
    [InlineData("/api/activities/@worf", 200, "prune juice", true)]
    [InlineData("/api/activities/@", 422, "{\"errors\":[\"blank_user_handle\"]}", true)]
    [InlineData("/api/activities/@%20", 422, "{\"errors\":[\"blank_user_handle\"]}", true)]
    [InlineData("/api/activities/@nobody", 404, "{\"errors\":[\"user_not_found\"]}", true)]
    [InlineData("/api/activities/" + Known, 200, "This post has no honor!", true)]
    [InlineData("/api/activities/no-such-crud", 404, "{\"errors\":[\"activity_not_found\"]}", true)]
    [InlineData("/api/activities/search?term=CLOUD", 200, "Cloud is fun!", true)]
    [InlineData("/api/activities/search?term=", 422, "{\"errors\":[\"search_term_blank\"]}", true)]
    [InlineData("/api/activities/search", 422, "{\"errors\":[\"search_term_blank\"]}", true)]
    [InlineData("/api/activities/broken", 500, "{\"errors\":[\"internal_server_error\"]}", true)]
    [InlineData("/api/message_groups", 200, "Londo Mollari", true)]
    [InlineData("/api/messages?handle=worf", 200, "had no honor", true)]
    [InlineData("/api/messages", 422, "{\"errors\":[\"user_receiver_handle_blank\"]}", true)]
    [InlineData("/rollbar/test", 200, "Hello World!", true)]
    [InlineData("/nowhere", 404, "", true)]
    public async Task A_get_returns_its_status_and_body(string path, int status, string words, bool contains)
    {
        using var reply = await cruddur.Client.GetAsync(path);
        ((int)reply.StatusCode).ShouldBe(status);
        (await reply.Content.ReadAsStringAsync()).Contains(words, StringComparison.Ordinal).ShouldBe(contains);
    }

    [Theory]
    [InlineData("/api/activities", """{"message":"hello","ttl":"1-hour"}""", 200, "\"message\":\"hello\"")]
    [InlineData("/api/activities", """{"message":"  "}""", 422, "{\"errors\":[\"message_blank\"]}")]
    [InlineData("/api/activities", """{}""", 422, "{\"errors\":[\"message_blank\"]}")]
    [InlineData("/api/activities", """{"message":"x","ttl":"9-years","handle":"q"}""", 422, "{\"errors\":[\"ttl_invalid\",\"user_handle_unknown\"]}")]
    [InlineData("/api/activities", "{broken", 400, "body_is_not_a_json_object")]
    [InlineData("/api/activities", "null", 400, "body_is_not_a_json_object")]
    [InlineData("/api/activities", """{"message":7}""", 400, "body_is_not_a_json_object")]
    [InlineData("/api/activities/" + Known + "/reply", """{"message":"indeed"}""", 200, "\"reply_to_activity_uuid\":\"" + Known)]
    [InlineData("/api/activities/" + Known + "/reply", """{"message":""}""", 422, "message_blank")]
    [InlineData("/api/activities/unknown/reply", """{"message":"hm"}""", 404, "activity_not_found")]
    [InlineData("/api/messages", """{"message":"hi","user_receiver_handle":"worf"}""", 200, "\"message\":\"hi\"")]
    [InlineData("/api/messages", """{"message":""}""", 422, "{\"errors\":[\"message_blank\",\"user_receiver_handle_blank\"]}")]
    public async Task A_post_is_validated(string path, string body, int status, string words)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var reply = await cruddur.Client.PostAsync(path, content);
        ((int)reply.StatusCode).ShouldBe(status);
        (await reply.Content.ReadAsStringAsync()).ShouldContain(words);
    }

    [Theory]
    [InlineData("/api/activities", CrudRules.MessageLimit)]
    [InlineData("/api/activities/" + Known + "/reply", CrudRules.ReplyLimit)]
    public async Task The_longest_message_passes_and_one_more_character_does_not(string path, int limit)
    {
        foreach (var (length, status) in new[] { (limit, 200), (limit + 1, 422) })
        {
            using var content = new StringContent($$"""{"message":"{{new string('a', length)}}"}""", Encoding.UTF8, "application/json");
            using var reply = await cruddur.Client.PostAsync(path, content);
            ((int)reply.StatusCode).ShouldBe(status);
            if (status == 422)
                (await reply.Content.ReadAsStringAsync()).ShouldBe("{\"errors\":[\"message_exceed_max_chars\"]}");
        }
    }

    [Fact]
    public async Task A_body_over_the_limit_is_the_clients_fault()
    {
        using var content = new StringContent("{\"message\":\"" + new string('a', 100_000) + "\"}", Encoding.UTF8, "application/json");
        using var reply = await cruddur.Client.PostAsync("/api/activities", content);
        reply.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task The_home_feed_has_the_shape_of_the_walkthrough()
    {
        var feed = JsonNode.Parse(await cruddur.Client.GetStringAsync("/api/activities/home"))!.AsArray();
        var crud = feed.Single(c => c!["uuid"]!.GetValue<string>() == Known)!;
        foreach (var key in new[] { "handle", "message", "created_at", "expires_at", "likes_count", "replies_count", "reposts_count", "replies" })
            crud[key].ShouldNotBeNull(key);
        crud["replies"]!.AsArray()[0]!["handle"]!.GetValue<string>().ShouldBe("worf");
    }

    [Fact]
    public async Task A_browser_may_send_its_trace_from_another_origin()
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/activities/home");
        preflight.Headers.Add("Origin", "http://localhost:3000");
        preflight.Headers.Add("Access-Control-Request-Method", "GET");
        preflight.Headers.Add("Access-Control-Request-Headers", "traceparent,tracestate");
        using var reply = await cruddur.Client.SendAsync(preflight);
        reply.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        reply.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldContain("traceparent");

        using var failing = new HttpRequestMessage(HttpMethod.Get, "/api/activities/broken");
        failing.Headers.Add("Origin", "http://localhost:3000");
        using var failed = await cruddur.Client.SendAsync(failing);
        failed.Headers.GetValues("Access-Control-Allow-Origin").Single().ShouldBe("*");
    }

    [Fact]
    public void Cruds_expire()
    {
        var time = new HandTime(DateTimeOffset.UnixEpoch.AddYears(50));
        var store = new CrudStore(time);
        var crud = store.Add("worf", "short is my life", TimeSpan.FromHours(1));
        time.Advance(TimeSpan.FromMinutes(59));
        store.Find(crud.Uuid).ShouldNotBeNull();
        time.Advance(TimeSpan.FromMinutes(1));
        store.Find(crud.Uuid).ShouldBeNull();
        store.AddReply(crud.Uuid, "worf", "too late").ShouldBeNull();
    }
}
