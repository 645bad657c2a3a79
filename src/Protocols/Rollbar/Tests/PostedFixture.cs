using System.Runtime.CompilerServices;
using System.Text;
using Weir.Features.Questions;

namespace Weir.Tests.Rollbar;

/// <summary>A recorded request: line, headers, body bytes.</summary>
internal sealed record PostedFixture(string Name, string Method, string Path, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    public static IEnumerable<string> Names(string pattern = "*") =>
        Directory.EnumerateFiles(Folder(), pattern + ".http").Select(f => System.IO.Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    public static PostedFixture Read(string name)
    {
        var bytes = File.ReadAllBytes(System.IO.Path.Combine(Folder(), name + ".http"));
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        var lines = Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n");
        var start = lines[0].Split(' ');
        return new PostedFixture(
            name, start[0], start[1],
            [.. lines.Skip(1).Select(l => l.Split(": ", 2)).Select(l => KeyValuePair.Create(l[0], l[1]))],
            bytes[(end + 4)..]);
    }

    public static string Expected(string name) => System.IO.Path.Combine(Folder(), name + ".expected");

    private static string Folder([CallerFilePath] string here = "") =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "..", "Fixtures");
}
