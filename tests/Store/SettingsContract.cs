using System.Text;
using Shouldly;
using Weir.Core.Settings;
using Weir.Store.Settings;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>What <see cref="ISettings"/> promises, on every implementation.</summary>
public abstract class SettingsContract
{
    private readonly string _collection = "contract-" + Guid.NewGuid().ToString("n");

    private protected abstract Task<ISettings> OpenAsync();

    [Fact]
    public async Task The_last_write_of_a_document_is_returned_and_its_revision_increases()
    {
        var settings = await OpenAsync();
        settings.Find(_collection, "a").ShouldBeNull();
        (await settings.PutAsync(_collection, "a", Json("1"))).ShouldBeTrue();
        var first = settings.Find(_collection, "a").ShouldNotBeNull();
        (await settings.PutAsync(_collection, "a", Json("2"))).ShouldBeTrue();
        var second = settings.Find(_collection, "a").ShouldNotBeNull();
        Text(second).ShouldBe("2");
        first.Revision.ShouldBeGreaterThan(0);
        second.Revision.ShouldBeGreaterThan(first.Revision);
    }

    [Fact]
    public async Task A_write_that_expects_another_revision_changes_nothing()
    {
        var settings = await OpenAsync();
        (await settings.PutAsync(_collection, "a", Json("1"), expectedRevision: 0)).ShouldBeTrue();
        (await settings.PutAsync(_collection, "a", Json("2"), expectedRevision: 0)).ShouldBeFalse();
        var revision = settings.Find(_collection, "a")!.Revision;
        (await settings.PutAsync(_collection, "a", Json("3"), expectedRevision: revision)).ShouldBeTrue();
        (await settings.DeleteAsync(_collection, "a", expectedRevision: revision)).ShouldBeFalse();
        Text(settings.Find(_collection, "a")!).ShouldBe("3");
    }

    [Fact]
    public async Task A_deleted_document_is_missing_and_can_be_written_again()
    {
        var settings = await OpenAsync();
        (await settings.DeleteAsync(_collection, "a")).ShouldBeFalse();
        await settings.PutAsync(_collection, "a", Json("1"));
        (await settings.DeleteAsync(_collection, "a")).ShouldBeTrue();
        settings.Find(_collection, "a").ShouldBeNull();
        settings.List(_collection).ShouldBeEmpty();
        await settings.PutAsync(_collection, "a", Json("2"));
        Text(settings.Find(_collection, "a")!).ShouldBe("2");
    }

    [Fact]
    public async Task Lists_are_in_ordinal_key_order_and_by_prefix()
    {
        var settings = await OpenAsync();
        foreach (var key in new[] { "b\n1", "a", "B", "b\n2", "ä", "" })
            await settings.PutAsync(_collection, key, Json(key));
        settings.List(_collection).Select(e => e.Key).ShouldBe(["", "B", "a", "b\n1", "b\n2", "ä"]);
        settings.List(_collection, "b\n").Select(e => e.Key).ShouldBe(["b\n1", "b\n2"]);
        settings.List("contract-none").ShouldBeEmpty();
    }

    [Fact]
    public async Task Any_text_comes_back_as_it_was()
    {
        var settings = await OpenAsync();
        const string hostile = "{\"a\":\"'; DROP TABLE settings; -- \\\\ \\u0000 {x:String} \t\n😀\"}";
        await settings.PutAsync(_collection, "k'\\\t\n{x:String}", Encoding.UTF8.GetBytes(hostile));
        Encoding.UTF8.GetString(settings.Find(_collection, "k'\\\t\n{x:String}")!.Value.Span).ShouldBe(hostile);
    }

    [Fact]
    public async Task Writers_side_by_side_lose_nothing()
    {
        var settings = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () => await settings.PutAsync(_collection, $"k{i:00}", Json($"{i}")))));
        settings.List(_collection).Count.ShouldBe(20);
        settings.List(_collection).Select(e => e.Revision).Distinct().Count().ShouldBe(20);
    }

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes($"\"{text}\"");

    private static string Text(SettingsEntry entry) => Encoding.UTF8.GetString(entry.Value.Span).Trim('"');
}

public sealed class MemorySettingsTests : SettingsContract
{
    private protected override Task<ISettings> OpenAsync() => Task.FromResult<ISettings>(new MemorySettings());
}

public sealed class EngineSettingsTests(SharedEngine engine) : SettingsContract
{
    private protected override async Task<ISettings> OpenAsync()
    {
        await SharedStore.OpenAsync(engine);
        return await EngineSettings.OpenAsync(engine.Engine, TimeProvider.System, CancellationToken.None);
    }

    [Fact]
    public async Task Documents_are_there_after_a_restart()
    {
        var collection = "restart-" + Guid.NewGuid().ToString("n");
        var before = await OpenAsync();
        await before.PutAsync(collection, "kept", "1"u8.ToArray());
        await before.PutAsync(collection, "kept", "2"u8.ToArray());
        await before.PutAsync(collection, "gone", "1"u8.ToArray());
        await before.DeleteAsync(collection, "gone");
        var after = await OpenAsync();
        after.List(collection).ShouldHaveSingleItem().Value.ToArray().ShouldBe("2"u8.ToArray());
    }
}
