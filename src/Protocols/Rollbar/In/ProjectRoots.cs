using System.Text.Json;
using Weir.Features.Errors;

namespace Weir.Protocols.Rollbar.In;

/// <summary>
/// Which frames are the project's: those under <c>server.root</c> or <c>project_package_paths</c> that are no installed packages. An
/// absolute path outside the root is not, unless no frame lies under the root (a root that names the place of the binary).
/// </summary>
internal sealed class ProjectRoots
{
    private readonly List<string> _roots = [];
    private readonly List<string> _packages = [];

    public ProjectRoots(JsonElement data)
    {
        if (data.Scalar("server", "root") is { } root && Folder(root) is { Length: > 1 } folder && Covers(data, folder))
            _roots.Add(folder);
        if (data.Field("project_package_paths") is { ValueKind: JsonValueKind.Array } paths)
        {
            foreach (var path in paths.EnumerateArray())
            {
                if (path.Scalar() is { } package && Folder(package) is { Length: > 1 } package1 && _packages.Count < 64)
                    _packages.Add(package1);
            }
        }
    }

    public bool Has(string? file, string? method)
    {
        var path = file?.Replace('\\', '/');
        if (path is not null && IsUnder(path, _packages))
            return true;
        if (path is not null && _roots.Count > 0 && IsAbsolute(path) && !IsUnder(path, _roots))
            return false;
        return ProjectCode.Has(file, method);
    }

    private static bool Covers(JsonElement data, string folder)
    {
        var body = data.Field("body");
        if (body.Field("trace") is { IsPresent: true } trace)
            return CoversTrace(trace, folder);
        if (body.Field("trace_chain") is { ValueKind: JsonValueKind.Array } chain)
        {
            foreach (var link in chain.EnumerateArray())
            {
                if (CoversTrace(link, folder))
                    return true;
            }
        }
        return false;
    }

    private static bool CoversTrace(JsonElement trace, string folder)
    {
        if (trace.Field("frames") is not { ValueKind: JsonValueKind.Array } frames)
            return false;
        foreach (var frame in frames.EnumerateArray())
        {
            if (frame.Scalar("filename") is { } file && file.Replace('\\', '/').StartsWith(folder, StringComparison.OrdinalIgnoreCase)
                && ProjectCode.Has(file, null))
                return true;
        }
        return false;
    }

    private static string Folder(string path) => path.Replace('\\', '/').TrimEnd('/') + "/";

    private static bool IsUnder(string path, List<string> folders)
    {
        foreach (var folder in folders)
        {
            if (path.StartsWith(folder, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static bool IsAbsolute(string path) => path.StartsWith('/') || (path.Length > 2 && path[1] == ':' && path[2] == '/');
}
