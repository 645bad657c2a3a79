using System.Diagnostics;
using Shouldly;
using Weir.Core.Query;
using Weir.Protocols.Api.Out;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Api;

/// <summary>What the server and its child processes hold: read from /proc, told in /metrics, warned of in /healthz.</summary>
public sealed class ResourceTests
{
    [Fact]
    public void This_process_has_mappings_threads_descriptors_and_memory()
    {
        var own = ProcessResources.ReadTree(Environment.ProcessId)[0];
        own.Role.ShouldBe(ProcessResources.ServerRole);
        own.Mappings.ShouldBeGreaterThan(50);
        own.Threads.ShouldBeGreaterThan(3);
        own.Descriptors.ShouldBeInRange(3, own.DescriptorLimit);
        own.ResidentBytes.ShouldBeGreaterThan(10 << 20);
        ProcessResources.MappingLimit.ShouldBeGreaterThan(own.Mappings);
    }

    [Fact]
    public async Task Children_and_their_children_are_found()
    {
        // The inner shell has a child of its own; both wait for the end of their input.
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", "sh -c 'cat; true'; true"]) { RedirectStandardInput = true, UseShellExecute = false })!;
        try
        {
            var tree = ProcessResources.ReadTree(shell.Id);
            await Waiting.UntilAsync(() => (tree = ProcessResources.ReadTree(shell.Id)) is [_, { Role: "sh" }, { Role: "cat" }], "the shells' children");
            tree[0].Role.ShouldBe(ProcessResources.ServerRole);
            ProcessResources.ReadTree(Environment.ProcessId).Select(p => p.Id).ShouldContain(tree[2].Id);
        }
        finally
        {
            shell.StandardInput.Close();
            await shell.WaitForExitAsync();
        }
    }

    [Fact]
    public void An_ended_process_has_no_resources()
    {
        using var ended = Process.Start("true");
        ended.WaitForExit();
        ProcessResources.ReadTree(ended.Id).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(799, 79, 1000, 100, 0)]
    [InlineData(800, 79, 1000, 100, 1)]
    [InlineData(799, 80, 1000, 100, 1)]
    [InlineData(1000, 100, 1000, 100, 2)]
    [InlineData(5000, 5000, 0, 0, 0)] // limits that are not known
    public void A_count_is_warned_of_from_eighty_percent_of_its_limit_on(long mappings, long descriptors, long mappingLimit, long descriptorLimit, int warnings)
    {
        var watch = new ResourceWatch(() => [Holding(1, "server", 10, 10, descriptorLimit), Holding(2, "engine", mappings, descriptors, descriptorLimit)], mappingLimit);
        watch.Warnings().Count.ShouldBe(warnings);
        watch.Warnings().ShouldAllBe(w => w.StartsWith("engine (process 2) has "));
    }

    [Fact]
    public async Task Health_warns_and_stays_well()
    {
        await using var api = await ApiOverStub.StartAsync(new ResourceWatch(() => [Holding(7, "server", 60_000, 5, 100)], 65_530));
        var (response, body) = await api.GetAsync("/healthz");
        ((int)response.StatusCode).ShouldBe(200);
        body.GetProperty("status").GetString().ShouldBe("ok");
        body.GetProperty("warnings")[0].GetString().ShouldBe(
            "server (process 7) has 60000 memory mappings of at most 65530 (sysctl vm.max_map_count); it will end when it reaches the limit");
    }

    [Fact]
    public async Task Metrics_include_growing_resources()
    {
        await using var api = await ApiOverStub.StartAsync(new ResourceWatch(() => [Holding(7, "server", 1200, 50, 1024), Holding(8, "engine", 900, 70, 1024)], 65_530));
        GC.Collect();
        var text = "";
        // The runtime tells its listeners of a collection a moment later.
        await Waiting.UntilAsync(
            async () =>
            {
                text = await api.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
                return text.Contains("\ndotnet_gc_handles ", StringComparison.Ordinal);
            },
            "the figure of handles");
        text.ShouldContain("\nweir_process_memory_mappings{process=\"server\",pid=\"7\"} 1200\nweir_process_memory_mappings{process=\"engine\",pid=\"8\"} 900\n");
        text.ShouldContain("\nweir_process_memory_mappings_limit 65530\n");
        text.ShouldContain("\nweir_process_threads{process=\"engine\",pid=\"8\"} 3\n");
        text.ShouldContain("\nweir_process_open_fds{process=\"engine\",pid=\"8\"} 70\n");
        text.ShouldContain("\nweir_process_max_fds{process=\"server\",pid=\"7\"} 1024\n");
        text.ShouldContain("\nweir_process_resident_memory_bytes{process=\"engine\",pid=\"8\"} 4096\n");
        text.ShouldContain("\nweir_pool_items{pool=\"query_runs\"} 0\n");
        text.ShouldContain("\nweir_pool_items{pool=\"ingest_queue\"} 0\n");
        text.ShouldMatch(@"\ndotnet_gc_handles [1-9]\d*\n");
        // A family stands once, however many rooms have pools.
        text.Split('\n').Where(l => l.StartsWith("# TYPE", StringComparison.Ordinal)).ShouldBeUnique();
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != '#').Select(l => l[..l.LastIndexOf(' ')]).ShouldBeUnique();
    }

    [Fact]
    public void Pools_report_items_bytes_and_limits()
    {
        var text = new PrometheusText();
        OwnMetrics.Pools(text, [new PoolFigures("a", 3, Limit: 10), new PoolFigures("b", 4, Bytes: 500, LimitBytes: 1000)]);
        text.ToString().Split('\n').Where(l => l.Length > 0 && l[0] != '#').ShouldBe(
        [
            "weir_pool_items{pool=\"a\"} 3", "weir_pool_items{pool=\"b\"} 4", "weir_pool_limit_items{pool=\"a\"} 10",
            "weir_pool_bytes{pool=\"b\"} 500", "weir_pool_limit_bytes{pool=\"b\"} 1000",
        ]);
    }

    private static ProcessResources Holding(int id, string role, long mappings, long descriptors, long descriptorLimit) =>
        new(id, role, mappings, 3, descriptors, descriptorLimit, 4096);
}
