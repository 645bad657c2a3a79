using System.Globalization;
using System.Text.RegularExpressions;
using Shouldly;
using Weir.Core.Query;
using Weir.Features.Requests;
using Weir.Features.Requests.Facts;
using Xunit;

namespace Weir.Tests.Story;

/// <summary>
/// Matching on traffic recorded from Cruddur: ten identical requests over a second, ten at once, for a handler that answers and for
/// one that fails; and, on a busy machine, twenty in a row, twelve at once, fifteen 15 ms apart, and three users side by side. Requests were numbered (in both trace ids and in the query string, neither of which the matcher sees), so the
/// truth is known.
/// </summary>
public sealed partial class RequestMatcherTests
{
    // As far as the story reads, in nanoseconds.
    private const long Reach = 30_000_000_000;

    private static readonly IReadOnlyList<Recorded> Traffic = [.. Recorded.Read(), .. Recorded.ReadBusy()];

    [Theory]
    [InlineData(1, "home", 10)]
    [InlineData(2, "home", 0)]
    [InlineData(3, "broken", 7)]
    [InlineData(4, "broken", 0)]
    [InlineData(5, "home", 18)]
    [InlineData(6, "home", 0)]
    [InlineData(7, "broken", 18)]
    [InlineData(8, "broken", 0)]
    [InlineData(9, "home", 0)]
    [InlineData(10, "home", 0)]
    [InlineData(11, "broken", 0)]
    public void Traces_of_identical_requests_are_linked_rightly_or_not_at_all(int series, string what, int atLeast)
    {
        what.ShouldNotBeEmpty();
        var (otlp, xray) = (Records("otlp", "span"), Records("xray", "span"));
        Check(Of(otlp, series), otlp, xray, MatchRule.SameSpan, atLeast);
        Check(Of(xray, series), xray, otlp, MatchRule.SameSpan, atLeast);
        Check(Of(otlp, series), otlp, xray, MatchRule.SameSpan, atLeast - 1, Records("cloudwatch-logs", "line"));
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 0)]
    [InlineData(3, 6)]
    [InlineData(4, 0)]
    [InlineData(5, 18)]
    [InlineData(6, 0)]
    [InlineData(7, 18)]
    [InlineData(8, 0)]
    [InlineData(9, 12)]
    [InlineData(10, 0)]
    [InlineData(11, 0)]
    public void Lines_after_the_response_are_linked_rightly_or_not_at_all(int series, int atLeast)
    {
        var otlp = Records("otlp", "span");
        Check(Of(otlp, series), otlp, Records("cloudwatch-logs", "line"), MatchRule.AfterResponse, atLeast);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Errors_less_than_a_second_apart_are_not_linked(int series)
    {
        var otlp = Records("otlp", "span");
        var errors = Records("rollbar", "error").Select(r => r with { ResolutionNs = 1_000_000_000 }).ToList();
        Check(Of(otlp, series), otlp, errors, MatchRule.During, 0);
    }

    /// <summary>
    /// Both sides sampled, in 300 ways of each pair of rates. Access lines, which nobody samples, tell of the requests that no recorder
    /// kept, and then no link may be wrong.
    /// </summary>
    [Theory]
    [InlineData(1, 5000)]
    [InlineData(2, 0)]
    [InlineData(3, 3500)]
    [InlineData(4, 0)]
    [InlineData(5, 10000)]
    [InlineData(6, 0)]
    [InlineData(7, 10000)]
    [InlineData(8, 0)]
    [InlineData(9, 100)]
    [InlineData(10, 0)]
    [InlineData(11, 0)]
    public void Sampling_on_both_sides_makes_no_wrong_link_with_access_lines(int series, int atLeast)
    {
        var (linked, wrong) = Sampled(series, Records("cloudwatch-logs", "line"));
        wrong.ShouldBe(0, $"series {series}: {wrong} of {linked} links are wrong");
        linked.ShouldBeGreaterThanOrEqualTo(atLeast);
    }

    /// <summary>
    /// Without access lines what is left of the neighbours has to tell that requests are sampled. Wrong links are counted, not excused:
    /// where few recordings are left of ten requests at once, nothing does. The last number may only fall.
    /// </summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 2)]
    [InlineData(5, 0)]
    [InlineData(6, 0)]
    [InlineData(7, 0)]
    [InlineData(8, 0)]
    [InlineData(9, 0)]
    [InlineData(10, 0)]
    [InlineData(11, 0)]
    public void Sampling_on_both_sides_without_access_lines_makes_no_more_wrong_links_than_known(int series, int knownWrong)
    {
        var (linked, wrong) = Sampled(series, []);
        wrong.ShouldBeLessThanOrEqualTo(knownWrong, $"series {series}: {wrong} of {linked} links are wrong");
    }

    private static (int Linked, int Wrong) Sampled(int series, IReadOnlyList<TimedRecord> lines)
    {
        var (linked, wrong) = (0, 0);
        foreach (var (otel, xRay) in new[] { (0.5, 0.25), (0.25, 0.25), (0.1, 0.1), (0.5, 0.5), (0.9, 0.5), (0.1, 0.9) })
        {
            for (var seed = 0; seed < 300; seed++)
            {
                var random = new Random(seed);
                var otlp = Records("otlp", "span").Where(_ => random.NextDouble() < otel).ToList();
                var xray = Records("xray", "span").Where(_ => random.NextDouble() < xRay).ToList();
                foreach (var (ours, theirs) in new[] { (otlp, xray), (xray, otlp) })
                {
                    foreach (var request in Of(ours, series))
                    {
                        if (RequestMatcher.Match(request, new(ours, lines, Reach), theirs, MatchRule.SameSpan).Linked is not { } record)
                            continue;
                        linked++;
                        wrong += Number(record.Id) == Number(request.Id) ? 0 : 1;
                    }
                }
            }
        }
        return (linked, wrong);
    }

    [Theory]
    [InlineData("GET", "/a", 200, "10.0.0.1", "GET", "http://host/a?x=1", 200, "10.0.0.1", "method path status client time")]
    [InlineData("get", "/a/", null, null, "GET", "/a", 404, "::1", "method path time")]
    [InlineData("GET", "/a", 200, "::1", "GET", "/a#top", 200, "127.0.0.1", "method path status client time")]
    [InlineData("GET", "/a", 200, "::ffff:10.0.0.1", "GET", "/a", 200, "10.0.0.1", "method path status client time")]
    [InlineData("GET", "/a", 200, null, "POST", "/a", 200, null, null)]
    [InlineData("GET", "/a", 200, null, "GET", "/b", 200, null, null)]
    [InlineData("GET", "/a", 200, null, "GET", "/a", 500, null, null)]
    [InlineData("GET", "/a", 200, "10.0.0.1", "GET", "/a", 200, "10.0.0.2", "method path status time")]
    [InlineData("GET", "http://host", 200, null, "GET", "/", 200, null, "method path status time")]
    public void Two_requests_agree_on_what_both_know(
        string method, string target, int? status, string? client, string method2, string target2, int? status2, string? client2, string? agreed)
    {
        var one = RequestFacts.Of(method, target, status, client)!;
        var other = RequestFacts.Of(method2, target2, status2, client2)!;
        (one.Agreement(other) is { } on ? string.Join(' ', on) : null).ShouldBe(agreed);
        (other.Agreement(one) is { } back ? string.Join(' ', back) : null).ShouldBe(agreed);
    }

    [Theory]
    [InlineData(-20, false)]
    [InlineData(-1, true)]
    [InlineData(49, true)]
    [InlineData(60, true)]
    [InlineData(310, false)]
    public void A_line_before_the_request_is_not_its_access_line(int afterStartMs, bool linked)
    {
        var facts = RequestFacts.Of("GET", "/a", 200, null as string)!;
        var request = new TimedRecord("request", facts, 0, 50_000_000);
        var line = new TimedRecord("line", facts, afterStartMs * 1_000_000L, afterStartMs * 1_000_000L, 1_000_000);
        (RequestMatcher.Match(request, new([request], [], Reach), [line], MatchRule.AfterResponse).Linked is not null).ShouldBe(linked);
    }

    private static void Check(
        IReadOnlyList<TimedRecord> requests, IReadOnlyList<TimedRecord> all, IReadOnlyList<TimedRecord> records, MatchRule rule, int atLeast, IReadOnlyList<TimedRecord>? lines = null)
    {
        var right = 0;
        foreach (var request in requests)
        {
            var decision = RequestMatcher.Match(request, new(all, lines ?? [], Reach), records, rule);
            if (decision.Linked is null)
                continue;
            Number(decision.Linked.Id).ShouldBe(Number(request.Id), $"{request} was linked to another request");
            right++;
        }
        right.ShouldBeGreaterThanOrEqualTo(atLeast);
    }

    private static List<TimedRecord> Of(IEnumerable<TimedRecord> records, int series) =>
        [.. records.Where(r => Number(r.Id).Series == series)];

    private static List<TimedRecord> Records(string protocol, string kind) =>
        [.. Traffic.Where(t => t.Protocol == protocol && t.Kind == kind).Select(t => t.Record)];

    /// <summary>The number the recording gave the request: in the last 24 digits of a trace id, or behind <c>?n=</c>.</summary>
    private static (int Series, int Request) Number(string id)
    {
        if (QueryNumber().Match(id) is { Success: true } match)
            return (Integer(match.Groups[1].Value), Integer(match.Groups[2].Value));
        return (int.Parse(id.AsSpan(8, 2), NumberStyles.AllowHexSpecifier), int.Parse(id.AsSpan(24, 8), NumberStyles.AllowHexSpecifier));
    }

    private static int Integer(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\?n=(\d+)-(\d+)", RegexOptions.NonBacktracking)]
    private static partial Regex QueryNumber();
}
