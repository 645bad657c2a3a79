using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>libhoney for Node, unmodified.</summary>
[Collection(nameof(RealClients))]
public sealed class ClientTestsHoneycomb(RunningWeir running)
{
    [Fact]
    public async Task Libhoney_for_node()
    {
        var weir = running.Weir;
        var sent = await RealClient.NodeAsync(
            weir, "libhoney.js", ("HONEYCOMB_API_KEY", "shop"), ("HONEYCOMB_API_ENDPOINT", weir.Url));
        sent.List("errors").ShouldBeEmpty();
        sent.List("statuses").Select(s => (int)s!).ShouldBe([202, 202, 202, 202]);
        (await weir.Client.GetStringAsync("/metrics")).ShouldContain("weir_ingest_stored_total{protocol=\"honeycomb\",signal=\"events\"} 4");
    }
}
