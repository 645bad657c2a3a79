using System.Globalization;
using System.IO.Compression;
using System.Text;
using Weir.Features.Logs;
using Weir.Features.Requests.Facts;
using Weir.Features.Requests.Stitching;
using Weir.Tests.Support;

namespace Weir.Tests.Story;

/// <summary>
/// Traffic recorded from real Flask applications, as entries with the number of the request that each belongs to. A line of a fixture: kind,
/// recorder, stream, id, method, target, status, client, whether proxied, start and end (ns), text or route, exceptions, requests.
/// </summary>
internal static class RecordedEntries
{
    public static List<(Entry Entry, IReadOnlyList<string> Requests)> Read(string name)
    {
        using var file = new GZipStream(File.OpenRead(Path.Combine(Repository.Root, "tests", "Story", "Fixtures", name + ".tsv.gz")), CompressionMode.Decompress);
        using var reader = new StreamReader(file, Encoding.UTF8);
        var entries = new List<(Entry, IReadOnlyList<string>)>();
        while (reader.ReadLine() is { } line)
        {
            var f = line.Split('\t');
            entries.Add((Entry(f), f[13].Length == 0 ? [] : f[13].Split(',')));
        }
        return entries;
    }

    private static Entry Entry(string[] f)
    {
        var (start, end) = (long.Parse(f[9], CultureInfo.InvariantCulture), long.Parse(f[10], CultureInfo.InvariantCulture));
        var client = AddressSet.Of(f[8].Length == 0 ? null : f[8] == "true", f[7]);
        var exceptions = f[12].Split('|', StringSplitOptions.RemoveEmptyEntries).Select(e => e.Split(':', 2)).Select(e => ExceptionIdentity.Of(e[0], e[1])!).ToList();
        switch (f[0])
        {
            case "span":
                var facts = RequestFacts.Of(f[4], f[5], f[6].Length == 0 ? null : long.Parse(f[6], CultureInfo.InvariantCulture), client)!;
                return new Entry(EntryKind.Span, f[3], f[1], facts, start, end) { TraceId = f[3], Protocol = f[1].Split('/')[0], Exceptions = exceptions };
            case "line":
                var body = f[11].Replace("\\n", "\n", StringComparison.Ordinal);
                return Weir.Features.Requests.Stitching.Entry.OfLine(f[3], f[1], f[2], body, AccessFacts(body), start);
            default:
                return Weir.Features.Requests.Stitching.Entry.OfReport(
                    f[3], f[1], RequestFacts.Partly(f[4], f[5], exceptions.Count > 0 ? f[11] : null, client), exceptions.Count > 0 ? exceptions[0] : null, f[11], start);
        }
    }

    private static RequestFacts? AccessFacts(string body) => AccessLine.TryParse(Encoding.UTF8.GetBytes(body), out var access)
        ? RequestFacts.Of(
            Encoding.UTF8.GetString(access.Method), Encoding.UTF8.GetString(access.Path), access.Status,
            AddressSet.Of(null, Encoding.UTF8.GetString(access.ClientAddress)))
        : null;
}
