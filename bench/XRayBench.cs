using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Weir.Core.Model;
using Weir.Store.Engine;

namespace Weir.Bench;

/// <summary>
/// <c>./dev bench xray [rows] [hours]</c>: reading many segments and subsegments through X-Ray's API, an hour from their middle; beside it
/// the same question as one plain SQL statement, ids and figures only. One JSON line a question.
/// </summary>
internal static class XRayBench
{
    private const int Runs = 7;
    private const string Filter = "annotation.tenant = \"t7\" AND http.status = 500";

    public static async Task<int> RunAsync(string[] args)
    {
        var rows = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 10_000_000;
        var hours = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 10;
        var load = await XRayLoad.OpenAsync(rows, hours);
        var to = load.From + ((load.To - load.From) / 2);
        var from = to - TimeSpan.FromHours(Math.Min(1, hours / 2));
        var plain = await PlainAsync(load, from, to);
        await using var server = await ServerProcess.StartAsync(load.Folder);
        using var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.Port}")) };
        var range = string.Create(CultureInfo.InvariantCulture, $"\"StartTime\":{Seconds(from)},\"EndTime\":{Seconds(to)}");
        var query = string.Create(CultureInfo.InvariantCulture, $"start={Seconds(from)}&end={Seconds(to)}");
        var number = 0;
        await ReportAsync("trace by id", 100, plain[0], () => client.PostAsync("/Traces", Body($"{{\"TraceIds\":[\"{load.TraceIds[number++ % load.TraceIds.Count]}\"]}}")));
        await ReportAsync("GetTraceSummaries of an hour with a filter", 1000, plain[1],
            () => client.PostAsync("/TraceSummaries", Body($"{{{range},\"FilterExpression\":{JsonSerializer.Serialize(Filter)}}}")));
        await ReportAsync("service graph of an hour", 1000, plain[2], () => client.PostAsync("/ServiceGraph", Body($"{{{range}}}")));
        await ReportAsync("/api/xray/traces of an hour, with totals", null, null, () => client.GetAsync($"/api/xray/traces?{query}"));
        await ReportAsync("/api/xray/analytics of an hour", null, null, () => client.GetAsync($"/api/xray/analytics?{query}&from=1"));
        return 0;

        async Task ReportAsync(string what, int? target, double? sql, Func<Task<HttpResponseMessage>> ask)
        {
            var times = new List<double>();
            long bytes = 0;
            for (var run = -1; run < Runs; run++)
            {
                var clock = Stopwatch.StartNew();
                using var response = await ask();
                bytes = (await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync()).Length;
                if (run >= 0)
                    times.Add(clock.Elapsed.TotalMilliseconds);
            }
            times.Sort();
            Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, object?>
            {
                ["bench"] = "xray",
                ["what"] = what,
                ["rows"] = rows,
                ["hours"] = hours,
                ["median_ms"] = Math.Round(times[times.Count / 2], 1),
                ["max_ms"] = Math.Round(times[^1], 1),
                ["plain_sql_ms"] = sql is { } plainMs ? Math.Round(plainMs, 1) : null,
                ["target_ms"] = target,
                ["answer_bytes"] = bytes,
            }));
        }
    }

    /// <summary>Median times of the three questions in SQL, in the engine of this process.</summary>
    private static async Task<double[]> PlainAsync(XRayLoad load, DateTimeOffset from, DateTimeOffset to)
    {
        await using var engine = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions(Path.Combine(load.Folder, "engine")), TimeProvider.System, CancellationToken.None);
        _ = TraceId.TryParse(load.TraceIds[0], out var id);
        var range = string.Create(CultureInfo.InvariantCulture,
            $"start_time >= fromUnixTimestamp64Milli({from.ToUnixTimeMilliseconds()}) AND start_time < fromUnixTimestamp64Milli({to.ToUnixTimeMilliseconds()})");
        const string Root = "kind = 'segment' AND parent_span_id = toFixedString('', 8)";
        return
        [
            await TimeAsync($"SELECT document FROM spans WHERE trace_id = unhex('{id.ToHex()}')"),
            await TimeAsync($"""
                SELECT trace_id, min(start_time) AS first FROM spans WHERE {range} GROUP BY trace_id
                HAVING countIf(attributes.`annotation.tenant`.:String = 't7') > 0
                   AND argMinIf(ifNull(attributes.`http.response.status_code`.:Int64 = 500, 0), start_time, {Root}) = 1
                ORDER BY first DESC LIMIT 100
                """),
            await TimeAsync($"""
                SELECT c.service, s.service, s.origin, c.target, count(), sum(c.duration_ns), countIf(c.fault), countIf(c.error), countIf(c.throttle)
                FROM (SELECT trace_id, span_id, service, duration_ns, attributes.`aws.table_name`.:String AS target, attributes.`aws.xray.fault`.:Bool AS fault,
                        attributes.`aws.xray.error`.:Bool AS error, attributes.`aws.xray.throttle`.:Bool AS throttle
                      FROM spans WHERE {range} AND attributes.`aws.xray.namespace`.:String IN ('aws', 'remote')) AS c
                LEFT JOIN (SELECT cityHash64(trace_id, parent_span_id) AS k, service, attributes.`aws.xray.origin`.:String AS origin
                      FROM spans WHERE {range} AND kind = 'segment') AS s ON cityHash64(c.trace_id, c.span_id) = s.k
                GROUP BY 1, 2, 3, 4
                """),
        ];

        async Task<double> TimeAsync(string sql)
        {
            var times = new List<double>();
            for (var run = -1; run < Runs; run++)
            {
                var clock = Stopwatch.StartNew();
                using var result = await engine.QueryAsync(sql, [], "RowBinaryWithNamesAndTypes", new QueryLimits(TimeSpan.FromMinutes(1), 4L << 30, 1_000_000), CancellationToken.None);
                if (run >= 0)
                    times.Add(clock.Elapsed.TotalMilliseconds);
            }
            times.Sort();
            return times[times.Count / 2];
        }
    }

    private static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");
}
