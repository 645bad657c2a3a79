using Weir.Tests.Architecture;

namespace Weir.Bench;

/// <summary>Prints which folder uses which inside each assembly, and the circles among them.</summary>
internal static class GraphCommand
{
    /// <returns>1 when a circle is not among the known ones, or a use is not in the table.</returns>
    public static int Run()
    {
        var graph = FolderGraph.Of(
            FolderRules.Assemblies.Select(assembly => Path.Combine(AppContext.BaseDirectory, assembly + ".dll")), FolderRules.Composes);
        foreach (var use in graph.Uses)
            Console.WriteLine($"{use.From} -> {use.To} {use.Count}");
        var circles = graph.Circles();
        Console.WriteLine(circles.Count == 0 ? "no circles" : $"{circles.Count} {(circles.Count == 1 ? "circle" : "circles")}:");
        foreach (var circle in circles)
        {
            Console.WriteLine("  " + string.Join(" <-> ", circle));
            foreach (var use in graph.Uses.Where(use => circle.Contains(use.From, StringComparer.Ordinal) && circle.Contains(use.To, StringComparer.Ordinal)))
                Console.WriteLine($"    {use.From} -> {use.To} {use.Count}: {use.Example}");
        }
        var broken = FolderRules.Broken(graph);
        foreach (var line in broken)
            Console.WriteLine("not in the table: " + line);
        return broken.Count + circles.Count == 0 ? 0 : 1;
    }
}
