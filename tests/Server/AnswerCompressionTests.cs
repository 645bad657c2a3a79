using System.Net;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Weir.Server.Hosting;
using Xunit;

namespace Weir.Tests.Server;

/// <summary>Which answers are sent compressed.</summary>
public sealed class AnswerCompressionTests
{
    [Theory]
    [InlineData("10.0.0.7", "GET", "/assets/index.js", true)]
    [InlineData("10.0.0.7", "GET", "/api/story/5759e988bd862e3fe1be46a994272793", true)]
    [InlineData("10.0.0.7", "POST", "/api/query", true)]
    [InlineData("127.0.0.1", "GET", "/assets/index.js", false)]
    [InlineData("::1", "POST", "/api/query", false)]
    [InlineData("10.0.0.7", "POST", "/api/1/item/", false)]
    [InlineData("10.0.0.7", "POST", "/TraceSegments", false)]
    [InlineData("10.0.0.7", "POST", "/v1/traces", false)]
    public void The_ui_over_a_network(string from, string method, string path, bool expected)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(from);
        context.Request.Method = method;
        context.Request.Path = path;
        AnswerCompression.IsWorthIt(context).ShouldBe(expected);
    }
}
