using Mono.Cecil;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Architecture;

/// <summary>Direction of references, over what the compiler made: a name without a using is caught as well.</summary>
public sealed class LayerTests
{
    [Theory]
    [InlineData("Weir.Core", new string[0])]
    [InlineData("Weir.Store", new[] { "Weir.Core" })]
    [InlineData("Weir.Features", new[] { "Weir.Core" })]
    [InlineData("Weir.Protocols", new[] { "Weir.Core", "Weir.Features" })]
    [InlineData("weir", new[] { "Weir.Core", "Weir.Features", "Weir.Store", "Weir.Protocols" })]
    public void A_layer_references_only_lower_layers(string assembly, string[] allowed) =>
        Module(assembly).AssemblyReferences.Select(r => r.Name)
            .Where(name => name.StartsWith("Weir.", StringComparison.Ordinal) && !allowed.Contains(name))
            .ShouldBeEmpty();

    [Fact]
    public void Core_knows_neither_the_web_server_nor_native_code()
    {
        var core = Module("Weir.Core");
        core.AssemblyReferences.Where(r => r.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)).ShouldBeEmpty();
        core.GetTypes().SelectMany(t => t.Methods).Where(m => m.IsPInvokeImpl).ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_engine_room_and_the_shared_front_desk_call_native_code() =>
        new[] { "Weir.Store", "Weir.Protocols", "weir" }.SelectMany(a => Module(a).GetTypes())
            .Where(t => t.Methods.Any(m => m.IsPInvokeImpl))
            .Select(t => t.FullName)
            .Where(name => !name.StartsWith("Weir.Store.", StringComparison.Ordinal) && !name.StartsWith("Weir.Protocols.Wire.", StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Fact]
    public void No_two_types_of_the_product_have_the_same_name() =>
        FolderRules.Assemblies.SelectMany(assembly => Module(assembly).Types)
            .Where(type => type.Namespace.StartsWith("Weir.", StringComparison.Ordinal))
            .GroupBy(type => type.Name, StringComparer.Ordinal).Where(same => same.Count() > 1)
            .Select(same => string.Join(" and ", same.Select(type => type.FullName)))
            .ShouldBeEmpty();

    private static ModuleDefinition Module(string assembly) =>
        ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
}
