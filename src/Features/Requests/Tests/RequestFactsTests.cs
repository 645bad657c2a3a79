using Shouldly;
using Weir.Features.Logs;
using Weir.Features.Requests.Facts;
using Xunit;

namespace Weir.Features.Requests.Tests;

/// <summary>One request as different recorders write it.</summary>
public sealed class RequestFactsTests
{
    [Theory]
    [InlineData("/api/activities/%40me", "/api/activities/@me")]
    [InlineData("http://host:80/api//home/?x=1#top", "/api/home")]
    [InlineData("//api/home", "/api/home")]
    [InlineData("/J%C3%BCrgen", "/Jürgen")]
    [InlineData("/J\\xc3\\xbcrgen", "/Jürgen")]
    [InlineData("/J\\xC3\\xBCrgen", "/Jürgen")]
    [InlineData("/JÃ¼rgen", "/Jürgen")]
    [InlineData("/andrew%20brown", "/andrew brown")]
    [InlineData("/100%/%zz/%4", "/100%/%zz/%4")]
    [InlineData("/go?to=http://other/x", "/go")]
    [InlineData("/J%FCrgen", "/Jürgen")]
    [InlineData("/😀", "/😀")]
    [InlineData("http://host", "/")]
    [InlineData("http://host?x", "/")]
    [InlineData("/", "/")]
    public void Paths_have_one_form_however_they_are_written(string target, string path) => RequestPath.Of(target).ShouldBe(path);

    [Theory]
    [InlineData("/api/activities/<string:activity_uuid>", "/api/activities/68f126b0", true)]
    [InlineData("/api/activities/<string:activity_uuid>", "/api/activities/68f126b0/reply", false)]
    [InlineData("/api/activities/@<string:handle>", "/api/activities/@me", true)]
    [InlineData("/api/activities/@<string:handle>", "/api/activities/me", false)]
    [InlineData("/users/{id:int}/posts/{post}", "/users/1/posts/2", true)]
    [InlineData("/users/{id:[0-9]{2}}/x", "/users/12/x", true)]
    [InlineData("/users/:id", "/users/1", true)]
    [InlineData("/users/:id", "/users", false)]
    [InlineData("/files/<path:name>", "/files/a/b/c", true)]
    [InlineData("/files/{*rest}", "/files/a/b", true)]
    [InlineData("/files/*", "/files", true)]
    [InlineData("/a/<x>/b/<y>/c", "/a/1/b/2/c", true)]
    [InlineData("/a/<x>/b/<y>/c", "/a/1/b/2/d", false)]
    [InlineData("/a/<path:x>/b/<y>/c", "/a/1/b/2/b/3/c", true)]
    [InlineData("/a/<path:x>/<y>/c", "/a/1/2/3/c", true)]
    [InlineData("/plain/", "/plain", true)]
    public void Route_templates_match_the_paths_they_describe(string route, string path, bool matches) =>
        RouteTemplate.Matches(route, path).ShouldBe(matches);

    [Theory]
    [InlineData("203.0.113.7", true, "127.0.0.1", null, null)]
    [InlineData("203.0.113.7, 127.0.0.1", true, "::1", null, true)]
    [InlineData("for=203.0.113.7;proto=http, for=\"[2001:db8::1]:4711\"", true, "2001:db8::1", null, true)]
    [InlineData("10.0.0.1:4567", false, "10.0.0.1", null, true)]
    [InlineData("10.0.0.1", false, "10.0.0.2", false, false)]
    [InlineData("10.0.0.1", false, "10.0.0.2", null, null)]
    [InlineData("", null, "10.0.0.2", false, null)]
    public void Addresses_disagree_only_when_both_are_known_to_be_the_peers(string one, bool? proxied, string other, bool? otherProxied, bool? agrees)
    {
        var (a, b) = (AddressSet.Of(proxied, one), AddressSet.Of(otherProxied, other));
        a.Agrees(b).ShouldBe(agrees);
        b.Agrees(a).ShouldBe(agrees);
    }

    [Theory]
    [InlineData(200, 200, true)]
    [InlineData(200, 499, true)]
    [InlineData(499, 500, true)]
    [InlineData(200, 0, true)]
    [InlineData(200, null, true)]
    [InlineData(200, 500, false)]
    public void A_status_that_says_nothing_forbids_nothing(int one, int? other, bool mayBeOne) =>
        RequestFacts.Of("GET", "/a", one, null as string)!.MayBeOne(RequestFacts.Of("get", "/a/", other, null as string)!).ShouldBe(mayBeOne);

    [Fact]
    public void A_report_with_a_route_only_may_be_of_the_requests_that_the_route_describes()
    {
        var report = RequestFacts.Partly("", "", "/users/<int:id>", AddressSet.None);
        report.Agreement(RequestFacts.Of("GET", "/users/1", 500, null as string)!).ShouldBe(["route", "time"]);
        report.MayBeOne(RequestFacts.Of("GET", "/users", 500, null as string)!).ShouldBeFalse();
    }

