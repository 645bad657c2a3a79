namespace Weir.Features.Errors;

/// <summary>
/// Guesses whether a frame is the user's own code. Libraries and runtimes are recognised by their installation folders and package
/// names; everything else counts as the project's.
/// </summary>
internal static class ProjectCode
{
    private static readonly string[] ForeignFolders =
    [
        "site-packages/", "dist-packages/", "/lib/python", "node_modules/", "/gems/", "/lib/ruby/", "/.rbenv/", "/.rvm/", "/vendor/",
        "/pkg/mod/", "/usr/local/go/src/", "/usr/lib/go", "/go/src/runtime/", "/sdk/go", "/webpack/bootstrap", "/~/", "/.cargo/", "/.nuget/",
    ];

    private static readonly string[] ForeignBeginnings =
    [
        "node:", "internal/", "<frozen ", "<internal:", "<string>", "<anonymous>", "(unknown)", "<unknown>", "[native code]", "native", "/_/src/", "/_/",
        "vendor/", "runtime/", "net/http/", "chrome-extension:", "moz-extension:", "safari-extension:", "safari-web-extension:",
        "webpack/bootstrap", "[internal", "???",
    ];

    private static readonly string[] ForeignNames =
    [
        "java.", "javax.", "jdk.", "sun.", "com.sun.", "jakarta.", "kotlin.", "kotlinx.", "scala.", "groovy.", "clojure.", "android.", "androidx.",
        "dalvik.", "com.android.", "org.springframework.", "org.apache.", "org.eclipse.", "org.hibernate.", "org.jboss.", "org.junit.", "io.netty.",
        "io.opentelemetry.", "io.undertow.", "io.micrometer.", "reactor.", "System.", "Microsoft.", "Interop.", "Npgsql.", "OpenTelemetry.",
        "Newtonsoft.", "runtime.", "runtime/", "net/http.", "reflect.", "testing.", "sync.",
    ];

    public static bool Has(string? file, string? method)
    {
        if (file is not null)
        {
            var path = file.Contains('\\', StringComparison.Ordinal) ? file.Replace('\\', '/') : file;
            foreach (var beginning in ForeignBeginnings)
            {
                if (path.StartsWith(beginning, StringComparison.Ordinal))
                    return false;
            }
            foreach (var folder in ForeignFolders)
            {
                if (path.Contains(folder, StringComparison.Ordinal))
                    return false;
            }
            // A Go module in the module cache or built with -trimpath has its version in the path: github.com/x/y@v1.2.3/z.go
            if (path.EndsWith(".go", StringComparison.Ordinal) && path.Contains("@v", StringComparison.Ordinal))
                return false;
        }
        if (method is null)
            return true;
        foreach (var name in ForeignNames)
        {
            if (method.StartsWith(name, StringComparison.Ordinal))
                return false;
        }
        return true;
    }
}
