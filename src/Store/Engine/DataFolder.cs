using System.Globalization;

namespace Weir.Store.Engine;

/// <summary>The library says on stderr only why it refuses a folder, so the likely reasons are checked before.</summary>
internal static class DataFolder
{
    // ClickHouse's own lock: it holds flock on this file, and writes its process id into it.
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
            throw new EngineException(EngineFault.Unavailable, $"the data folder {folder} is in use by another process{Holder(status)}: {e.Message}", 0, e);
        }
    }

    private static string Holder(string status)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(status, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadLine() is { } line && line.StartsWith("PID: ", StringComparison.Ordinal) ? $" ({line})" : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
