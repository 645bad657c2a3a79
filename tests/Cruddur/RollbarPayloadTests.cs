using Cruddur.Rollbar;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace Weir.Tests.Cruddur;

public sealed class RollbarPayloadTests
{
    private static readonly RollbarOptions Options = new(new Uri("http://h/api/1/item/"), "t", "production");
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_677_460_140);

    [Fact]
    public void A_single_exception_is_a_trace_with_the_innermost_frame_first()
    {
        var data = RollbarPayload.Exception(Thrown(), Http(), Options, Now);
        data["body"]!.AsObject().Select(p => p.Key).ShouldBe(["trace"]);
        data["language"]!.GetValue<string>().ShouldBe("c#");
        data["timestamp"]!.GetValue<long>().ShouldBe(1_677_460_140);
        var frame = data["body"]!["trace"]!["frames"]![0]!;
        frame["method"]!.GetValue<string>().ShouldBe("Weir.Tests.Cruddur.RollbarPayloadTests.Throw");
        frame["filename"]!.GetValue<string>().ShouldEndWith("RollbarPayloadTests.cs");
        frame["lineno"]!.GetValue<int>().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Causes_make_a_chain_with_the_last_raised_first()
    {
        var data = RollbarPayload.Exception(new InvalidOperationException("outer", new TimeoutException("inner")), Http(), Options, Now);
        data["body"]!.AsObject().Select(p => p.Key).ShouldBe(["trace_chain"]);
        data["body"]!["trace_chain"]!.AsArray().Select(t => t!["exception"]!["class"]!.GetValue<string>())
            .ShouldBe(["System.InvalidOperationException", "System.TimeoutException"]);
    }

    [Fact]
    public void The_request_is_reported_without_its_secrets()
    {
        var http = Http();
        http.Request.Headers.Authorization = "Bearer secret";
        http.Request.Headers.Cookie = "session=secret";
        http.Request.Headers["X-Plain"] = "seen";
        var data = RollbarPayload.Exception(Thrown(), http, Options, Now);
        data.ToJsonString().ShouldNotContain("secret");
        data["request"]!["headers"]!["X-Plain"]!.GetValue<string>().ShouldBe("seen");
        data["request"]!["url"]!.GetValue<string>().ShouldBe("http://h:4567/api/activities/search?term=x");
        data["request"]!["GET"]!["term"]!.GetValue<string>().ShouldBe("x");
        data["request"]!["query_string"]!.GetValue<string>().ShouldBe("term=x");
    }

    [Theory]
    [InlineData(null, "http://127.0.0.1:7070/api/1/item/")]
    [InlineData("http://weir:7070/api/1/", "http://weir:7070/api/1/item/")]
    [InlineData("http://weir:7070", "http://weir:7070/api/1/item/")]
    [InlineData("http://weir:7070/api/1/item/", "http://weir:7070/api/1/item/")]
    public void The_endpoint_may_be_the_item_url_the_base_or_the_host(string? endpoint, string url)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("ROLLBAR_ENDPOINT", endpoint)]).Build();
        var options = RollbarOptions.From(settings);
        options.ItemUrl.ToString().ShouldBe(url);
        options.Environment.ShouldBe("production");
    }

    private static DefaultHttpContext Http()
    {
        var http = new DefaultHttpContext();
        http.Request.Scheme = "http";
        http.Request.Host = new HostString("h", 4567);
        http.Request.Path = "/api/activities/search";
        http.Request.QueryString = new QueryString("?term=x");
        return http;
    }

    private static Exception Thrown()
    {
        try
        {
            Throw();
            throw new InvalidOperationException("unreachable");
        }
        catch (TimeoutException error)
        {
            return error;
        }
    }

    private static void Throw() => throw new TimeoutException("too late");
}
