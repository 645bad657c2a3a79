namespace Weir.Core.Ingest;

/// <summary>Only one process may use a journal's folder, because two processes would load the same segments twice.</summary>
public static class JournalLock
{
    internal const string FileName = "journal.lock";

    /// <summary>Locks the folder until the result is disposed; null when another process has locked it. Throws other <see cref="IOException"/>s.</summary>
    public static IDisposable? TryTake(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            // The runtime has no separate exception type for a locked file; a full disk or a read-only folder must be told apart from it.
            if (File.Exists(Path.Combine(folder, FileName)))
                return null;
            throw;
        }
    }

    /// <exception cref="IOException">Another process has locked it.</exception>
    internal static IDisposable Take(string folder) =>
        TryTake(folder) ?? throw new IOException($"the journal in {folder} is in use by another Weir");
}
