using System.Text;
using Weir.Tests.Support;

namespace Weir.Tests.Functional.Doors;

/// <summary>The port of a server for a request.</summary>
internal enum DoorPort
{
    Main,
    OtlpHttp,
    OtlpGrpc,
    XRay,
}

/// <summary>One input: an HTTP request, a call of gRPC (the body is its frames), a datagram or the bytes of a connection.</summary>
internal sealed record DoorInput(DoorPort Port, string Method, string Path, (string Name, string Value)[] Headers, byte[] Body)
{
    public string Header(string name) => Headers.FirstOrDefault(h => string.Equals(h.Name, name, StringComparison.OrdinalIgnoreCase)).Value ?? "";

    public DoorInput With(string name, string value) =>
        this with { Headers = [.. Headers.Where(h => !string.Equals(h.Name, name, StringComparison.OrdinalIgnoreCase)), (name, value)] };

    /// <summary>The request in its text form, with any body; failing inputs are stored like this.</summary>
    public byte[] ToBytes() =>
        [.. Encoding.UTF8.GetBytes($"{Port} {Method} {Path}\r\n{string.Concat(Headers.Select(h => $"{h.Name}: {h.Value}\r\n"))}\r\n"), .. Body];
}

/// <summary>Requests recorded from real clients, with current times: <c>Fixtures</c> of the rooms.</summary>
internal static class Recordings
{
    /// <summary>Headers that are left out because they depend on the connection: lengths, connections, the host, signatures.</summary>
    private static readonly HashSet<string> Left = new(
        ["host", "content-length", "connection", "transfer-encoding", "authorization", "expect", "keep-alive", "te", "accept-encoding"], StringComparer.OrdinalIgnoreCase);

    public static List<DoorInput> Requests(string room, DoorPort port, Func<string, bool>? file = null)
    {
        var read = Files(room).Where(f => Path.GetExtension(f) is ".http" or ".bin" && (file is null || file(Path.GetFileName(f)))).Select(f => Read(f, port)).ToList();
        return read.Count > 0 ? read : throw new InvalidOperationException($"{room} has no recordings");
    }

    public static List<byte[]> Datagrams() => [.. Files("XRay").Where(f => Path.GetExtension(f) == ".bin").Select(f => Mutations.Now(File.ReadAllBytes(f)))];

    private static IEnumerable<string> Files(string room) =>
        Directory.GetFiles(Path.Combine(Repository.Root, "src", "Protocols", room, "Fixtures")).Order(StringComparer.Ordinal);

    private static DoorInput Read(string path, DoorPort port)
    {
        var bytes = File.ReadAllBytes(path);
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        var skip = 4;
        if (end < 0 || bytes.AsSpan().IndexOf("\n\n"u8) is >= 0 and var other && other < end)
            (end, skip) = (bytes.AsSpan().IndexOf("\n\n"u8), 2);
        var lines = Encoding.UTF8.GetString(bytes, 0, end).Split('\n', StringSplitOptions.TrimEntries);
        var start = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(l => l.Split(": ", 2)).Where(h => h.Length == 2 && !Left.Contains(h[0])).Select(h => (h[0], h[1])).ToArray();
        var body = bytes[(end + skip)..];
        var packed = headers.Any(h => h.Item1.Contains("encoding", StringComparison.OrdinalIgnoreCase));
        return new DoorInput(port, start[0], start[1], headers, packed ? body : Mutations.Now(body));
    }
}
