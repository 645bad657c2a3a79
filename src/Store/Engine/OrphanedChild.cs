using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Weir.Store.Engine;

/// <summary>
/// The child of a killed server ends when the pipe between them closes, unless the child itself is stopped (SIGSTOP, a debugger, a frozen
/// group) and does not notice. The next process with the folder's lock finds the child's process id and start time here.
/// </summary>
internal static class OrphanedChild
{
    /// <summary>Records the child in the lock file.</summary>
    public static void Note(FileStream folderLock, int process)
    {
        var text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{process} {Began(process)}\n"));
        folderLock.SetLength(0);
        folderLock.Position = 0;
        folderLock.Write(text);
        folderLock.Flush();
    }

    /// <summary>Kills the child recorded by the previous holder, if it still exists. Returns its process id; 0 when there is none.</summary>
    public static int End(FileStream folderLock)
    {
        folderLock.Position = 0;
        var bytes = new byte[64];
        var words = Encoding.ASCII.GetString(bytes, 0, folderLock.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)).Split(' ', '\n');
        if (words.Length < 2 || !int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            || words[1].Length == 0 || !string.Equals(Began(process), words[1], StringComparison.Ordinal))
            return 0;
        // A running process sees the end of its pipe and ends by itself.
        if (!IsStopped(process))
            return 0;
        try
        {
            using var orphan = Process.GetProcessById(process);
            orphan.Kill();
            return process;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return 0;
        }
    }

    private static bool IsStopped(int process) => Stat(process) is ["T" or "t", ..];

    /// <summary>Start time in ticks since the boot; empty where unknown. Needed because process ids are reused.</summary>
    private static string Began(int process) => Stat(process) is { Length: > 19 } fields ? fields[19] : "";

    /// <summary>The fields after the name, beginning with the state; empty when there is no such process.</summary>
    private static string[] Stat(int process)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
