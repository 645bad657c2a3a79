using Weir.Features.Sampling;
using Weir.Features.Traces.Groups;
using Weir.Protocols.Aws;

namespace Weir.Protocols.XRay.Groups;

/// <summary>TagResource, UntagResource, ListTagsForResource.</summary>
internal sealed class ResourceTagOperations(XRayOptions options, TraceGroupStore groups, SamplingRuleStore rules, TagStore tags)
{
    public async ValueTask<AwsReply> TagAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (Find(request, out var arn) is { } fault)
            return fault;
        if (TagStore.Read(request, options.MaxTags, out var added) is { } bad)
            return bad;
        var all = tags.Find(arn);
        foreach (var (key, value) in added)
            all[key] = value;
        if (all.Count > options.MaxTags)
            return XRayFaults.TooManyTags($"A resource takes {options.MaxTags} tags at most", arn);
        await tags.SetAsync(arn, all, cancellationToken);
        return AwsReply.Empty;
    }

    public async ValueTask<AwsReply> UntagAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (Find(request, out var arn) is { } fault)
            return fault;
        var all = tags.Find(arn);
        foreach (var key in request.Texts("TagKeys"))
            all.Remove(key);
        await tags.SetAsync(arn, all, cancellationToken);
        return AwsReply.Empty;
    }

    public ValueTask<AwsReply> ListAsync(AwsRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(
        Find(request, out var arn) is { } fault
            ? fault
            : request.Text("NextToken") is { } token
            ? XRayFaults.ForeignToken(token)
            : AwsReply.Json(json =>
            {
                json.WriteStartArray("Tags");
                foreach (var (key, value) in tags.Find(arn))
                {
                    json.WriteStartObject();
                    json.WriteString("Key", key);
                    json.WriteString("Value", value);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }));

    private AwsFault? Find(AwsRequest request, out string arn)
    {
        arn = request.Text("ResourceARN")!;
        var wanted = arn;
        var known = wanted.EndsWith(":group/" + TraceGroup.DefaultName, StringComparison.Ordinal) || groups.List().Any(group => group.GroupARN == wanted) || rules.List(request.Region).Any(rule => rule.RuleARN == wanted);
        return known ? null : XRayFaults.NoSuchResource($"Resource not found: {arn}", arn);
    }
}
