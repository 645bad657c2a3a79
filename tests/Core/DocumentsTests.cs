using Shouldly;
using Weir.Core.Model;
using Weir.Core.Settings;
using Weir.Features.Boards;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Core;

/// <summary>Documents in the settings: who sees which, and that no write goes over somebody else's.</summary>
public sealed class DocumentsTests
{
    private readonly MemorySettings _settings = new();

    /// <summary>Of environment/dataset/id: what a scope and a dataset find under the id "m".</summary>
    [Theory]
    [InlineData("prod/shop/m", "prod", "shop", true)]
    [InlineData("prod/shop/m", "test", "shop", false)]
    [InlineData("prod/shop/m", "", "shop", true)]
    [InlineData("prod/shop/m", "prod", "other", false)]
    [InlineData("prod/shop/m", "", "other", false)]
    [InlineData("prod/shop/m", "prod", null, true)]
    [InlineData("prod/shop/m", "prod", "__all__", true)]
    [InlineData("prod/__all__/m", "prod", "shop", true)]
    [InlineData("/shop/m", "prod", "shop", true)]
    [InlineData("/__all__/m", "prod", "shop", true)]
    [InlineData("prod/shop/xm", "prod", null, false)]
    public async Task A_document_is_found_in_its_scope(string key, string scope, string? dataset, bool isFound)
    {
        var parts = key.Split('/');
        await new Documents<Marker>(_settings).PutAsync(new Stored<Marker>(parts[0], parts[1], parts[2], new Marker(1)), CancellationToken.None);
        var documents = new Documents<Marker>(_settings);
        // Twice: the second time the key is known.
        for (var i = 0; i < 2; i++)
            (documents.Find(scope, dataset, "m") is not null).ShouldBe(isFound);
        documents.List(scope, dataset == "__all__" ? null : dataset).Any(d => d.Id == "m").ShouldBe(isFound && (dataset is null or "__all__" || dataset == parts[1]));
    }

    [Fact]
    public async Task A_write_over_a_change_of_somebody_else_is_refused()
    {
        var (one, other) = (new Documents<Marker>(_settings), new Documents<Marker>(_settings));
        var made = await one.PutAsync(new Stored<Marker>("", "shop", "m", new Marker(1)), CancellationToken.None);
        var read = other.At("", "shop", "m")!;
        var changed = await one.PutAsync(made with { Value = new Marker(2) }, CancellationToken.None);
        (await other.TryPutAsync(read with { Value = new Marker(3) }, CancellationToken.None)).ShouldBeNull();
        var conflict = await Should.ThrowAsync<FaultException>(async () => await other.PutAsync(read with { Value = new Marker(3) }, CancellationToken.None));
        conflict.Fault.Kind.ShouldBe(FaultKind.Conflict);
        (await other.TryPutAsync(new Stored<Marker>("", "shop", "m", new Marker(4)), CancellationToken.None)).ShouldBeNull();
        (await other.DeleteAsync(read, CancellationToken.None)).ShouldBeFalse();
        // What the other one reads is not what it once read.
        other.At("", "shop", "m")!.Value.StartTime.ShouldBe(2);
        (await one.DeleteAsync(changed, CancellationToken.None)).ShouldBeTrue();
        other.Find("", dataset: null, "m").ShouldBeNull();
    }

    [Fact]
    public async Task An_unreadable_document_is_named()
    {
        await _settings.PutAsync(Marker.Collection, "/shop/m", "{\"start_time\":\"soon\"}"u8.ToArray());
        Should.Throw<InvalidOperationException>(() => new Documents<Marker>(_settings).List("")).Message.ShouldContain("/shop/m");
    }
}
