using System.Text.Json;
using Shouldly;
using Weir.Features.Questions;
using Weir.Features.Traces.Search;
using Weir.Protocols.Api;
using Weir.Protocols.XRay;
using Weir.Tests.Support;
using Weir.Tests.Traces;
using Xunit;

namespace Weir.Tests.XRay;

/// <summary>The model of inputs, and the operations that keep and tell.</summary>
public sealed class OperationTests
{
    private static readonly XRayOptions Quiet = new() { Udp = false };
    private const string Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"xray:PutTraceSegments","Resource":"*"}]}""";

    [Fact]
    public void TheModelHasThe38Operations() => ServerRoutes.XRayOperations.Keys.Order(StringComparer.Ordinal).ShouldBe(
    [
        "/CancelTraceRetrieval", "/CreateGroup", "/CreateSamplingRule", "/DeleteGroup", "/DeleteResourcePolicy", "/DeleteSamplingRule", "/EncryptionConfig",
        "/GetGroup", "/GetIndexingRules", "/GetRetrievedTracesGraph", "/GetSamplingRules", "/GetTraceSegmentDestination", "/Groups", "/Insight",
        "/InsightEvents", "/InsightImpactGraph", "/InsightSummaries", "/ListResourcePolicies", "/ListRetrievedTraces", "/ListTagsForResource",
        "/PutEncryptionConfig", "/PutResourcePolicy", "/SamplingStatisticSummaries", "/SamplingTargets", "/ServiceGraph", "/StartTraceRetrieval",
        "/TagResource", "/TelemetryRecords", "/TimeSeriesServiceStatistics", "/TraceGraph", "/TraceSegments", "/TraceSummaries", "/Traces",
        "/UntagResource", "/UpdateGroup", "/UpdateIndexingRule", "/UpdateSamplingRule", "/UpdateTraceSegmentDestination",
    ]);

    [Theory]
    [InlineData("/CreateGroup", """{"GroupName":5}""", "SerializationException", "NUMBER_VALUE can not be converted to a String")]
    [InlineData("/CreateGroup", """{"GroupName":"a-name-that-is-longer-than-thirty-two"}""", "ValidationException",
        "1 validation error detected: Value 'a-name-that-is-longer-than-thirty-two' at 'groupName' failed to satisfy constraint: Member must have length less than or equal to 32")]
    [InlineData("/CreateGroup", """{"GroupName":"g","InsightsConfiguration":{"InsightsEnabled":"yes"}}""", "SerializationException", "STRING_VALUE can not be converted to a Boolean")]
    [InlineData("/CreateGroup", """{"GroupName":"g","Tags":{"a":"b"}}""", "SerializationException", "START_OBJECT can not be converted to a List")]
    [InlineData("/CreateGroup", """{"GroupName":"","Tags":[{"Key":"","Value":"v"},{"Key":"k"}]}""", "ValidationException",
        "3 validation errors detected: Value '' at 'groupName' failed to satisfy constraint: Member must have length greater than or equal to 1; "
        + "Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1; "
        + "Value null at 'tags.2.member.value' failed to satisfy constraint: Member must not be null")]
    [InlineData("/TraceSummaries", """{"StartTime":1}""", "ValidationException", "1 validation error detected: Value null at 'endTime' failed to satisfy constraint: Member must not be null")]
    [InlineData("/TraceSummaries", """{"StartTime":"soon","EndTime":2}""", "SerializationException", "STRING_VALUE can not be converted to a Timestamp")]
    [InlineData("/TraceSummaries", """{"StartTime":1,"EndTime":2,"TimeRangeType":"Arrival"}""", "ValidationException",
        "1 validation error detected: Value 'Arrival' at 'timeRangeType' failed to satisfy constraint: Member must satisfy enum value set: [TraceId, Event, Service]")]
    [InlineData("/PutResourcePolicy", """{"PolicyName":"a b","PolicyDocument":"{}"}""", "ValidationException",
        "1 validation error detected: Value 'a b' at 'policyName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+")]
    [InlineData("/PutResourcePolicy", """{"PolicyName":"p","PolicyDocument":"{"}""", "MalformedPolicyDocumentException", "The policy document is not JSON")]
    [InlineData("/PutResourcePolicy", """{"PolicyName":"p","PolicyDocument":"{\"Statement\":[{\"Effect\":\"Perhaps\",\"Action\":\"*\"}]}"}""", "MalformedPolicyDocumentException", "A Statement's Effect is neither Allow nor Deny")]
    [InlineData("/DeleteResourcePolicy", """{"PolicyName":"p"}""", "InvalidRequestException", "Resource policy p does not exist")]
    [InlineData("/ListResourcePolicies", """{"NextToken":"x"}""", "InvalidRequestException", "Invalid token x")]
    [InlineData("/GetIndexingRules", """{"NextToken":"x"}""", "InvalidRequestException", "Invalid token x")]
    [InlineData("/UpdateIndexingRule", """{"Name":"Other","Rule":{"Probabilistic":{"DesiredSamplingPercentage":1}}}""", "ResourceNotFoundException", "Indexing rule not found: Other")]
    [InlineData("/UpdateIndexingRule", """{"Name":"Default","Rule":{"Probabilistic":{"DesiredSamplingPercentage":101}}}""", "InvalidRequestException", "DesiredSamplingPercentage must be between 0 and 100")]
    [InlineData("/UpdateIndexingRule", """{"Name":"Default","Rule":{}}""", "InvalidRequestException", "Rule must have Probabilistic")]
    [InlineData("/UpdateTraceSegmentDestination", """{"Destination":"S3"}""", "ValidationException",
        "1 validation error detected: Value 'S3' at 'destination' failed to satisfy constraint: Member must satisfy enum value set: [XRay, CloudWatchLogs]")]
    [InlineData("/StartTraceRetrieval", """{"TraceIds":[],"StartTime":1,"EndTime":2}""", "InvalidRequestException", "Zero trace ids provided")]
    [InlineData("/StartTraceRetrieval", """{"TraceIds":["1-x"],"StartTime":1,"EndTime":2}""", "InvalidRequestException", "Invalid trace id 1-x: incorrect id format")]
    [InlineData("/StartTraceRetrieval", """{"TraceIds":["1-5759e988-bd862e3fe1be46a994272793"],"StartTime":2,"EndTime":1}""", "InvalidRequestException", "End time cannot be earlier than start time")]
    [InlineData("/ListRetrievedTraces", """{"RetrievalToken":"gone"}""", "ResourceNotFoundException", "The retrieval token is unknown, or its hour is over")]
    [InlineData("/GetRetrievedTracesGraph", """{"RetrievalToken":"gone"}""", "ResourceNotFoundException", "The retrieval token is unknown, or its hour is over")]
    [InlineData("/CancelTraceRetrieval", """{"RetrievalToken":"gone"}""", "ResourceNotFoundException", "The retrieval token is unknown, or its hour is over")]
    [InlineData("/ListTagsForResource", """{"ResourceARN":"arn:aws:xray:us-east-1:000000000000:group/nope/X"}""", "ResourceNotFoundException", "Resource not found: arn:aws:xray:us-east-1:000000000000:group/nope/X")]
    [InlineData("/GetSamplingRules", """{"NextToken":"x"}""", "InvalidRequestException", "Invalid token x")]
    [InlineData("/PutEncryptionConfig", """{"Type":"KMS"}""", "InvalidRequestException", "KeyId must be given with type KMS")]
    [InlineData("/PutEncryptionConfig", """{"Type":"NONE","KeyId":"k"}""", "InvalidRequestException", "KeyId can not be given with type NONE")]
    public async Task Refuses(string path, string body, string type, string message)
    {
        await using var host = await XRayHost.StartAsync(Quiet);
        var fault = await host.FaultAsync(path, body);
        fault.ShouldBe((type == "ResourceNotFoundException" ? 404 : 400, type, message));
    }

    [Fact]
    public async Task PoliciesAreKeptByRevision()
    {
        await using var host = await XRayHost.StartAsync(Quiet, new ManualTime(1_700_000_000));
        Task<JsonElement> PutAsync(string more) => host.OkAsync("/PutResourcePolicy", $"{{\"PolicyName\":\"p\",\"PolicyDocument\":{JsonSerializer.Serialize(Policy)}{more}}}");
        (await PutAsync(",\"PolicyRevisionId\":\"0\"")).GetRawText().ShouldBe(
            $$$"""{"ResourcePolicy":{"PolicyName":"p","PolicyDocument":{{{JsonSerializer.Serialize(Policy, Relaxed)}}},"PolicyRevisionId":"1","LastUpdatedTime":1700000000.0}}""");
        (await PutAsync("")).GetProperty("ResourcePolicy").GetProperty("PolicyRevisionId").GetString().ShouldBe("2");
        (await PutAsync(",\"PolicyRevisionId\":\"2\"")).GetProperty("ResourcePolicy").GetProperty("PolicyRevisionId").GetString().ShouldBe("3");
        var body = $"{{\"PolicyName\":\"p\",\"PolicyDocument\":{JsonSerializer.Serialize(Policy)},\"PolicyRevisionId\":";
        (await host.FaultAsync("/PutResourcePolicy", body + "\"0\"}")).Type.ShouldBe("InvalidPolicyRevisionIdException");
        (await host.FaultAsync("/PutResourcePolicy", body + "\"2\"}")).ShouldBe((400, "InvalidPolicyRevisionIdException", "The policy's revision is 3"));
        (await host.OkAsync("/ListResourcePolicies", "{}")).GetProperty("ResourcePolicies").GetArrayLength().ShouldBe(1);
        (await host.FaultAsync("/DeleteResourcePolicy", """{"PolicyName":"p","PolicyRevisionId":"1"}""")).Type.ShouldBe("InvalidPolicyRevisionIdException");
        (await host.OkAsync("/DeleteResourcePolicy", """{"PolicyName":"p","PolicyRevisionId":"3"}""")).GetRawText().ShouldBe("{}");
        (await host.OkAsync("/ListResourcePolicies", "")).GetRawText().ShouldBe("""{"ResourcePolicies":[]}""");
    }

    [Fact]
    public async Task FiveSmallPoliciesThatLockNobodyOut()
    {
        await using var host = await XRayHost.StartAsync(Quiet);
        static string Put(string name, string document, string more = "") => $"{{\"PolicyName\":\"{name}\",\"PolicyDocument\":{JsonSerializer.Serialize(document)}{more}}}";
        var deny = Policy.Replace("Allow", "Deny", StringComparison.Ordinal).Replace("arn:aws:iam::111122223333:root", "*", StringComparison.Ordinal).Replace("PutTraceSegments", "*", StringComparison.Ordinal);
        (await host.FaultAsync("/PutResourcePolicy", Put("p0", deny))).Type.ShouldBe("LockoutPreventionException");
        await host.OkAsync("/PutResourcePolicy", Put("p0", deny, ",\"BypassPolicyLockoutCheck\":true"));
        for (var i = 1; i < 5; i++)
            await host.OkAsync("/PutResourcePolicy", Put($"p{i}", Policy));
        (await host.FaultAsync("/PutResourcePolicy", Put("p5", Policy))).Type.ShouldBe("PolicyCountLimitExceededException");
        (await host.FaultAsync("/PutResourcePolicy", Put("p1", Policy.PadRight(5121)))).Type.ShouldBe("PolicySizeLimitExceededException");
    }

    [Fact]
    public async Task SwitchesOfTransactionSearchAreToldBack()
    {
        await using var host = await XRayHost.StartAsync(Quiet, new ManualTime(1_700_000_000));
        (await host.OkAsync("/GetTraceSegmentDestination", "")).GetRawText().ShouldBe("""{"Destination":"XRay","Status":"ACTIVE"}""");
        await host.OkAsync("/UpdateTraceSegmentDestination", """{"Destination":"CloudWatchLogs"}""");
        (await host.OkAsync("/GetTraceSegmentDestination", "{}")).GetRawText().ShouldBe("""{"Destination":"CloudWatchLogs","Status":"ACTIVE"}""");
        (await host.OkAsync("/GetIndexingRules", "{}")).GetProperty("IndexingRules")[0].GetProperty("Name").GetString().ShouldBe("Default");
        const string Changed = """{"Name":"Default","ModifiedAt":1700000000.0,"Rule":{"Probabilistic":{"DesiredSamplingPercentage":2.5,"ActualSamplingPercentage":100}}}""";
        (await host.OkAsync("/UpdateIndexingRule", """{"Name":"Default","Rule":{"Probabilistic":{"DesiredSamplingPercentage":2.5}}}""")).GetRawText()
            .ShouldBe($$"""{"IndexingRule":{{Changed}}}""");
        (await host.OkAsync("/GetIndexingRules", "{}")).GetRawText().ShouldBe($$"""{"IndexingRules":[{{Changed}}]}""");
    }

    [Fact]
    public async Task TooManyRetrievalsAreThrottledAndEndAfterAnHour()
    {
        var time = new ManualTime(1_700_000_000);
        await using var host = await XRayHost.StartAsync(new XRayOptions { Udp = false, MaxTraceRetrievals = 2 }, time);
        const string Start = """{"TraceIds":["1-5759e988-bd862e3fe1be46a994272793"],"StartTime":1,"EndTime":2}""";
        var token = (await host.OkAsync("/StartTraceRetrieval", Start)).GetProperty("RetrievalToken").GetString();
        await host.OkAsync("/StartTraceRetrieval", Start);
        (await host.FaultAsync("/StartTraceRetrieval", Start)).ShouldBe((429, "ThrottledException", "Too many trace retrievals are open; they end an hour after their start"));
        (await host.OkAsync("/CancelTraceRetrieval", $$"""{"RetrievalToken":"{{token}}"}""")).GetRawText().ShouldBe("{}");
        (await host.OkAsync("/ListRetrievedTraces", $$"""{"RetrievalToken":"{{token}}"}""")).GetRawText().ShouldBe("""{"RetrievalStatus":"CANCELLED","TraceFormat":"XRAY","Traces":[]}""");
        time.Advance(3600);
        (await host.FaultAsync("/ListRetrievedTraces", $$"""{"RetrievalToken":"{{token}}"}""")).Status.ShouldBe(404);
        await host.OkAsync("/StartTraceRetrieval", Start);
    }

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
