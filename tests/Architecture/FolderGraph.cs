using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weir.Tests.Architecture;

/// <summary>A folder's types name types of another folder of the same assembly.</summary>
/// <param name="From">As the path below <c>src</c>: <c>Features/Traces/Graph</c>.</param>
/// <param name="Count">Pairs of types.</param>
/// <param name="Example">One of them.</param>
public sealed record FolderUse(string From, string To, int Count, string Example);

/// <summary>
/// Which folder uses which inside an assembly, over what the compiler made, so that a name without a using counts as well. Namespaces are
/// folders. Types that put an assembly or a room together know all of its folders by nature and don't count; constants don't either,
/// whose use leaves no trace.
/// </summary>
public sealed class FolderGraph(IReadOnlyList<FolderUse> uses)
{
    private const string Root = "Weir.";

    /// <summary>In order of the folders.</summary>
    public IReadOnlyList<FolderUse> Uses { get; } = [.. uses.OrderBy(u => u.From, StringComparer.Ordinal).ThenBy(u => u.To, StringComparer.Ordinal)];

    /// <param name="composes">Whether the type, by its full name, puts an assembly or a room together.</param>
    public static FolderGraph Of(IEnumerable<string> assemblies, Func<string, bool> composes)
    {
        var found = new Dictionary<(string From, string To), HashSet<string>>();
        foreach (var assembly in assemblies)
        {
            using var module = ModuleDefinition.ReadModule(assembly);
            foreach (var type in module.GetTypes())
            {
                var outer = Outermost(type);
                if (FolderOf(outer) is not { } from || composes(outer.FullName))
                    continue;
                foreach (var named in Named(type).Select(Outermost))
                {
                    if (named.Scope != module || FolderOf(named) is not { } to || to == from)
                        continue;
                    if (!found.TryGetValue((from, to), out var pairs))
                        found[(from, to)] = pairs = new HashSet<string>(StringComparer.Ordinal);
                    pairs.Add($"{outer.Name} names {named.Name}");
                }
            }
        }
        return new FolderGraph([.. found.Select(f => new FolderUse(f.Key.From, f.Key.To, f.Value.Count, f.Value.Order(StringComparer.Ordinal).First()))]);
    }

    /// <summary>Folders that reach each other, each set in order; none when the graph has no circle.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Circles()
    {
        var next = Uses.ToLookup(u => u.From, u => u.To, StringComparer.Ordinal);
        var folders = Uses.SelectMany(u => new[] { u.From, u.To }).Distinct(StringComparer.Ordinal).ToList();
        var reach = folders.ToDictionary(f => f, Reachable, StringComparer.Ordinal);
        var circles = new List<IReadOnlyList<string>>();
        foreach (var folder in folders.Order(StringComparer.Ordinal))
        {
            if (circles.Exists(c => c.Contains(folder, StringComparer.Ordinal)) || !reach[folder].Contains(folder))
                continue;
            circles.Add([.. reach[folder].Where(other => reach[other].Contains(folder)).Order(StringComparer.Ordinal)]);
        }
        return circles;

        HashSet<string> Reachable(string from)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var open = new Stack<string>(next[from]);
            while (open.TryPop(out var at))
            {
                if (!seen.Add(at))
                    continue;
                foreach (var further in next[at])
                    open.Push(further);
            }
            return seen;
        }
    }

    /// <summary>The types that a type names, in signatures and in code, with the arguments of generic ones.</summary>
    internal static IEnumerable<TypeReference> Named(TypeDefinition type)
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
                if (instruction.Operand is GenericInstanceMethod generic)
                    named.AddRange(generic.GenericArguments);
                named.Add(instruction.Operand switch
                {
                    MethodReference called => called.DeclaringType,
                    FieldReference field => field.DeclaringType,
                    TypeReference used => used,
                    _ => null,
                });
            }
        }
        return named.OfType<TypeReference>().SelectMany(Parts);
    }

    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Prepend(generic.ElementType),
        GenericParameter or FunctionPointerType => [],
        TypeSpecification inner => Parts(inner.ElementType),
        _ => [type],
    };

    private static TypeReference Outermost(TypeReference type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type;
    }

    private static string? FolderOf(TypeReference type) =>
        type.Namespace.StartsWith(Root, StringComparison.Ordinal) ? type.Namespace[Root.Length..].Replace('.', '/') : null;
}
