using System.Text.Json;
using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions.BubbleUp;
using Weir.Protocols.Api;
using Weir.Protocols.Api.Clients;
using Weir.Protocols.Api.Out;
using Weir.Protocols.Wire;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Api;

public sealed class OutputTests
{
    private static ResultRow Row(params (string Name, object? Value)[] cells) => new(
        cells.Select((cell, index) => (cell.Name, index)).ToDictionary(cell => cell.Name, cell => cell.index),
        [.. cells.Select(cell => cell.Value)]);

    [Theory]
    [InlineData(0L, "1970-01-01T00:00:00Z")]
    [InlineData(1772366400000000000L, "2026-03-01T12:00:00Z")]
    [InlineData(1772366400123456789L, "2026-03-01T12:00:00.123456789Z")]
    [InlineData(1772366400100000000L, "2026-03-01T12:00:00.1Z")]
    [InlineData(-1L, "1969-12-31T23:59:59.999999999Z")]
    public void Times_keep_their_nanoseconds(long nanoseconds, string expected) => IsoTime.Text(nanoseconds).ShouldBe(expected);

    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(60, 1, 60)]
    [InlineData(61, 2, 31)]
    [InlineData(3600, 60, 60)]
    [InlineData(86_400, 1800, 48)]
    [InlineData(7 * 86_400, 10_800, 57)]
    [InlineData(30 * 86_400, 43_200, 60)]
    [InlineData(365 * 86_400, 604_800, 53)]
    [InlineData(10_000L * 86_400, 604_800L * 32, 53)]
    public void A_range_is_cut_into_at_most_sixty_round_buckets(long seconds, long bucket, int most)
    {
        var to = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        var series = new BucketSeries(new TimeRange(to.AddSeconds(-seconds), to));
        series.BucketSeconds.ShouldBe(bucket);
        series.Count.ShouldBeInRange(1, Math.Min(most, 61));
        series.First.ShouldBeLessThanOrEqualTo(to.AddSeconds(-seconds).ToUnixTimeSeconds());
        (series.First % bucket).ShouldBe(0);
    }

    [Fact]
    public void Gaps_between_buckets_are_filled_with_zeros()
    {
        var to = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var buckets = new BucketSeries(new TimeRange(to.AddSeconds(-5), to));
        var at = to.ToUnixTimeSeconds() - 5;
        var series = HomeReader.Series(
            buckets,
            [Row(("bucket", at + 1), ("count", 7UL), ("errors", 2UL)), Row(("bucket", at + 99), ("count", 1UL), ("errors", 1UL))],
            [Row(("bucket", at + 3), ("count", 3UL)), Row(("bucket", at + 3), ("count", 4UL))],
            []);
        series.Select(bucket => bucket.Spans).ShouldBe([0, 7, 0, 0, 0]);
        series.Select(bucket => bucket.Errors).ShouldBe([0, 2, 0, 0, 0]);
        series.Select(bucket => bucket.Logs).ShouldBe([0, 0, 0, 7, 0]);
        series[0].Time.ShouldBe("2026-03-01T11:59:55Z");
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("not json", "")]
    [InlineData("[1]", "")]
    [InlineData("{\"a\":{\"b\":1,\"c\":{\"d\":\"x\"}},\"e\":true}", "a.b=1;a.c.d=x;e=True")]
    [InlineData("{\"a\":1,\"a\":{\"b\":2}}", "a=1;a.b=2")]
    [InlineData("{\"list\":[1,\"b\"],\"n\":null,\"big\":9007199254740993}", "big=9007199254740993;list=[1,\"b\"];n=")]
    [InlineData("{\"http.method\":\"GET\"}", "http.method=GET")]
    public void Attributes_become_flat(string json, string expected) =>
        string.Join(';', AttributeMap.Read(json).Select(entry => $"{entry.Key}={entry.Value}")).ShouldBe(expected);

    [Fact]
    [Trait("kind", "fuzz")]
    public void Attributes_of_any_text_do_not_throw()
    {
        var random = Fuzz.Random(7);
        var seed = "{\"a\":{\"b\":[1,2,{\"c\":null}],\"d\":\"x\\u00e9\"},\"e\":-1.5e3,\"f\":true}".ToCharArray();
        for (var round = 0; round < 4000; round++)
        {
            var text = (char[])seed.Clone();
            for (var change = random.Next(1, 5); change > 0; change--)
                text[random.Next(text.Length)] = (char)random.Next(32, 127);
            AttributeMap.Read(new string(text, 0, random.Next(text.Length + 1))).Count.ShouldBeLessThan(20);
        }
        AttributeMap.Read(string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100)).ShouldBeEmpty();
    }

    [Fact]
    public void Metrics_are_prometheus_text()
    {
        var counters = new IngestCounters(new StoppedClock());
        counters.Received(WireProtocol.Otlp, Signal.Spans, 10);
        counters.Stored(WireProtocol.Otlp, Signal.Spans, 8);
        counters.Dropped(WireProtocol.Otlp, Signal.Spans, "mal\"formed\\", 2, "x");
        counters.Repaired(WireProtocol.Otlp, Signal.Spans, Repair.TimeUnit, 3, "y");
        var text = new PrometheusText();
        OwnMetrics.Ingest(text, counters.Snapshot());
        text.ToString().ShouldBe("""
            # HELP weir_ingest_received_total Records that arrived.
            # TYPE weir_ingest_received_total counter
            weir_ingest_received_total{protocol="otlp",signal="spans"} 10
            # HELP weir_ingest_stored_total Records that are synced to disk.
            # TYPE weir_ingest_stored_total counter
            weir_ingest_stored_total{protocol="otlp",signal="spans"} 8
            # HELP weir_ingest_dropped_total Records that were not stored, by reason.
            # TYPE weir_ingest_dropped_total counter
            weir_ingest_dropped_total{protocol="otlp",signal="spans",reason="mal\"formed\\"} 2
            # HELP weir_ingest_repaired_total Records that were stored after a repair, by kind of repair.
            # TYPE weir_ingest_repaired_total counter
            weir_ingest_repaired_total{protocol="otlp",signal="spans",reason="time-unit"} 3

            """.Replace("mal\"formed\\", "mal\\\"formed\\\\", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(1234567890123d, "1234567890123")]
    [InlineData(0.25, "0.25")]
    public void Metric_values_are_written_as_the_format_wants_them(double value, string expected) =>
        new PrometheusText().Family("a", "gauge", "b").Sample(value).ToString().ShouldEndWith($"\na {expected}\n");

    [Fact]
    public void Snippets_contain_the_walkthrough_with_the_addresses_filled_in()
    {
        var weir = new ClientAddresses("http://weir.test:7070", "http://weir.test:4318", "http://weir.test:4317", "weir.test:2000");
        var all = string.Join('\n', new[]
        {
            OpenTelemetryClient.Snippets(weir), XRayClient.Snippets(weir), CloudWatchLogsClient.Snippets(weir), RollbarClient.Snippets(weir),
        }.SelectMany(snippets => snippets).Select(snippet => snippet.Code));
        foreach (var expected in (string[])
        [
            "OTEL_SERVICE_NAME=\"backend-flask\"",
            "OTEL_EXPORTER_OTLP_ENDPOINT=\"http://weir.test:4318\"",
            "OTEL_EXPORTER_OTLP_HEADERS=\"x-honeycomb-team=",
            "AWS_XRAY_DAEMON_ADDRESS=\"weir.test:2000\"",
            "AWS_XRAY_URL=\"*4567-<workspace>.<host>*\"",
            "aws xray create-group --group-name \"Cruddur\" --filter-expression \"service(\\\"backend-flask\\\")\" --endpoint-url \"http://weir.test:7070\"",
            "aws xray create-sampling-rule --cli-input-json file://aws/json/xray.json --endpoint-url \"http://weir.test:7070\"",
            "AWS_ENDPOINT_URL_LOGS=\"http://weir.test:7070\"",
            "endpoint_url=\"http://weir.test:7070\"",
            "endpoint=\"http://weir.test:7070/api/1/\"",
            "endpoint: \"http://weir.test:7070/api/1/item/\"",
        ])
            all.ShouldContain(expected);
        all.ShouldNotContain("{{");
    }

    [Theory]
    [InlineData(0, 0, false, "waiting", 0)]
    [InlineData(0, 3, false, "rejected", 0)]
    [InlineData(5, 0, false, "received", 5)]
    [InlineData(5, 3, false, "received", 5)]
    [InlineData(0, 0, true, "received", 40)]
    [InlineData(0, 3, true, "received", 40)]
    public void A_client_waits_or_is_received_or_refused(long stored, long dropped, bool before, string state, long received)
    {
        var counters = new IngestCounters(new StoppedClock());
        counters.Received(WireProtocol.Otlp, Signal.Spans, stored + dropped);
        counters.Stored(WireProtocol.Otlp, Signal.Spans, stored);
        counters.Dropped(WireProtocol.Otlp, Signal.Spans, new Fault(FaultKind.Unauthorized, "missing 'x-honeycomb-team' header"), dropped);
        var kind = new SetupReader.ClientKind("otlp", ["otlp"], Signal.Spans, "t", "s", _ => []);
        var client = SetupReader.Describe(
            kind, new ClientAddresses("", "", "", ""), counters.Snapshot(), before ? new SetupReader.Earlier(40, "2026-01-01T00:00:00Z") : null);
        client.State.ShouldBe(state);
        client.Received.ShouldBe(received);
        (client.LastRejection is not null).ShouldBe(dropped > 0);
        if (dropped > 0)
            client.LastRejection!.Message.ShouldBe("No key or an unknown key was sent; check the variable or option that sets it. "
                + "Message of the server: missing 'x-honeycomb-team' header");
    }

    [Theory]
    [InlineData("malformed", "could not be parsed")]
    [InlineData("parse-error", "could not be parsed")]
    [InlineData("missing-trace-id", "violated a rule")]
    [InlineData("invalid", "violated a rule")]
    [InlineData("queue-full", "was overloaded")]
    [InlineData("too-old", "sender's clock")]
    [InlineData("never-heard-of", "not stored")]
    public void Every_reason_is_explained(string reason, string words)
    {
        Rejections.Explain(reason, "x").ShouldContain(words);
        Rejections.Explain(reason, "x").ShouldEndWith(" Message of the server: x");
        Rejections.Explain(reason, "").ShouldNotContain("Message of");
    }

    [Fact]
    public void Every_kind_of_fault_has_a_status_and_only_defects_are_500()
    {
        foreach (var kind in Enum.GetValues<FaultKind>())
        {
            var problem = ApiFaults.Describe(new Fault(kind, "m", Position: 3));
            problem.Status.ShouldBe(kind switch
            {
                FaultKind.Internal => 500,
                FaultKind.Busy or FaultKind.Unavailable => 503,
                _ => problem.Status,
            });
            (problem.Status is >= 400 and < 500).ShouldBe(kind is not (FaultKind.Internal or FaultKind.Busy or FaultKind.Unavailable));
            JsonSerializer.Serialize(problem, ProblemJson.Answers.Problem).ShouldContain("\"position\":3");
        }
        JsonSerializer.Serialize(ApiFaults.Describe(new Fault(FaultKind.Invalid, "m")), ProblemJson.Answers.Problem)
            .ShouldBe("{\"type\":\"about:blank\",\"title\":\"The request is not valid\",\"status\":400,\"detail\":\"m\"}");
    }
}
