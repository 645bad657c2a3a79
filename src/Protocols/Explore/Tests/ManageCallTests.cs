using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Weir.Core.Access;
using Weir.Protocols.Api;
using Weir.Protocols.Explore.Manage;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>A defect of a handler is told as one, in the API's words, and logged.</summary>
public sealed class ManageCallTests
{
    [Theory]
    [InlineData(ManageDialect.Keys)]
    [InlineData(ManageDialect.Login)]
    internal async Task A_defect_is_a_problem_document_and_a_line_of_the_log(ManageDialect dialect)
    {
        var log = new Lines();
        var http = new DefaultHttpContext
        {
            RequestServices = new ServiceCollection().AddLogging(l => l.AddProvider(log)).BuildServiceProvider(),
            Response = { Body = new MemoryStream() },
        };
        http.Request.Path = "/1/boards";
        await ManageCall.RunAsync(http, dialect, new AccessKeys(), _ => throw new InvalidOperationException("a secret of ours"));
        http.Response.StatusCode.ShouldBe(500);
        http.Response.ContentType.ShouldBe("application/problem+json");
        http.Response.Body.Position = 0;
        var problem = (await JsonNode.ParseAsync(http.Response.Body))!;
        ((string?)problem["title"], (int)problem["status"]!).ShouldBe(("A defect of Weir.", 500));
        problem.ToJsonString().ShouldNotContain("secret");
        log.Written.ShouldHaveSingleItem().ShouldContain("/1/boards failed");
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public List<string> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
