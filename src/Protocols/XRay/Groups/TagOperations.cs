using Weir.Protocols.XRay.Sampling;

namespace Weir.Protocols.XRay.Groups;

/// <summary>TagResource, UntagResource, ListTagsForResource.</summary>
internal sealed class TagOperations(GroupStore groups, SamplingRuleStore rules, TagStore tags)
{
    public async ValueTask<XRayReply> TagAsync(XRayRequest request, CancellationToken cancellationToken)
    {
        if (Find(request, out var arn) is { } fault)
            return fault;
        if (!request.Has("Tags"))
            return XRayFaults.Missing("tags");
        if (TagStore.Read(request, out var added) is { } bad)
            return bad;
        var all = tags.Find(arn);
        foreach (var (key, value) in added)
            all[key] = value;
        if (all.Count > TagStore.MaxTags)
            return XRayFaults.TooManyTags($"A resource takes {TagStore.MaxTags} tags at most", arn);
        await tags.SetAsync(arn, all, cancellationToken);
        return XRayReply.Empty;
    }

    public async ValueTask<XRayReply> UntagAsync(XRayRequest request, CancellationToken cancellationToken)
    {
        if (Find(request, out var arn) is { } fault)
            return fault;
        if (!request.Has("TagKeys"))
            return XRayFaults.Missing("tagKeys");
        var all = tags.Find(arn);
        foreach (var key in request.Texts("TagKeys"))
            all.Remove(key);
        await tags.SetAsync(arn, all, cancellationToken);
        return XRayReply.Empty;
    }

    public ValueTask<XRayReply> ListAsync(XRayRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(
        Find(request, out var arn) is { } fault
            ? fault
            : XRayReply.Ok(json =>
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

    private XRayFault? Find(XRayRequest request, out string arn)
    {
        arn = request.Text("ResourceARN") ?? "";
        if (arn.Length == 0)
            return XRayFaults.Missing("resourceARN");
        var wanted = arn;
        var known = groups.List().Any(group => group.GroupARN == wanted) || rules.List(request.Region).Any(rule => rule.RuleARN == wanted);
        return known ? null : XRayFaults.NoSuchResource($"Resource not found: {arn}", arn);
    }
}
