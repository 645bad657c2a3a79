using Shouldly;
using Weir.Core.Model;
using Weir.Store.Write;
using Weir.Tests.Explore;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>What the reader knows of loads without asking: whether rows may have come, and the time of the newest one.</summary>
public sealed class NewestRowsTests(SharedEngine engine)
{
    [Fact]
    public void Loads_are_known_unless_one_runs()
    {
        var rows = new NewestRows(engine.Engine, TimeProvider.System);
        rows.LoadsOf(Signal.Spans).ShouldBe(0);
        rows.Begin(Signal.Spans);
        rows.LoadsOf(Signal.Spans).ShouldBeNull();
        rows.LoadsOf(Signal.Logs).ShouldBe(0);
        rows.Begin(Signal.Spans);
        rows.End(Signal.Spans);
        rows.LoadsOf(Signal.Spans).ShouldBeNull();
        rows.End(Signal.Spans);
        rows.LoadsOf(Signal.Spans).ShouldBe(2);
    }

    [Fact]
    public async Task The_newest_time_follows_a_load()
    {
        var rows = await ExploreRows.OpenAsync(engine);
        var before = (await rows.Reader.NewestAsync(Signal.Events, CancellationToken.None)).ShouldNotBeNull();
        // Later than whatever other tests have stored.
        var seconds = Math.Max(before / ExploreRows.Second, ExploreRows.StartSeconds) - ExploreRows.StartSeconds + 1;
        await rows.Event(seconds).StoreAsync();
        (await rows.Reader.NewestAsync(Signal.Events, CancellationToken.None))!.Value.ShouldBeGreaterThan(before);
    }
}
