using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weir.Core.Access;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Features.Alerts.Notifications;
using Weir.Features.Sampling;
using Weir.Features.Traces.Groups;
using Weir.Protocols.Aws;
using Weir.Protocols.Wire;
using Weir.Protocols.XRay.Groups;

namespace Weir.Protocols.XRay.Ui;

/// <summary>
/// <c>/api/xray/groups</c>, <c>/api/xray/rules</c> and <c>/api/xray/sampling</c> for the web UI. Changes go through X-Ray's own operations,
/// so that both ways have the same limits; their faults are returned as problem details.
/// </summary>
internal sealed partial class ManagementApi(
    XRayOptions options,
    TraceGroupStore groups,
    GroupCounts groupCounts,
    SamplingRuleStore rules,
    SamplingControl control,
    ServiceStrategies strategies,
    Documents<Recipient> recipients,
    AwsOperations operations,
    IOptions<AwsOptions> aws,
    TimeProvider time,
    ILogger<ManagementApi> log)
{
    private const int LargestBody = 256 << 10;

    private AwsCaller Caller => new("", aws.Value.AccountId, aws.Value.Region, XRayRoom.DefaultEnvironment, KeyKind.Manage);

    public async Task<IResult> GroupsAsync(HttpContext http)
    {
        var now = time.GetUtcNow();
        ILookup<string, (long Minute, long Traces)>? counts = null;
        try
        {
            counts = await groupCounts.ReadAsync(new TimeRange(now - TimeSpan.FromHours(1), now + GroupCounter.Minute), Caller.Environment, http.RequestAborted);
        }
        catch (FaultException e)
        {
            LogNoCounts(log, e.Fault.Message);
        }
        var all = new TraceGroup(TraceGroup.DefaultName, TraceGroupOperations.DefaultArn(Caller), null, false, false);
        return TypedResults.Json(
            new UiGroups([.. groups.List().Prepend(all).Select(group => Of(group, TracesOf(counts?[group.GroupName])))], options.MaxGroups), UiJson.Default.UiGroups);
    }

    private static UiGroupTraces? TracesOf(IEnumerable<(long Minute, long Traces)>? minutes) =>
        minutes is null ? null : new UiGroupTraces(minutes.Sum(m => m.Traces), [.. minutes.Select(m => new UiMinute(m.Minute, m.Traces))]);

    public async Task<IResult> CreateGroupAsync(HttpContext http)
    {
        var form = await ReadAsync(http, UiJson.Default.UiGroupForm);
        CheckRecipients(form);
        await RunAsync("CreateGroup", GroupMembers(form.Name, form), http.RequestAborted);
        await SetRecipientsAsync(form.Name!, form, http.RequestAborted);
        return TypedResults.Json(Of(groups.Find(form.Name!)!, null), UiJson.Default.UiGroup, statusCode: StatusCodes.Status201Created);
    }

    public async Task<IResult> UpdateGroupAsync(HttpContext http)
    {
        var name = Name(http);
        ExistingGroup(name);
        var form = await ReadAsync(http, UiJson.Default.UiGroupForm);
        if (form.Name is { } other && other != name)
            throw Invalid("A group can not be renamed");
        CheckRecipients(form);
        await RunAsync("UpdateGroup", GroupMembers(name, form), http.RequestAborted);
        await SetRecipientsAsync(name, form, http.RequestAborted);
        return TypedResults.Json(Of(groups.Find(name)!, null), UiJson.Default.UiGroup);
    }

    public async Task<IResult> DeleteGroupAsync(HttpContext http)
    {
        ExistingGroup(Name(http));
        await RunAsync("DeleteGroup", new JsonObject { ["GroupName"] = Name(http) }, http.RequestAborted);
        return TypedResults.NoContent();
    }

    public IResult RulesAsync(HttpContext http) => TypedResults.Json(
        new UiRules([.. rules.List(Caller.Region).Select(Of)], options.MaxSamplingRules, At(rules.LastModification)), UiJson.Default.UiRules);

    public async Task<IResult> CreateRuleAsync(HttpContext http)
    {
        var form = await ReadAsync(http, UiJson.Default.UiRuleForm);
        var members = RuleMembers(form.Name, form);
        foreach (var matcher in (string[])["ResourceARN", "ServiceName", "ServiceType", "Host", "HTTPMethod", "URLPath"])
            members[matcher] ??= RuleMatch.Anything;
        members["Version"] = 1;
        await RunAsync("CreateSamplingRule", new JsonObject { ["SamplingRule"] = members }, http.RequestAborted);
        return TypedResults.Json(Of(rules.Find(form.Name!, Caller.Region)!), UiJson.Default.UiRule, statusCode: StatusCodes.Status201Created);
    }

    public async Task<IResult> UpdateRuleAsync(HttpContext http)
    {
        var name = Name(http);
        ExistingRule(name);
        var form = await ReadAsync(http, UiJson.Default.UiRuleForm);
        if (form.Name is { } other && other != name)
            throw Invalid("A sampling rule can not be renamed");
        await RunAsync("UpdateSamplingRule", new JsonObject { ["SamplingRuleUpdate"] = RuleMembers(name, form) }, http.RequestAborted);
        return TypedResults.Json(Of(rules.Find(name, Caller.Region)!), UiJson.Default.UiRule);
    }

    public async Task<IResult> DeleteRuleAsync(HttpContext http)
    {
        ExistingRule(Name(http));
        await RunAsync("DeleteSamplingRule", new JsonObject { ["RuleName"] = Name(http) }, http.RequestAborted);
        return TypedResults.NoContent();
    }

    public IResult SamplingAsync(HttpContext http)
    {
        var now = time.GetUtcNow();
        var answer = new UiSampling(
            now,
            SamplingStatistics.WindowSeconds,
            [.. rules.List(Caller.Region).Select(rule => Activity(rule, now))],
            [.. strategies.Services().Select(s => new UiRemoteService(
                s.Service, s.LastAsked, s.Instances, s.Strategy.Rule, s.Strategy.Probability, s.Strategy.LowerBound,
                [.. s.Strategy.Operations.Select(o => new UiOperation(o.Operation, o.Rule, o.Probability))]))]);
        return TypedResults.Json(answer, UiJson.Default.UiSampling);
    }

    private UiRuleActivity Activity(SamplingRule rule, DateTimeOffset now)
    {
        const double Length = SamplingStatistics.WindowSeconds;
        var (windows, clients) = control.Activity(rule.RuleName);
        // The window that closed last: an older one would show traffic that has ended.
        var closed = (now.ToUnixTimeSeconds() / SamplingStatistics.WindowSeconds * SamplingStatistics.WindowSeconds) - SamplingStatistics.WindowSeconds;
        UiRates? rates = null;
        foreach (var window in windows.Where(w => w.Start == closed))
        {
            var requests = window.Requests / Length;
            var reservoir = Math.Min(requests, rule.ReservoirSize);
            rates = new UiRates(requests, window.Sampled / Length, window.Borrowed / Length, reservoir + (rule.FixedRate * (requests - reservoir)));
        }
        return new UiRuleActivity(
            rule.RuleName,
            rates,
            [.. windows.Select(w => new UiWindow(w.Start, w.Requests, w.Sampled, w.Borrowed))],
            rule.ReservoirSize,
            clients.Sum(c => c.Quota ?? 0),
            [.. clients.Select(c => new UiSamplingClient(c.Id, Math.Round(c.Demand, 3), c.Quota, c.ReportedAt, c.LeasedUntil))]);
    }

    private static UiGroup Of(TraceGroup group, UiGroupTraces? traces) => new(
        group.GroupName, group.GroupARN, group.FilterExpression, group.InsightsEnabled, group.NotificationsEnabled,
        group.IsDefault, group.Recipients, traces);

    private void CheckRecipients(UiGroupForm form)
    {
        if (form.Recipients?.FirstOrDefault(id => recipients.Find("", dataset: null, id) is null) is { } unknown)
            throw Invalid($"There is no recipient {unknown}");
    }

    private async Task SetRecipientsAsync(string name, UiGroupForm form, CancellationToken cancellationToken)
    {
        if (form.Recipients is { } told)
            await groups.UpdateAsync(groups.Find(name)! with { Recipients = told.Count == 0 ? null : [.. told] }, cancellationToken);
    }

    private static UiRule Of(SamplingRule rule) => new(
        rule.RuleName, rule.RuleARN, rule.RuleName == SamplingRule.DefaultName, rule.Priority, rule.FixedRate, rule.ReservoirSize, rule.ServiceName,
        rule.ServiceType, rule.Host, rule.HTTPMethod, rule.URLPath, rule.ResourceARN, rule.Attributes,
        rule.SamplingRateBoost is { } boost ? new UiBoost(boost.MaxRate, boost.CooldownWindowMinutes) : null,
        At(rule.CreatedAt), At(rule.ModifiedAt), StrategyMaker.LeftOut(rule));

    private static DateTimeOffset? At(double seconds) => seconds > 0 ? AwsRequest.ToTime(seconds) : null;

    private static JsonObject GroupMembers(string? name, UiGroupForm form)
    {
        var members = new JsonObject { ["GroupName"] = name, ["FilterExpression"] = form.FilterExpression };
        if (form.InsightsEnabled is not null || form.NotificationsEnabled is not null)
            members["InsightsConfiguration"] = new JsonObject { ["InsightsEnabled"] = form.InsightsEnabled, ["NotificationsEnabled"] = form.NotificationsEnabled };
        return members;
    }

    private static JsonObject RuleMembers(string? name, UiRuleForm form)
    {
        var members = new JsonObject
        {
            ["RuleName"] = name,
            ["ResourceARN"] = form.ResourceArn,
            ["Priority"] = form.Priority,
            ["FixedRate"] = form.FixedRate,
            ["ReservoirSize"] = form.ReservoirSize,
            ["ServiceName"] = form.ServiceName,
            ["ServiceType"] = form.ServiceType,
            ["Host"] = form.Host,
            ["HTTPMethod"] = form.HttpMethod,
            ["URLPath"] = form.UrlPath,
        };
        if (form.Attributes is { } attributes)
            members["Attributes"] = new JsonObject(attributes.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)a.Value)));
        if (form.Boost is { } boost)
            members["SamplingRateBoost"] = new JsonObject { ["MaxRate"] = boost.MaxRate, ["CooldownWindowMinutes"] = boost.CooldownMinutes };
        return members;
    }

    private static string Name(HttpContext http) => (string)http.GetRouteValue("name")!;

    private void ExistingGroup(string name)
    {
        if (name != TraceGroup.DefaultName && groups.Find(name) is null)
            throw new FaultException(new Fault(FaultKind.NotFound, $"There is no group {name}"));
    }

    private void ExistingRule(string name)
    {
        if (rules.Find(name, Caller.Region) is null)
            throw new FaultException(new Fault(FaultKind.NotFound, $"There is no sampling rule {name}"));
    }

    private static FaultException Invalid(string message) => new(new Fault(FaultKind.Invalid, message));

    private async Task RunAsync(string operation, JsonObject members, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(members.ToJsonString());
        var service = operations.Of(XRayService.SigningName);
        var reply = await service.Find(operation)!.RunAsync(new AwsRequest(Caller, document.RootElement), service.ValidationType, cancellationToken);
        if (reply.Fault is { } fault)
            throw new FaultException(new Fault(fault.Status == StatusCodes.Status404NotFound ? FaultKind.NotFound : FaultKind.Invalid, fault.Message, null, fault.Position));
    }

    private static async Task<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type)
    {
        using var body = await RequestBody.ReadRawAsync(http.Request, new BodyLimits(LargestBody, LargestBody), http.RequestAborted);
        if (body.Fault is { } fault)
            throw new FaultException(fault);
        try
        {
            return JsonBody.Read(body.Bytes, type) ?? throw Invalid("The body is not a JSON object");
        }
        catch (JsonException e)
        {
            throw new FaultException(new Fault(FaultKind.Malformed, $"The body can't be read: {e.Message}"), e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the counts of X-Ray groups could not be read: {Reason}")]
    private static partial void LogNoCounts(ILogger log, string reason);
}
