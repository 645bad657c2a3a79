using System.Runtime.CompilerServices;
using System.Text;
using Weir.Features.Questions;

namespace Weir.Tests.Otlp;

/// <summary>What a real SDK sent: request line, headers, an empty line, the body's bytes.</summary>
internal sealed class RecordedRequest
{
    private RecordedRequest(string path, Dictionary<string, string> headers, byte[] body) => (Path, Headers, Body) = (path, headers, body);

    public string Path { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public byte[] Body { get; }

    public bool IsGrpc => Headers["content-type"].StartsWith("application/grpc", StringComparison.Ordinal);

    public static IEnumerable<string> Names() =>
        Directory.GetFiles(Folder(), "*.bin").Select(path => System.IO.Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public static RecordedRequest Load(string name)
    {
        var bytes = File.ReadAllBytes(System.IO.Path.Combine(Folder(), name + ".bin"));
        var end = bytes.AsSpan().IndexOf("\n\n"u8);
        var lines = Encoding.UTF8.GetString(bytes.AsSpan(0, end)).Split('\n');
        return new RecordedRequest(
            lines[0].Split(' ')[1], lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1]), bytes[(end + 2)..]);
    }

    private static string Folder([CallerFilePath] string here = "") =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "..", "Fixtures");
}
