using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Core.Model;
using Weir.Core.Settings;
using Weir.Protocols.Aws;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.Account;

/// <summary>
/// GetIndexingRules, UpdateIndexingRule, GetTraceSegmentDestination, UpdateTraceSegmentDestination: the switches of AWS's Transaction
/// Search. Weir stores and returns them; every trace is indexed and can be retrieved regardless of their values.
/// </summary>
internal sealed class TransactionSearchOperations(ISettings settings, TimeProvider time)
{
    private const string Collection = "xray-transaction-search";
    private const string RuleKey = "indexing-rule";
    private const string DestinationKey = "destination";
    private const string RuleName = "Default";

    public ValueTask<AwsReply> RulesAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (request.Text("NextToken") is { } token)
            return ValueTask.FromResult<AwsReply>(XRayFaults.ForeignToken(token));
        var rule = settings.Find(Collection, RuleKey) is { } entry
            ? JsonSerializer.Deserialize(entry.Value.Span, TransactionSearchJson.Default.IndexingRule)!
            : new IndexingRule(100, 0);
        return ValueTask.FromResult(AwsReply.Json(json =>
        {
            json.WriteStartArray("IndexingRules");
            Write(json, rule);
            json.WriteEndArray();
        }));
    }

    public async ValueTask<AwsReply> UpdateRuleAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        var name = request.Text("Name")!;
        if (name != RuleName)
            return XRayFaults.NoSuchResource($"Indexing rule not found: {name}", name);
        if (request.Members.ObjectOf("Rule")?.ObjectOf("Probabilistic")?.NumberOf("DesiredSamplingPercentage") is not { } percentage)
            return XRayFaults.Invalid("Rule must have Probabilistic");
        if (percentage is < 0 or > 100)
            return XRayFaults.Invalid("DesiredSamplingPercentage must be between 0 and 100");
        var rule = new IndexingRule(percentage, Math.Floor(time.UnixSeconds()));
        _ = await settings.PutAsync(
            Collection, RuleKey, JsonSerializer.SerializeToUtf8Bytes(rule, TransactionSearchJson.Default.IndexingRule), null, cancellationToken);
        return AwsReply.Json(json =>
        {
            json.WritePropertyName("IndexingRule");
            Write(json, rule);
        });
    }

    public ValueTask<AwsReply> DestinationAsync(AwsRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(Reply(Destination));

    public async ValueTask<AwsReply> UpdateDestinationAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        var destination = request.Text("Destination");
        if (destination is null)
            return XRayFaults.Invalid("Destination must be given");
        var stored = JsonSerializer.SerializeToUtf8Bytes(new SegmentDestination(destination), TransactionSearchJson.Default.SegmentDestination);
        _ = await settings.PutAsync(Collection, DestinationKey, stored, null, cancellationToken);
        return Reply(destination);
    }

    private string Destination => settings.Find(Collection, DestinationKey) is { } entry
        ? JsonSerializer.Deserialize(entry.Value.Span, TransactionSearchJson.Default.SegmentDestination)!.Destination
        : "XRay";

    private static AwsReply Reply(string destination) => AwsReply.Json(json =>
    {
        json.WriteString(nameof(SegmentDestination.Destination), destination);
        json.WriteString("Status", "ACTIVE");
    });

    private static void Write(Utf8JsonWriter json, IndexingRule rule)
    {
        json.WriteStartObject();
        json.WriteString("Name", RuleName);
        json.WriteSeconds("ModifiedAt", rule.ModifiedAt);
        json.WriteStartObject("Rule");
        json.WriteStartObject("Probabilistic");
        json.WriteNumber("DesiredSamplingPercentage", rule.DesiredSamplingPercentage);
        json.WriteNumber("ActualSamplingPercentage", 100);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

internal sealed record IndexingRule(double DesiredSamplingPercentage, double ModifiedAt);

internal sealed record SegmentDestination(string Destination);

[JsonSerializable(typeof(IndexingRule))]
[JsonSerializable(typeof(SegmentDestination))]
internal sealed partial class TransactionSearchJson : JsonSerializerContext;
