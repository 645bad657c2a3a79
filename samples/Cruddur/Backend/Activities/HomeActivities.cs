using System.Diagnostics;
using Cruddur.Data;
using Cruddur.Hosting;
using Cruddur.XRay;

namespace Cruddur.Activities;

/// <summary>
/// The home feed, the one handler of the walkthrough that all four backends see: a manual span with two attributes,
/// a capture with a `mock-data` subsegment and its metadata, and a log line that says no more than "HomeActivities".
/// </summary>
internal sealed class HomeActivities(CrudStore store, DataSource data, XRayRecorder xray, ILoggerFactory loggers, TimeProvider time) : IDisposable
{
    public const string TracerName = "home.activities";
    private readonly ActivitySource _tracer = new(TracerName);
    private readonly ILogger _log = loggers.CreateLogger(AppLog.Category);

    public async Task<IReadOnlyList<Crud>> Run(CancellationToken stop)
    {
        AppLog.HomeActivities(_log);
        using var span = _tracer.StartActivity("home-activities-mock-data");
        var now = time.GetUtcNow();
        span?.SetTag("app.now", now.ToString("O"));

        using var subsegment = xray.BeginSubsegment("mock-data");
        var feed = await data.Query("SELECT", "activities", "SELECT * FROM activities WHERE expires_at > NOW() ORDER BY created_at DESC LIMIT 25", () => store.Newest(25), stop);
        subsegment.PutMetadata("now", now.ToString("O"), "home");
        subsegment.PutMetadata("results-length", feed.Count, "home");
        span?.SetTag("app.result_length", feed.Count);
        return feed;
    }

    public void Dispose() => _tracer.Dispose();
}
