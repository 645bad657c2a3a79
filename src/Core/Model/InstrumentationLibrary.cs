using System.Text;

namespace Weir.Core.Model;

/// <summary>
/// Which instrumentation scopes are libraries that instrument other code: Honeycomb's <c>telemetry.instrumentation_library</c>,
/// recognised by the beginning of the scope's name.
/// </summary>
public static class InstrumentationLibrary
{
    public static IReadOnlyList<string> Prefixes { get; } =
    [
        "io.opentelemetry", "opentelemetry.instrumentation", "OpenTelemetry.Instrumentation", "OpenTelemetry::Instrumentation",
        "go.opentelemetry.io/contrib/instrumentation", "@opentelemetry/instrumentation", "io.opentelemetry.contrib.php",
        "github.com/open-telemetry/opentelemetry-collector", "@honeycombio/",
    ];

    private static readonly byte[][] Utf8 = [.. Prefixes.Select(Encoding.UTF8.GetBytes)];

    /// <param name="scope">UTF-8.</param>
    public static bool Is(ReadOnlySpan<byte> scope)
    {
        foreach (var prefix in Utf8)
        {
            if (scope.StartsWith(prefix))
                return true;
        }
        return false;
    }
}
