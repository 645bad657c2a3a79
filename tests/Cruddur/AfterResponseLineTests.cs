using System.Net;
using Cruddur.Hosting;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Weir.Tests.Cruddur;

public sealed class AfterResponseLineTests
{
    [Theory]
    [InlineData("172.18.0.1", "GET", "/api/activities/home", "", 200, "[2023-Feb-27 01:09] 172.18.0.1 GET http /api/activities/home? 200 OK")]
    [InlineData("::ffff:172.18.0.1", "GET", "/api/activities/search", "?term=a%20b", 422, "[2023-Feb-27 01:09] 172.18.0.1 GET http /api/activities/search?term=a%20b 422 UNPROCESSABLE ENTITY")]
    [InlineData("::1", "POST", "/nope", "", 404, "[2023-Feb-27 01:09] ::1 POST http /nope? 404 NOT FOUND")]
    [InlineData("10.0.0.9", "GET", "/api/activities/broken", "", 500, "[2023-Feb-27 01:09] 10.0.0.9 GET http /api/activities/broken? 500 INTERNAL SERVER ERROR")]
    public void The_line_has_exactly_the_form_of_the_walkthrough(string client, string method, string path, string query, int status, string line)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(client);
        http.Request.Method = method;
        http.Request.Scheme = "http";
        http.Request.Path = path;
        http.Request.QueryString = new QueryString(query);
        http.Response.StatusCode = status;
        AfterResponseLine.Format(http, new DateTimeOffset(2023, 2, 27, 2, 9, 59, TimeSpan.FromHours(1))).ShouldBe(line);
    }
}
