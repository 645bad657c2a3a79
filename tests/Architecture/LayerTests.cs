using Mono.Cecil;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Architecture;

/// <summary>Direction of references in the compiled assemblies, and each rule over a planted violation.</summary>
public sealed class LayerTests
{
    [Theory]
    [InlineData("Weir.Core", new string[0])]
    [InlineData("Weir.Store", new[] { "Weir.Core" })]
    [InlineData("Weir.Features", new[] { "Weir.Core" })]
    [InlineData("Weir.Protocols", new[] { "Weir.Core", "Weir.Features" })]
    [InlineData("weir", new[] { "Weir.Core", "Weir.Features", "Weir.Store", "Weir.Protocols" })]
    public void A_layer_references_only_lower_layers(string assembly, string[] allowed) =>
        HigherLayers(Module(assembly), allowed).ShouldBeEmpty();

    [Fact]
    public void Core_knows_neither_the_web_server_nor_native_code()
    {
        var core = Module("Weir.Core");
        WebServer(core).ShouldBeEmpty();
        NativeCallers(core).ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_store_and_the_wire_folder_call_native_code() =>
        FolderRules.Assemblies.SelectMany(a => NativeCallers(Module(a))).Where(name => !MayCallNativeCode(name)).ShouldBeEmpty();

    [Fact]
    public void No_two_types_of_the_product_have_the_same_name() =>
        SameNames(FolderRules.Assemblies.SelectMany(assembly => Module(assembly).Types)).ShouldBeEmpty();

    [Fact]
    public void A_reference_to_a_higher_layer_is_found()
    {
        using var planted = ModuleDefinition.CreateModule("Planted", ModuleKind.Dll);
        foreach (var name in new[] { "Weir.Core", "Weir.Store", "Microsoft.AspNetCore.Http" })
            planted.AssemblyReferences.Add(new AssemblyNameReference(name, new Version(1, 0)));
        HigherLayers(planted, ["Weir.Core"]).ShouldBe(["Weir.Store"]);
        HigherLayers(planted, ["Weir.Core", "Weir.Store"]).ShouldBeEmpty();
        WebServer(planted).ShouldBe(["Microsoft.AspNetCore.Http"]);
    }

    [Theory]
    [InlineData("Weir.Core.Ingest", false)]
    [InlineData("Weir.Features.Logs", false)]
    [InlineData("Weir.Protocols.XRay.In", false)]
    [InlineData("Weir.Server.Access", false)]
    [InlineData("Weir.Protocols.Wire", true)]
    [InlineData("Weir.Store.Engine.Host", true)]
    public void A_call_of_native_code_outside_the_store_and_the_wire_folder_is_found(string folder, bool allowed)
    {
        using var planted = ModuleDefinition.CreateModule("Planted", ModuleKind.Dll);
        var type = PlantedType(planted, folder, "Caller");
        NativeCallers(planted).ShouldBeEmpty();
        type.Methods.Add(new MethodDefinition("recv", MethodAttributes.Static | MethodAttributes.PInvokeImpl, planted.TypeSystem.Void));
        NativeCallers(planted).ShouldBe([folder + ".Caller"]);
        MayCallNativeCode(folder + ".Caller").ShouldBe(allowed);
    }

    [Fact]
    public void Two_types_with_the_same_name_are_found()
    {
        using var planted = ModuleDefinition.CreateModule("Planted", ModuleKind.Dll);
        PlantedType(planted, "Weir.Core.Model", "Span");
        PlantedType(planted, "Weir.Store.Read", "Row");
        PlantedType(planted, "Other", "Span");
        SameNames(planted.Types).ShouldBeEmpty();
        PlantedType(planted, "Weir.Features.Traces", "Span");
        SameNames(planted.Types).ShouldBe(["Weir.Core.Model.Span and Weir.Features.Traces.Span"]);
    }

    private static IEnumerable<string> HigherLayers(ModuleDefinition module, string[] allowed) =>
        module.AssemblyReferences.Select(r => r.Name).Where(name => name.StartsWith("Weir.", StringComparison.Ordinal) && !allowed.Contains(name));

    private static IEnumerable<string> WebServer(ModuleDefinition module) =>
        module.AssemblyReferences.Select(r => r.Name).Where(name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));

    private static IEnumerable<string> NativeCallers(ModuleDefinition module) =>
        module.GetTypes().Where(t => t.Methods.Any(m => m.IsPInvokeImpl)).Select(t => t.FullName);

    private static bool MayCallNativeCode(string type) =>
        type.StartsWith("Weir.Store.", StringComparison.Ordinal) || type.StartsWith("Weir.Protocols.Wire.", StringComparison.Ordinal);

    private static IEnumerable<string> SameNames(IEnumerable<TypeDefinition> types) =>
        types.Where(type => type.Namespace.StartsWith("Weir.", StringComparison.Ordinal))
            .GroupBy(type => type.Name, StringComparer.Ordinal).Where(same => same.Count() > 1)
            .Select(same => string.Join(" and ", same.Select(type => type.FullName)));

    private static TypeDefinition PlantedType(ModuleDefinition module, string space, string name)
    {
        var type = new TypeDefinition(space, name, TypeAttributes.Class, module.TypeSystem.Object);
        module.Types.Add(type);
        return type;
    }

    private static ModuleDefinition Module(string assembly) =>
        ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
}
