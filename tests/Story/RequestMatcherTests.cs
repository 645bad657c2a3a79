using System.Globalization;
using System.Text.RegularExpressions;
using Shouldly;
using Weir.Core.Story;
using Xunit;

namespace Weir.Tests.Story;

/// <summary>
/// Matching on traffic recorded from Cruddur: ten identical requests over a second, ten at once, for a handler that answers and for
/// one that fails. Requests were numbered (in both trace ids and in the query string, neither of which the matcher sees), so the
/// truth is known.
/// </summary>
public sealed partial class RequestMatcherTests
{
    private static readonly IReadOnlyList<Recorded> Traffic = Recorded.Read();

    [Theory]
    [InlineData(1, "home", 10)]
    [InlineData(2, "home", 0)]
    [InlineData(3, "broken", 7)]
    [InlineData(4, "broken", 0)]
    public void Traces_of_identical_requests_are_linked_rightly_or_not_at_all(int series, string what, int atLeast)
    {
        what.ShouldNotBeEmpty();
        var (otlp, xray) = (Records("otlp", "span"), Records("xray", "span"));
        Check(Of(otlp, series), otlp, xray, MatchRule.SameSpan, atLeast);
        Check(Of(xray, series), xray, otlp, MatchRule.SameSpan, atLeast);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 0)]
    [InlineData(3, 6)]
    [InlineData(4, 0)]
    public void Lines_after_the_response_are_linked_rightly_or_not_at_all(int series, int atLeast)
    {
        var otlp = Records("otlp", "span");
        Check(Of(otlp, series), otlp, Records("cloudwatch-logs", "line"), MatchRule.AfterResponse, atLeast);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Errors_within_a_second_of_each_other_are_linked_to_none(int series)
    {
        var otlp = Records("otlp", "span");
        var errors = Records("rollbar", "error").Select(r => r with { ResolutionNs = 1_000_000_000 }).ToList();
        Check(Of(otlp, series), otlp, errors, MatchRule.During, 0);
    }

    /// <summary>
    /// Half of one side and three quarters of the other are missing, as with sampling on both, in 200 ways. Wrong links are counted, not
    /// excused: when one recording of each side is left of requests that ran at once, time alone can't tell them apart. That limit is
    /// the last number of series 4; it may only fall.
    /// </summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 10)]
    public void Sampling_on_both_sides_makes_no_more_wrong_links_than_known(int series, int knownWrong)
    {
        var (linked, wrong) = (0, 0);
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var otlp = Records("otlp", "span").Where(_ => random.Next(2) == 0).ToList();
            var xray = Records("xray", "span").Where(_ => random.Next(4) == 0).ToList();
            foreach (var request in Of(otlp, series))
            {
                if (RequestMatcher.Match(request, otlp, xray, MatchRule.SameSpan).Linked is not { } record)
                    continue;
                linked++;
                wrong += Number(record.Id) == Number(request.Id) ? 0 : 1;
            }
        }
        wrong.ShouldBeLessThanOrEqualTo(knownWrong, $"series {series}: {wrong} of {linked} links are wrong");
    }

    [Theory]
    [InlineData("GET", "/a", 200, "10.0.0.1", "GET", "http://host/a?x=1", 200, "10.0.0.1", "method path status client time")]
    [InlineData("get", "/a/", null, null, "GET", "/a", 404, "::1", "method path time")]
    [InlineData("GET", "/a", 200, "::1", "GET", "/a#top", 200, "127.0.0.1", "method path status client time")]
    [InlineData("GET", "/a", 200, "::ffff:10.0.0.1", "GET", "/a", 200, "10.0.0.1", "method path status client time")]
    [InlineData("GET", "/a", 200, null, "POST", "/a", 200, null, null)]
    [InlineData("GET", "/a", 200, null, "GET", "/b", 200, null, null)]
    [InlineData("GET", "/a", 200, null, "GET", "/a", 500, null, null)]
    [InlineData("GET", "/a", 200, "10.0.0.1", "GET", "/a", 200, "10.0.0.2", null)]
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
    public void A_line_after_the_response_is_none_that_came_before_the_request(int afterStartMs, bool linked)
    {
        var facts = RequestFacts.Of("GET", "/a", 200, null)!;
        var request = new TimedRecord("request", facts, 0, 50_000_000);
        var line = new TimedRecord("line", facts, afterStartMs * 1_000_000L, afterStartMs * 1_000_000L, 1_000_000);
        (RequestMatcher.Match(request, [request], [line], MatchRule.AfterResponse).Linked is not null).ShouldBe(linked);
    }

    private static void Check(
        IReadOnlyList<TimedRecord> requests, IReadOnlyList<TimedRecord> all, IReadOnlyList<TimedRecord> records, MatchRule rule, int atLeast)
    {
        var right = 0;
        foreach (var request in requests)
        {
            var decision = RequestMatcher.Match(request, all, records, rule);
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
