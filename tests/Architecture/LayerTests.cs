using Mono.Cecil;
using Mono.Cecil.Cil;
using Shouldly;
using Weir.Features.Questions.Fields;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Architecture;

/// <summary>Direction of references, over what the compiler made: a name without a using is caught as well.</summary>
public sealed class LayerTests
{
    private static readonly string[] Rooms = ["Otlp", "Honeycomb", "XRay", "CloudWatchLogs", "Rollbar", "Api"];

    [Theory]
    [InlineData("Weir.Core", new string[0])]
    [InlineData("Weir.Store", new[] { "Weir.Core" })]
    [InlineData("Weir.Features", new[] { "Weir.Core" })]
    [InlineData("Weir.Protocols", new[] { "Weir.Core", "Weir.Features" })]
    [InlineData("weir", new[] { "Weir.Core", "Weir.Features", "Weir.Store", "Weir.Protocols" })]
    public void A_layer_references_only_what_lies_below(string assembly, string[] allowed) =>
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
    public void A_room_names_no_other_room()
    {
        var wrong = new List<string>();
        foreach (var type in Module("Weir.Protocols").GetTypes())
        {
            if (RoomOf(type) is not { } room)
                continue;
            wrong.AddRange(Named(type).Select(t => (Type: t, Room: RoomOf(t))).Where(t => t.Room is not null && t.Room != room)
                .Select(t => $"{type.FullName} names {t.Type.FullName}"));
        }
        wrong.Distinct().ShouldBeEmpty();
    }

    [Fact]
    public void The_query_desk_names_no_room() =>
        Module("Weir.Protocols").GetTypes().Where(t => t.Namespace.StartsWith("Weir.Protocols.Explore", StringComparison.Ordinal))
            .SelectMany(t => Named(t).Where(n => RoomOf(n) is not null).Select(n => $"{t.FullName} names {n.FullName}"))
            .ShouldBeEmpty();

    [Fact]
    public void The_model_knows_nothing_of_pipeline_and_query() =>
        Module("Weir.Core").GetTypes().Where(t => t.Namespace == "Weir.Core.Model")
            .SelectMany(t => Named(t).Select(n => (t.FullName, Namespace: n.Namespace)))
            .Where(n => n.Namespace.StartsWith("Weir.Core.", StringComparison.Ordinal) && n.Namespace != "Weir.Core.Model")
            .ShouldBeEmpty();

    private static ModuleDefinition Module(string assembly) =>
        ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));

    private static string? RoomOf(TypeReference type)
    {
        var outer = type;
        while (outer.DeclaringType is not null)
            outer = outer.DeclaringType;
        var parts = outer.Namespace.Split('.');
        return parts is ["Weir", "Protocols", var room, ..] && Rooms.Contains(room) ? room : null;
    }

    private static IEnumerable<TypeReference> Named(TypeDefinition type)
    {
        var named = new List<TypeReference?> { type.BaseType };
        named.AddRange(type.Interfaces.Select(i => i.InterfaceType));
        named.AddRange(type.Fields.Select(f => f.FieldType));
        foreach (var method in type.Methods)
        {
            named.Add(method.ReturnType);
            named.AddRange(method.Parameters.Select(p => p.ParameterType));
            if (!method.HasBody)
                continue;
            named.AddRange(method.Body.Variables.Select(v => v.VariableType));
            foreach (Instruction instruction in method.Body.Instructions)
            {
                named.Add(instruction.Operand switch
                {
                    MethodReference called => called.DeclaringType,
                    FieldReference field => field.DeclaringType,
                    TypeReference used => used,
                    _ => null,
                });
            }
        }
        return named.OfType<TypeReference>().Select(t => t.GetElementType());
    }
}
