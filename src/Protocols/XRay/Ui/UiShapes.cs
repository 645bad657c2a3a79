using System.Text.Json.Serialization;

namespace Weir.Protocols.XRay.Ui;

internal sealed record UiGroups(IReadOnlyList<UiGroup> Groups, int Limit);

/// <param name="Default">The group of all traces, which can't be changed or deleted.</param>
/// <param name="Recipients">Ids of the recipients that are notified of insights; null: every webhook and email recipient.</param>
/// <param name="Traces">Null when the counts can't be read now.</param>
internal sealed record UiGroup(
    string Name, string Arn, string? FilterExpression, bool InsightsEnabled, bool NotificationsEnabled, bool Default, IReadOnlyList<string>? Recipients,
    UiGroupTraces? Traces);

/// <summary>Traces that began in each minute of the last hour, as far as they were counted, oldest first; and their sum.</summary>
internal sealed record UiGroupTraces(long LastHour, IReadOnlyList<UiMinute> Minutes);

/// <param name="Time">Its start, seconds since 1970.</param>
internal sealed record UiMinute(long Time, long Traces);

/// <summary>What a group is created with or changed to; members that are left out keep their value. No recipients at all: everybody again.</summary>
internal sealed record UiGroupForm(string? Name, string? FilterExpression, bool? InsightsEnabled, bool? NotificationsEnabled, IReadOnlyList<string>? Recipients);

/// <param name="ModifiedAt">Of the last create, change or delete of any rule; null when there was none.</param>
internal sealed record UiRules(IReadOnlyList<UiRule> Rules, int Limit, DateTimeOffset? ModifiedAt);

/// <param name="OpenTelemetry">Null when OpenTelemetry SDKs get the rule as well, else the reason why they do not.</param>
internal sealed record UiRule(
    string Name, string Arn, bool Default, int Priority, double FixedRate, int ReservoirSize, string ServiceName, string ServiceType, string Host,
    string HttpMethod, string UrlPath, string ResourceArn, IReadOnlyDictionary<string, string> Attributes, UiBoost? Boost, DateTimeOffset? CreatedAt,
    DateTimeOffset? ModifiedAt, string? OpenTelemetry);

internal sealed record UiBoost(double MaxRate, int CooldownMinutes);

/// <summary>A new rule, whose matchers are <c>*</c> unless given, or the changes of one.</summary>
internal sealed record UiRuleForm(
    string? Name, double? Priority, double? FixedRate, double? ReservoirSize, string? ServiceName, string? ServiceType, string? Host, string? HttpMethod,
    string? UrlPath, string? ResourceArn, Dictionary<string, string>? Attributes, UiBoost? Boost);

/// <param name="Time">When this was so.</param>
/// <param name="WindowSeconds">Length of the windows.</param>
internal sealed record UiSampling(
    DateTimeOffset Time, int WindowSeconds, IReadOnlyList<UiRuleActivity> Rules, IReadOnlyList<UiRemoteService> OpenTelemetry);

/// <param name="Rates">Of the newest closed window, a second; null when it has no reports.</param>
/// <param name="Windows">Those of the last hour that have reports, oldest first.</param>
/// <param name="Leased">Traces a second of the reservoir that instances hold now.</param>
internal sealed record UiRuleActivity(
    string Name, UiRates? Rates, IReadOnlyList<UiWindow> Windows, int ReservoirSize, int Leased, IReadOnlyList<UiSamplingClient> Clients);

/// <param name="Requests">Requests a second that matched.</param>
/// <param name="Sampled">Recorded by quota or fixed rate.</param>
/// <param name="Borrowed">Recorded by borrowing.</param>
/// <param name="Expected">What the rule means to record: its reservoir, and the fixed rate of the rest.</param>
internal sealed record UiRates(double Requests, double Sampled, double Borrowed, double Expected);

/// <param name="Time">Its start, seconds since 1970.</param>
internal sealed record UiWindow(long Time, long Requests, long Sampled, long Borrowed);

/// <param name="Quota">Null when it has no quota and borrows.</param>
internal sealed record UiSamplingClient(string Id, double RequestsPerSecond, int? Quota, DateTimeOffset LastReport, DateTimeOffset LeasedUntil);

/// <summary>A service whose OpenTelemetry SDKs ask for the rules.</summary>
/// <param name="Instances">The number of instances that asked within a minute.</param>
internal sealed record UiRemoteService(
    string Service, DateTimeOffset LastAsked, int Instances, string Rule, double Probability, double LowerBound, IReadOnlyList<UiOperation> Operations);

internal sealed record UiOperation(string Operation, string Rule, double Probability);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UiGroups))]
[JsonSerializable(typeof(UiGroup))]
[JsonSerializable(typeof(UiGroupForm))]
[JsonSerializable(typeof(UiRules))]
[JsonSerializable(typeof(UiRule))]
[JsonSerializable(typeof(UiRuleForm))]
[JsonSerializable(typeof(UiSampling))]
[JsonSerializable(typeof(UiTraces))]
[JsonSerializable(typeof(UiCheck))]
[JsonSerializable(typeof(UiCompletion))]
[JsonSerializable(typeof(UiMap))]
[JsonSerializable(typeof(UiTimeSeries))]
[JsonSerializable(typeof(UiAnalytics))]
[JsonSerializable(typeof(UiDocuments))]
[JsonSerializable(typeof(UiInsights))]
[JsonSerializable(typeof(UiInsightDetail))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(long))]
internal sealed partial class UiJson : JsonSerializerContext;