    [Theory]
    [InlineData("builtins.TypeError", "it failed\nTraceback", "TypeError", "it failed", true)]
    [InlineData("TypeError", "it failed", "TypeError", "another", false)]
    [InlineData("TypeError", "it failed", "ValueError", "it failed", false)]
    [InlineData("App\\Exceptions\\Lost", "gone", "Lost", "gone", true)]
    public void Exceptions_are_the_same_by_class_and_message(string type, string message, string otherType, string otherMessage, bool same) =>
        ExceptionIdentity.Of(type, message)!.IsSame(ExceptionIdentity.Of(otherType, otherMessage)!).ShouldBe(same);

    [Fact]
    public void The_innermost_frame_is_read_from_the_stored_stack() => ExceptionIdentity.Of(
        "KeyError", "'x'", """[{"class":"KeyError","message":"'x'","frames":[{"file":"/app/a.py","method":"outer"},{"file":"/app/b.py","method":"inner"}]}]""")!
        .Frame.ShouldBe("b.py:inner");

    [Theory]
    [InlineData("Exception on /api/home [GET]\nTraceback (most recent call last):\n  File \"a.py\"\nTypeError: no response", "GET", "/api/home", "TypeError", "no response")]
    [InlineData("[2026-11-30 12:00:00,000] ERROR in app: Exception on /a b [POST]\nTraceback\nKeyError: 'x'", "POST", "/a b", "KeyError", "'x'")]
    [InlineData("Exception on /api/home [GET]", "GET", "/api/home", null, null)]
    public void An_exceptions_line_names_its_request(string body, string method, string target, string? type, string? message)
    {
        var found = LineText.FailedRequest(body).ShouldNotBeNull();
        (found.Method, found.Target, found.Exception?.Class, found.Exception?.Message).ShouldBe((method, target, type, message));
    }

    [Theory]
    [InlineData("Exception on the way [GET]")]
    [InlineData("hello")]
    public void Other_lines_name_none(string body) => LineText.FailedRequest(body).ShouldBeNull();

    [Theory]
    [InlineData("client", "POST", "http://127.0.0.1:7070/api/1/item/", true)]
    [InlineData("client", "POST", "http://weir:4318/v1/traces", true)]
    [InlineData("server", "POST", "/api/1/item/", false)]
    [InlineData("client", "GET", "/v1/traces", false)]
    [InlineData("client", "POST", "/api/orders", false)]
    public void Calls_that_send_telemetry_are_told_from_the_applications(string kind, string method, string target, bool isExporter) =>
        ExporterCalls.Is(kind, method, target).ShouldBe(isExporter);

    [Theory]
    [InlineData("[2023-Feb-27 01:09] 172.18.0.1 GET http /api/@andrew brown? 404 NOT FOUND", "GET", "/api/@andrew brown", 404)]
    [InlineData("[2023-Feb-27 01:09] 172.18.0.1 GET http /api/a 200 OK/b? 500 INTERNAL SERVER ERROR", "GET", "/api/a 200 OK/b", 500)]
    [InlineData("172.18.0.1 GET http /api/@Jürgen 200 OK", "GET", "/api/@Jürgen", 200)]
    [InlineData("[t] 172.18.0.1 GET /plain 418 I'M A TEAPOT", "GET", "/plain", 418)]
    [InlineData("127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] \"GET /a b \"c\" HTTP/1.1\" 200 12", "GET", "/a b \"c\"", 200)]
    [InlineData("127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] \"GET /a\\\"b HTTP/1.1\" 200 12", "GET", "/a\\\"b", 200)]
    [InlineData("INFO:     172.18.0.1:4567 - \"GET /docs HTTP/1.1\" 200 OK", "GET", "/docs", 200)]
    public void Access_lines_are_read_whatever_their_target_holds(string line, string method, string path, int status)
    {
        AccessLine.TryParse(System.Text.Encoding.UTF8.GetBytes(line), out var access).ShouldBeTrue();
        System.Text.Encoding.UTF8.GetString(access.Method).ShouldBe(method);
        System.Text.Encoding.UTF8.GetString(access.Path).ShouldBe(path);
        access.Status.ShouldBe(status);
    }

    [Theory]
    [InlineData("10.0.0.1 GET http hello world 200 OK")]
    [InlineData("10.0.0.1 GET http /a 200 of 3000")]
    [InlineData("10.0.0.1 GET http /a no status")]
    [InlineData("127.0.0.1 - - [t] \"GET /a HTTP/1.1\" none")]
    public void Lines_that_only_look_like_one_are_none(string line) =>
        AccessLine.TryParse(System.Text.Encoding.UTF8.GetBytes(line), out _).ShouldBeFalse();
}
