using System.Text.Json;
using Cruddur.Activities;
using Cruddur.CloudWatch;
using Cruddur.Data;
using Cruddur.Messages;
using Cruddur.Otel;
using Cruddur.Rollbar;
using Cruddur.Traffic;
using Cruddur.XRay;
using Cruddur.XRay.Sampling;
using Microsoft.AspNetCore.HttpOverrides;

namespace Cruddur.Hosting;

/// <summary>
/// The whole application. The order of the middlewares is the point: the frontend's files first and
/// unwatched; then the line after each response, the answer to what failed, and OpenTelemetry, X-Ray and
/// Rollbar inside it, so that all three see the exception and none hides it.
/// </summary>
internal static class CruddurApp
{
    private const int BodyLimit = 64 * 1024;

    public static WebApplication Build(string[] args, TimeProvider time)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var settings = builder.Configuration;
        Listen(builder);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<OwnAddress>();
        builder.Services.AddSingleton<CrudStore>();
        builder.Services.AddSingleton<DataSource>();
        builder.Services.AddSingleton<HomeActivities>();
        builder.Services.AddSingleton<BrokenFeed>();
        builder.Services.AddSingleton<MessageStore>();
        AddTelemetry(builder, time);
        builder.Services.AddSingleton(services => new UserDirectory(
            new HttpClient(new XRayHttpHandler(services.GetRequiredService<XRayRecorder>()) { InnerHandler = new SocketsHttpHandler() }),
            services.GetRequiredService<OwnAddress>(),
            settings));
        if (TrafficRate.From(settings) is > 0 and var rate)
            builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<TrafficGenerator>(services, rate));
        if (settings.GetValue<int>("CRUDDUR_PARENT") is > 0 and var parent)
            builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<ParentWatch>(services, parent));
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .AllowAnyOrigin()
            .AllowAnyMethod()
            .WithHeaders("content-type", "traceparent", "tracestate", "baggage", "authorization", "x-amzn-trace-id")
            .WithExposedHeaders(TraceHeader.Name)));

        var app = builder.Build();
        Frontend.Use(app);
        app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor });
        app.UseMiddleware<AfterResponseLine>();
        app.UseMiddleware<FailureResponse>();
        app.UseMiddleware<RequestTags>();
        app.UseMiddleware<XRayMiddleware>();
        app.UseMiddleware<RollbarMiddleware>();
        app.UseCors();
        app.UseRouting();
        app.MapActivities();
        app.MapMessages();
        app.MapGet("/rollbar/test", static (RollbarReporter rollbar, HttpContext http) =>
        {
            rollbar.Report("Hello World!", "warning", http);
            return "Hello World!";
        });
        app.MapGet("/api/health-check", static () => Results.Json(new { success = true }));
        // Hooked before the first request: the line the users look for when they set the handler up.
        app.Lifetime.ApplicationStarted.Register(() => AppLog.TestLog(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(AppLog.Category)));
        return app;
    }

    private static void Listen(WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyLimit;
        });
        if (string.IsNullOrEmpty(builder.Configuration["urls"]))
            builder.WebHost.UseUrls($"http://127.0.0.1:{builder.Configuration.GetValue("PORT", 4567)}");
        // An adapter that fails in a way nobody thought of ends alone; the app goes on.
        builder.Services.Configure<HostOptions>(options => options.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore);
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
    }

    private static void AddTelemetry(WebApplicationBuilder builder, TimeProvider time)
    {
        var settings = builder.Configuration;
        var services = builder.Services;
        services.AddHostedService<Tracing>();

        services.AddSingleton(DaemonAddress.From(settings));
        services.AddSingleton(new RuleSampler(time, Random.Shared.NextDouble));
        services.AddSingleton<SegmentNaming>();
        services.AddSingleton<DaemonEmitter>();
        services.AddHostedService(s => s.GetRequiredService<DaemonEmitter>());
        services.AddHostedService<SamplingPoller>();
        services.AddSingleton<XRayRecorder>();

        var logs = LogsOptions.From(settings);
        services.AddSingleton(new LogDelivery(logs, new LogsClient(logs, time), time));
        services.AddHostedService(s => s.GetRequiredService<LogDelivery>());
        services.AddSingleton<ILoggerProvider>(s => new CloudWatchLoggerProvider(s.GetRequiredService<LogDelivery>(), time));
        builder.Logging.AddFilter<CloudWatchLoggerProvider>((category, _) => string.Equals(category, AppLog.Category, StringComparison.Ordinal));
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        services.AddSingleton(RollbarOptions.From(settings));
        services.AddSingleton<RollbarReporter>();
        services.AddHostedService(s => s.GetRequiredService<RollbarReporter>());
    }
}
