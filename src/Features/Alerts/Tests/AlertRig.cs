using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Features.Alerts;
using Weir.Features.Alerts.Notifications;
using Weir.Features.Boards;
using Weir.Features.Questions.Kept;
using Weir.Tests.Support;

namespace Weir.Tests.Alerts;

/// <summary>A clock that goes when it is told.</summary>
internal sealed class HandClock(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset _now = start;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(double seconds) => _now += TimeSpan.FromSeconds(seconds);
}

/// <summary>Receives webhooks, answering with the statuses it is given, then 200.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebhookReceiver(WebApplication app) => _app = app;

    public ConcurrentQueue<int> Statuses { get; } = new();

    public ConcurrentQueue<(IHeaderDictionary Headers, JsonNode Body)> Received { get; } = new();

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/hook";

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        Received.Enqueue((new HeaderDictionary(http.Request.Headers.ToDictionary(h => h.Key, h => h.Value)), JsonNode.Parse(await reader.ReadToEndAsync())!));
        http.Response.StatusCode = Statuses.TryDequeue(out var status) ? status : (int)HttpStatusCode.OK;
    }
}

/// <summary>The alerts over settings in memory, a clock by hand and answers by hand.</summary>
internal sealed class AlertRig : IDisposable
{
    private readonly Couriers _couriers;
    private readonly NothingStored _stored = new();

    public AlertRig(HandClock clock, ISettings? settings = null, NotifyOptions? options = null)
    {
        Clock = clock;
        Settings = settings ?? new MemorySettings(clock);
        options ??= new NotifyOptions();
        if (options.WebhookHosts.Count == 0)
            options.WebhookHosts = ["*", "127.0.0.1"];
        Triggers = new Documents<Trigger>(Settings);
        Recipients = new Documents<Recipient>(Settings);
        Markers = new Documents<Marker>(Settings);
        States = new AlertStates(new Documents<AlertState>(Settings));
        Counters = new AlertCounters();
        _couriers = new Couriers(Recipients, Markers, options, clock);
        Outbox = new Outbox(new Documents<Letter>(Settings), States, _couriers, Counters, options, clock, NullLogger<Outbox>.Instance);
        var evaluation = new TriggerEvaluation(States, Outbox, AskAsync, Counters, options);
        var slos = new SloReader(_stored, new Datasets(new Documents<DatasetDocument>(Settings), clock), clock);
        var subjects = new SloSubjects(new DerivedFields(new Documents<DerivedColumn>(Settings)));
        var burns = new BurnEvaluation(new Documents<Slo>(Settings), subjects, slos, States, Outbox, Counters, options);
        Runner = new AlertRunner(Triggers, new Documents<BurnAlert>(Settings), States, evaluation, burns, options, clock, NullLogger<AlertRunner>.Instance);
    }

    public HandClock Clock { get; }

    public ISettings Settings { get; }

    public Documents<Trigger> Triggers { get; }

    public Documents<Recipient> Recipients { get; }

    public Documents<Marker> Markers { get; }

    public AlertStates States { get; }

    public AlertCounters Counters { get; }

    public AlertRunner Runner { get; }

    public Outbox Outbox { get; }

    /// <summary>The store fails every question of SLOs.</summary>
    public bool Fails
    {
        set => _stored.Fails = value;
    }

    public int AskedOfStore => _stored.Asked;

    /// <summary>What was asked: seconds since 1970, from and to.</summary>
    public List<(long From, long To)> Asked { get; } = [];

    /// <summary>What a question gives that ends at a moment.</summary>
    public Func<long, IReadOnlyList<GroupValue>> Answer { get; set; } = _ => [];

    /// <summary>One look at what is due, and all that is to be told of it delivered.</summary>
    public async Task TickAsync()
    {
        await Runner.TickAsync(CancellationToken.None);
        await Outbox.DeliverAsync(CancellationToken.None);
    }

    /// <summary>A document as it would have been stored, under its key.</summary>
    public async Task StoreAsync(string kind, string key, string json) =>
        await Settings.PutAsync("manage-" + kind, key, Encoding.UTF8.GetBytes(json));

    public async Task<string> AddTriggerAsync(string threshold, string more = "", string? webhook = null, string payloads = "{}", string details = "", string recipients = "[]")
    {
        var id = DocumentIds.New();
        if (webhook is not null)
        {
            await StoreAsync("recipients", "//hook", $$"""
                {"id":"hook","type":"webhook","details":{"webhook_name":"hook","webhook_url":"{{webhook}}","webhook_secret":"s3cret","webhook_headers":[{"header":"X-Team","value":"shop"}],"webhook_payloads":{{payloads}}{{details}} } }
                """);
            recipients = """[{"id":"hook","type":"webhook","target":"hook"}]""";
        }
        await StoreAsync("triggers", $"/shop/{id}", $$"""
            {"id":"{{id}}","name":"too slow","description":"d","disabled":false,"frequency":60,"alert_type":"on_change","threshold":{{threshold}},"query":{"time_range":120}{{more}},"recipients":{{recipients}} }
            """);
        return id;
    }

    public IReadOnlyList<HistoryEntry> History(string alert) => States.Of(alert).History ?? [];

    public void Dispose()
    {
        _couriers.Dispose();
        States.Dispose();
    }

    private Task<IReadOnlyList<GroupValue>> AskAsync(Stored<Trigger> trigger, long from, long to, CancellationToken cancellationToken)
    {
        Asked.Add((from, to));
        return Task.FromResult(Answer(to));
    }

    private sealed class NothingStored : ITelemetryReader
    {
        public bool Fails { get; set; }

        public int Asked { get; private set; }

        public Task<ResultTable> QueryAsync(TelemetryQuery query, CancellationToken cancellationToken)
        {
            Asked++;
            return Fails
                ? throw new FaultException(new Fault(FaultKind.Unavailable, "the engine rests"))
                : Task.FromResult(new ResultTable([], [], truncated: false, 0, TimeSpan.Zero));
        }
    }
}
