using System.Text.Json;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.XRay;

/// <summary>Graphs with more services than fit one answer: pages that together are the graph, and a map that says what it leaves out.</summary>
public sealed class GraphPageTests(SharedEngine shared)
{
    private const int Services = 1_100;

    [Fact]
    public async Task A_graph_of_many_services_comes_page_by_page()
    {
        await using var stored = await StoredXRay.StartAsync(shared);
        await stored.PutAsync([.. Enumerable.Range(1, Services).Select(i => stored.Document(i % 60, $"{i:x}", $"many-{i}", $"\"trace_id\":\"1-{stored.Base:x8}-{i:x24}\""))]);
        await stored.PutAsync([.. Enumerable.Range(1, 3).Select(i => stored.Document(i, $"{i + 5000:x}", "many-700", $"\"trace_id\":\"1-{stored.Base:x8}-{i + 5000:x24}\""))]);
        var range = $"\"StartTime\":{stored.Base},\"EndTime\":{stored.Base + 100}";

        var services = new List<JsonElement>();
        string? token = null;
        var pages = 0;
        do
        {
            var page = await stored.Host.OkAsync("/ServiceGraph", $"{{{range}{(token is null ? "" : $",\"NextToken\":\"{token}\"")}}}");
            var some = page.GetProperty("Services").EnumerateArray().ToList();
            some.Count.ShouldBeLessThanOrEqualTo(1_000);
            services.AddRange(some);
            token = page.TryGetProperty("NextToken", out var next) ? next.GetString() : null;
            pages++;
        }
        while (token is not null);
        // Each service, and the client that called it.
        pages.ShouldBe(3);
        services.Count.ShouldBe(2 * Services);
        var byNumber = services.ToDictionary(s => s.GetProperty("ReferenceId").GetInt32());
        foreach (var client in services.Where(s => s.TryGetProperty("Type", out var type) && type.GetString() == "client"))
        {
            var called = client.GetProperty("Edges").EnumerateArray().ShouldHaveSingleItem().GetProperty("ReferenceId").GetInt32();
            byNumber[called].GetProperty("Name").GetString().ShouldBe(client.GetProperty("Name").GetString());
        }

        // Another service has come, so the numbers of the pages before mean others by now.
        var first = await stored.Host.OkAsync("/ServiceGraph", $"{{{range}}}");
        await stored.PutAsync(stored.Document(5, "9999", "late", $"\"trace_id\":\"1-{stored.Base:x8}-{9999:x24}\""));
        var old = first.GetProperty("NextToken").GetString();
        (await stored.Host.FaultAsync("/ServiceGraph", $"{{{range},\"NextToken\":\"{old}\"}}")).Message.ShouldBe($"Invalid token {old}");
        (await stored.Host.FaultAsync("/ServiceGraph", $"{{{range},\"NextToken\":\"x\"}}")).Message.ShouldBe("Invalid token x");

        var map = await MapAsync(stored, "");
        (map.GetProperty("total").GetInt32(), map.GetProperty("nodes").GetArrayLength()).ShouldBe((2 * (Services + 1), 500));
        map.GetProperty("nodes").EnumerateArray().Take(2).ShouldAllBe(n => n.GetProperty("name").GetString() == "many-700", "the busiest first");
        var shown = map.GetProperty("nodes").EnumerateArray().Select(n => n.GetProperty("id").GetString()).ToHashSet();
        map.GetProperty("edges").EnumerateArray().ShouldAllBe(e => shown.Contains(e.GetProperty("source").GetString()) && shown.Contains(e.GetProperty("target").GetString()));
        var all = new HashSet<string?>();
        for (var offset = 0; offset < 2 * (Services + 1); offset += 2_000)
            all.UnionWith((await MapAsync(stored, $"&limit=2000&offset={offset}")).GetProperty("nodes").EnumerateArray().Select(n => n.GetProperty("id").GetString()));
        all.Count.ShouldBe(2 * (Services + 1));
        var found = await MapAsync(stored, "&q=MANY-10");
        found.GetProperty("total").GetInt32().ShouldBe(2 * 111, "10, 100 to 109 and 1000 to 1099");
        found.GetProperty("nodes").EnumerateArray().ShouldAllBe(n => n.GetProperty("name").GetString()!.StartsWith("many-10", StringComparison.Ordinal));
    }

    private static async Task<JsonElement> MapAsync(StoredXRay stored, string more)
    {
        using var map = await stored.Host.Client.GetAsync(new Uri($"/api/xray/map?start={stored.Base}&end={stored.Base + 100}{more}", UriKind.Relative));
        return JsonDocument.Parse(await map.Content.ReadAsStringAsync()).RootElement;
    }
}
