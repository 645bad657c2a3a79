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
        var before = await StoredAsync(weir);
        var sent = await RealClient.NodeAsync(
            weir, "libhoney.js", ("HONEYCOMB_API_KEY", "shop"), ("HONEYCOMB_API_ENDPOINT", weir.Url));
        sent.List("errors").ShouldBeEmpty();
        sent.List("statuses").Select(s => (int)s!).ShouldBe([202, 202, 202, 202]);
        (await StoredAsync(weir) - before).ShouldBe(4);

        var api = new HoneycombCalls(weir, "shop");
        var carts = await api.AskAsync(
            "my-shop",
            """{"calculations":[{"op":"COUNT"},{"op":"SUM","column":"cart.items"},{"op":"MAX","column":"duration_ms"}],"breakdowns":["name","app.version","nested","ok"],"orders":[{"column":"name"}],"time_range":7200}""",
            results => results.Count == 2);
        carts.Select(r => r!["data"]!.ToJsonString()).ShouldBe(
        [
            """{"name":"GET /cart","app.version":"1.2.3","nested":"{\u0022a\u0022:[1]}","ok":true,"COUNT":3,"SUM(cart.items)":3,"MAX(duration_ms)":12}""",
            """{"name":"the same dataset","app.version":"1.2.3","nested":null,"ok":null,"COUNT":1,"SUM(cart.items)":null,"MAX(duration_ms)":null}""",
        ]);
    }
    /// <summary>Events that were acknowledged since the server started; other tests send some as well.</summary>
    private static async Task<long> StoredAsync(WeirProcess weir)
    {
        const string Name = "weir_ingest_stored_total{protocol=\"honeycomb\",signal=\"events\"} ";
        var line = (await weir.Client.GetStringAsync("/metrics")).Split('\n').SingleOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[Name.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
