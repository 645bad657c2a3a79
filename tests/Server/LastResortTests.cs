using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Weir.Core.Model;
using Weir.Server.Hosting;
using Xunit;

namespace Weir.Tests.Server;

/// <summary>What no room answered: a store that is away is no defect of the server.</summary>
public sealed class LastResortTests
{
    [Theory]
    [InlineData(FaultKind.Unavailable, 7, 503, "7")]
    [InlineData(FaultKind.Busy, 0, 503, "5")]
    [InlineData(FaultKind.Internal, 0, 500, "")]
    public async Task A_fault_of_the_store_is_answered_by_its_kind(FaultKind kind, int seconds, int status, string retryAfter)
    {
        var http = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        var fault = new Fault(kind, "said the store", seconds > 0 ? TimeSpan.FromSeconds(seconds) : null);
        await LastResort.RunAsync(http, _ => throw new FaultException(fault), NullLogger.Instance);
        http.Response.StatusCode.ShouldBe(status);
        http.Response.Headers.RetryAfter.ToString().ShouldBe(retryAfter);
    }
}
