namespace Weir.Core.Ingest;

/// <summary>A journal's folder belongs to one process: two that load the same segments would store them twice.</summary>
public static class JournalLock
{
    internal const string FileName = "journal.lock";

    /// <summary>Takes the folder until what is returned is disposed; null when another process has it. Throws other <see cref="IOException"/>s.</summary>
    public static IDisposable? TryTake(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            // The runtime has no kind of its own for a file that is locked; a disk without room or a folder that can't be written is another story.
            if (File.Exists(Path.Combine(folder, FileName)))
                return null;
            throw;
        }
    }

    /// <exception cref="IOException">Another process has it.</exception>
    internal static IDisposable Take(string folder) =>
        TryTake(folder) ?? throw new IOException($"the journal in {folder} is in use by another Weir");
}
