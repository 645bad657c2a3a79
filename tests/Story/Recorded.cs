using System.Globalization;
using Weir.Features.Requests;
using Weir.Features.Requests.Facts;
using Weir.Tests.Support;

namespace Weir.Tests.Story;

/// <summary>A line of the recorded traffic: a span, a log line or an error, with its request.</summary>
internal sealed record Recorded(string Kind, string Protocol, string Id, string Method, string Target, long Status, string Client, long StartNs, long EndNs)
{
    public static long Start => Read()[0].StartNs;

    public TimedRecord Record => new(Id, RequestFacts.Of(Method, Target, Status, Client)!, StartNs, EndNs, Kind == "line" ? 1_000_000 : 1_000);

    /// <summary>Series 1 to 4: the recording that the matcher's distances were chosen on.</summary>
    public static IReadOnlyList<Recorded> Read() => Read("ten-identical-requests");

    /// <summary>Series 5 to 11: recorded later, on an overloaded machine. The rule for requests side by side was chosen with it; that for access lines was not.</summary>
    public static IReadOnlyList<Recorded> ReadBusy() => Read("identical-requests-busy-machine");

    private static IReadOnlyList<Recorded> Read(string name) =>
        [.. File.ReadAllLines(Path.Combine(Repository.Root, "tests", "Story", "Fixtures", name + ".tsv"))
            .Select(line => line.Split('\t'))
            .Select(f => new Recorded(f[0], f[1], f[2], f[3], f[4], Number(f[5]), f[6], Number(f[7]), Number(f[8])))];

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
