using System.Globalization;

namespace Weir.Store.Engine.Host;

/// <summary>The library reports only on stderr why it can't open a folder, so the likely reasons are checked before.</summary>
internal static class DataFolder
{
    // ClickHouse's own lock: it holds flock on this file.
    private const string LockFile = "status";

    internal static void Check(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".probe-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}");
            File.WriteAllBytes(probe, [1]);
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var kind = e is IOException && (e.HResult & 0xFFFF) is 28 or 122 ? EngineFault.NoSpace : EngineFault.Unavailable;
            throw new EngineException(kind, $"the data folder {folder} cannot be written: {e.Message}", 0, e);
        }

        var status = Path.Combine(folder, LockFile);
        if (!File.Exists(status))
            return;
        try
        {
            File.OpenHandle(status, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FolderInUseException($"the data folder {folder} is in use by another process: {e.Message}", e);
        }
    }
}

/// <summary>Another process has the data folder open.</summary>
internal sealed class FolderInUseException(string message, Exception inner) : Exception(message, inner);
