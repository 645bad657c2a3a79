using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Weir.Store.Engine;

/// <summary>
/// The child of a server that was killed ends with the pipe between them, unless it is stopped itself (SIGSTOP, a debugger, a frozen
/// group) and sees no end. Whoever holds the folder's lock next finds here which process that is: its number and when it began.
/// </summary>
internal static class OrphanedChild
{
    /// <summary>Notes the child in the lock's file.</summary>
    public static void Note(FileStream folderLock, int process)
    {
        var text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{process} {Began(process)}\n"));
        folderLock.SetLength(0);
        folderLock.Position = 0;
        folderLock.Write(text);
        folderLock.Flush();
    }

    /// <summary>Kills the child noted by the holder before, if it is still there. Its number; 0 when there is none.</summary>
    public static int End(FileStream folderLock)
    {
        folderLock.Position = 0;
        var bytes = new byte[64];
        var words = Encoding.ASCII.GetString(bytes, 0, folderLock.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)).Split(' ', '\n');
        if (words.Length < 2 || !int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            || words[1].Length == 0 || !string.Equals(Began(process), words[1], StringComparison.Ordinal))
            return 0;
        // One that runs sees the end of its pipe and goes by itself.
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

    /// <summary>When it began, in ticks since the system did; empty where that is not known. Numbers of processes come again.</summary>
    private static string Began(int process) => Stat(process) is { Length: > 19 } fields ? fields[19] : "";

    /// <summary>The fields behind the name, the state first; none when there is no such process.</summary>
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
