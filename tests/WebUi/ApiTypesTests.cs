using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Shouldly;
using Weir.Protocols.Api;
using Weir.Protocols.Explore.Manage;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.WebUi;

/// <summary>
/// The web UI's types of /api are those of the server's records: a record that changes fails here until <c>./dev types</c> has written
/// <c>ui/src/api/*.generated.ts</c> anew, and then in the type check of the UI where a page does not fit any more.
/// </summary>
public sealed class ApiTypesTests
{
    private static readonly string[] Rooms = ["Weir.Protocols.Api", "Weir.Protocols.Explore", "Weir.Protocols.XRay.Ui"];

    [Fact]
    public void Types_of_the_web_ui_are_those_of_the_records()
    {
        var types = new TypeScript();
        foreach (var type in Shapes())
            types.Add(type);
        Compare("words.generated.ts", ApiWords.WriteUnions());
        Compare("types.generated.ts", types.Write(("./words.generated", [.. ApiWords.Unions.Keys]), ("./written", ApiWords.Written)));
        types.Unused.ShouldBeEmpty("no record has it; take it out of ApiWords");
    }

    /// <summary>Every record that a serializer of /api is made for, and every kind of object that is managed.</summary>
    private static IEnumerable<JsonTypeInfo> Shapes()
    {
        var all = typeof(ApiRoom).Assembly.GetTypes();
        foreach (var type in all.Where(t => t.BaseType == typeof(JsonSerializerContext) && Rooms.Any(r => t.Namespace!.StartsWith(r, StringComparison.Ordinal))))
        {
            var context = (JsonSerializerContext)type.GetProperty("Default", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
            foreach (var shape in type.CustomAttributes.Where(a => a.AttributeType == typeof(JsonSerializableAttribute)))
            {
                var info = context.GetTypeInfo((Type)shape.ConstructorArguments[0].Value!)!;
                if (info.Kind == JsonTypeInfoKind.Object && info.Type != typeof(object))
                    yield return info;
            }
        }
        foreach (var kind in all.Where(t => t.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == typeof(ManagedKind<>)))
            yield return (JsonTypeInfo)kind.BaseType!.GetGenericArguments()[0].GetProperty("Json", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
    }

    private static void Compare(string name, string text)
    {
        var file = Path.Combine(Repository.Root, "ui", "src", "api", name);
        if (Environment.GetEnvironmentVariable("WEIR_TYPES") is not null)
            File.WriteAllText(file, text);
        File.Exists(file).ShouldBeTrue($"{name} is missing: ./dev types writes it");
        File.ReadAllText(file).ShouldBe(text, $"{name} is not what the records are: ./dev types writes it");
    }
}
