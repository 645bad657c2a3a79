using System.Reflection;
using System.Runtime.InteropServices;

namespace Weir.Store.Engine.Host;

/// <summary>Finds and loads libchdb: WEIR_ENGINE_LIB (file or folder), then the application's folder, then where the build restored it.</summary>
internal static class EngineLibrary
{
    private static readonly Lock Gate = new();
    private static nint _handle;

    /// <summary>Loads the library once, so that a missing library is a clear error at start and not a failure inside a call.</summary>
    internal static void Load()
    {
        lock (Gate)
        {
            if (_handle != 0)
                return;
            var candidates = Candidates().ToList();
            var file = candidates.Find(File.Exists) ?? throw new EngineException(
                EngineFault.Unavailable,
                $"the engine library was not found; looked for {string.Join(", ", candidates)}. Build the project once, or set WEIR_ENGINE_LIB to the file");
            try
            {
                _handle = NativeLibrary.Load(file);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                throw new EngineException(EngineFault.Unavailable, $"the engine library {file} cannot be loaded: {e.Message}", 0, e);
            }

            NativeLibrary.SetDllImportResolver(
                typeof(EngineLibrary).Assembly,
                static (name, _, _) => string.Equals(name, EngineNative.Library, StringComparison.Ordinal) ? _handle : 0);
        }
    }

    private static IEnumerable<string> Candidates()
    {
        var name = OperatingSystem.IsMacOS() ? "libchdb.dylib" : "libchdb.so";
        if (Environment.GetEnvironmentVariable("WEIR_ENGINE_LIB") is { Length: > 0 } set)
            yield return Directory.Exists(set) ? Path.Combine(set, name) : set;
        yield return Path.Combine(AppContext.BaseDirectory, name);
        foreach (var metadata in typeof(EngineLibrary).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>())
        {
            if (string.Equals(metadata.Key, "WeirEngineFolder", StringComparison.Ordinal) && metadata.Value is { } folder)
                yield return Path.Combine(folder, name);
        }
    }
}
