using System.Diagnostics;
using System.Text.Json;
using Weir.Core.Model;
using Weir.Features.Questions;
using Weir.Store;
using Weir.Store.Engine;

namespace Weir.Bench;

/// <summary>
/// <c>./dev bench query [rows] [runs]</c>: questions over synthetic spans of 20 attributes, each beside the statement a person would write
/// by hand for the same answer. Runs of both are interleaved in one process; a JSON line a question has the medians.
/// </summary>
internal static class QueryBench
{
    private sealed record Question(string Name, string[] Plain, QuerySpec Spec);

    public static async Task<int> RunAsync(long rows, int runs)
    {
        var folder = Path.Combine("artifacts", "bench-data", $"spans-{rows}");
        Directory.CreateDirectory(folder);
        var engine = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions(folder), TimeProvider.System, CancellationToken.None);
        await using var store = await ClickHouseStore.OpenAsync(engine, new Dictionary<Signal, int>(), TimeProvider.System, CancellationToken.None);
        if (await CountAsync(engine) < rows)
            await QueryData.LoadAsync(store, rows);
        var runner = new QueryRunner(store.Reader, TimeProvider.System, store.Columns);
        var worst = 0.0;
        foreach (var question in Questions())
        {
            var ours = new List<double>();
            var plain = new List<double>();
            var first = 0.0;
            for (var i = 0; i <= runs; i++)
            {
                var our = await TimeAsync(() => runner.RunAsync(question.Spec, new ExploreScope(), new QueryWants(Others: false), CancellationToken.None));
                var hand = await TimeAsync(() => PlainAsync(engine, question.Plain));
                // The first of each opens files and compiles expressions.
                if (i == 0)
                {
                    first = our;
                    continue;
                }
                ours.Add(our);
                plain.Add(hand);
            }
            var ratio = Median(ours) / Median(plain);
            worst = Math.Max(worst, ratio);
            Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, object>
            {
                ["bench"] = "query",
                ["name"] = question.Name,
                ["rows"] = rows,
                ["ours_ms"] = Math.Round(Median(ours), 1),
                ["plain_sql_ms"] = Math.Round(Median(plain), 1),
                ["ratio"] = Math.Round(ratio, 2),
                ["ours_min_ms"] = Math.Round(ours.Min(), 1),
                ["plain_min_ms"] = Math.Round(plain.Min(), 1),
                ["first_ms"] = Math.Round(first, 1),
                ["runs"] = runs,
            }));
        }
        return worst > 0 ? 0 : 1;
    }

    // The statements answer what the question answers: the table, the points of its groups, the totals of both.
    private static IEnumerable<Question> Questions()
    {
        const string bucket = "toStartOfInterval(start_time, INTERVAL 300 SECOND)";
        yield return Ask(
            "group by route, COUNT and P99",
            [
                $"""
                SELECT k, t, sum(c), quantileTDigestMerge(0.99)(q) FROM (
                  SELECT attributes.`http.route`.:String AS k, {bucket} AS t, count() AS c, quantileTDigestState(0.99)(duration_ns / 1e6) AS q
                  FROM spans WHERE {Range} GROUP BY k, t)
                GROUP BY GROUPING SETS ((k, t), (k), (t), ())
                """,
            ],
            spec => spec with { Calculations = [new Calculation(CalculationOp.Count), new Calculation(CalculationOp.P99, "duration_ms")], Breakdowns = ["http.route"] });
        yield return Ask(
            "group by service and status, P50 P95 P99",
            [
                $"""
                SELECT k, s, t, sum(c), quantilesTDigestMerge(0.5, 0.95, 0.99)(q) FROM (
                  SELECT service AS k, attributes.`http.response.status_code`.:Int64 AS s, {bucket} AS t, count() AS c, quantilesTDigestState(0.5, 0.95, 0.99)(duration_ns / 1e6) AS q
                  FROM spans WHERE {Range} GROUP BY k, s, t)
                GROUP BY GROUPING SETS ((k, s, t), (k, s), (t), ())
                """,
            ],
            spec => spec with
            {
                Calculations = [new Calculation(CalculationOp.P50, "duration_ms"), new Calculation(CalculationOp.P95, "duration_ms"), new Calculation(CalculationOp.P99, "duration_ms")],
                Breakdowns = ["service.name", "http.response.status_code"],
            });
        yield return Ask(
            "heatmap of duration",
            [
                $"""
                SELECT {bucket} AS t, toInt16(floor(log2(duration_ns) * 2)) AS bin, count() FROM spans WHERE {Range} GROUP BY t, bin
                """,
            ],
            spec => spec with { Calculations = [new Calculation(CalculationOp.Heatmap, "duration_ms")] });
        yield return Ask(
            "distinct of 100,000 users",
            [
                $"""
                SELECT t, uniqCombinedMerge(u) FROM (
                  SELECT {bucket} AS t, uniqCombinedState(attributes.`user.id`.:String) AS u FROM spans WHERE {Range} GROUP BY t)
                GROUP BY GROUPING SETS ((t), ())
                """,
            ],
            spec => spec with { Calculations = [new Calculation(CalculationOp.CountDistinct, "user.id")] });
        yield return Ask(
            "top 10 of 100,000 users",
            [
                $"SELECT attributes.`user.id`.:String AS k, count() AS c FROM spans WHERE {Range} GROUP BY k ORDER BY c DESC LIMIT 10",
                $"SELECT {bucket} AS t, count() FROM spans WHERE {Range} GROUP BY GROUPING SETS ((t), ())",
                $"""
                SELECT attributes.`user.id`.:String AS k, {bucket} AS t, count() FROM spans
                WHERE {Range} AND k IN (SELECT k FROM (SELECT attributes.`user.id`.:String AS k, count() AS c FROM spans WHERE {Range} GROUP BY k ORDER BY c DESC LIMIT 10))
                GROUP BY k, t
                """,
            ],
            spec => spec with { Breakdowns = ["user.id"], Limit = 10 });
        yield return Ask(
            "errors of one plan by host",
            [
                $"""
                SELECT k, t, sum(c) FROM (
                  SELECT attributes.`server.address`.:String AS k, {bucket} AS t, count() AS c FROM spans
                  WHERE {Range} AND attributes.`user.plan`.:String = 'enterprise' AND status = 'error' GROUP BY k, t)
                GROUP BY GROUPING SETS ((k, t), (k), (t), ())
                """,
            ],
            spec => spec with
            {
                Breakdowns = ["server.address"],
                Filters = [new Filter("user.plan", FilterOp.Equal, "enterprise"), new Filter("error", FilterOp.Equal, true)],
            });
    }

    private static string Range =>
        $"start_time >= fromUnixTimestamp64Nano({Start * 1_000_000_000}, 'UTC') AND start_time < fromUnixTimestamp64Nano({End * 1_000_000_000}, 'UTC')";

    private static long Start => QueryData.Start.ToUnixTimeSeconds();

    private static long End => Start + (QueryData.Hours * 3600);

    private static Question Ask(string name, string[] plain, Func<QuerySpec, QuerySpec> spec) =>
        new(name, plain, spec(new QuerySpec { StartTime = Start, EndTime = End, Granularity = 300 }));

    private static async Task PlainAsync(ClickHouseEngine engine, string[] statements)
    {
        foreach (var statement in statements)
        {
            using var result = await engine.QueryAsync(
                statement, [], "RowBinaryWithNamesAndTypes", new QueryLimits(TimeSpan.FromMinutes(1), 2L << 30, 1_000_000), CancellationToken.None);
        }
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        return clock.Elapsed.TotalMilliseconds;
    }

    private static async Task<long> CountAsync(ClickHouseEngine engine)
    {
        using var result = await engine.QueryAsync("SELECT toInt64(count()) FROM spans", [], "RowBinary", QueryLimits.Default, CancellationToken.None);
        return BitConverter.ToInt64(result.Bytes.Span);
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
