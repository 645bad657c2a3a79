using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Weir.Features.Alerts;

namespace Weir.Protocols.Explore.Manage;

/// <summary>How SLOs stand and stood.</summary>
internal sealed class SloReports(ObjectApi objects, Slos slos, SloSubjects subjects, SloReader reader, TimeProvider time)
{
    private const int Points = 120;
    private const int MostIds = 24;

    public async Task StatusAsync(ManageCall call)
    {
        await objects.EnterAsync(call, slos);
        var slo = objects.Find(call, slos);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var math = await reader.ReadAsync(subjects.Of(slo), now, call.Stop);
        var standing = math?.At(now) ?? default;
        var series = new List<SloPoint>();
        if (math is not null)
        {
            var step = Step(math.PeriodSeconds);
            for (var at = now - math.PeriodSeconds + step; at <= now; at += step)
            {
                var then = math.At(at);
                series.Add(new SloPoint(at, then.Compliance, then.BudgetRemaining, math.Bad(at - step, at)));
            }
        }
        await call.AnswerAsync(
            StatusCodes.Status200OK,
            new SloStatus(standing.Compliance, standing.BudgetRemaining, standing.BurnRate, standing.Total, standing.Bad, series),
            ReportJson.Default.SloStatus);
    }

    /// <summary><c>{"ids","start_time","end_time"}</c> to <c>{id:[{"timestamp","compliance","budget_remaining"}]}</c>.</summary>
    public async Task HistoricalAsync(ManageCall call)
    {
        var input = new ManageInput(await call.BodyAsync());
        var ids = input.Texts("ids", MostIds);
        if (ids.Count == 0)
            input.Fault("ids", "missing", "names SLOs");
        var start = input.RequiredWhole("start_time", 0, int.MaxValue);
        var end = input.RequiredWhole("end_time", 0, int.MaxValue);
        if (end < start)
            input.Fault("end_time", "invalid", "lies before start_time");
        input.Check();
        var report = new JsonObject();
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        foreach (var id in ids.Distinct(StringComparer.Ordinal))
        {
            if (slos.Documents.Find(call.Scope, dataset: null, id) is not { } slo)
                throw new ManageException(ManageFault.NotFound with { Detail = $"there is no SLO {id}" });
            var points = new JsonArray();
            var math = await reader.ReadAsync(subjects.Of(slo), now, call.Stop);
            for (var at = start; math is not null && at <= Math.Min(end, now); at += Step(end - start))
            {
                var then = math.At(at);
                points.Add(new JsonObject { ["timestamp"] = at, ["compliance"] = then.Compliance, ["budget_remaining"] = then.BudgetRemaining });
            }
            report[id] = points;
        }
        await call.AnswerAsync(StatusCodes.Status200OK, report);
    }

    private static long Step(long seconds) => Math.Max(SloReader.IntervalSeconds, (seconds / Points) + 1);
}
