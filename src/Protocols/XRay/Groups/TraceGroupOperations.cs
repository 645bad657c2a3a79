using System.Security.Cryptography;
using System.Text.Json;
using Weir.Core.Model;
using Weir.Features.Traces.Groups;
using Weir.Features.Traces.Insights;
using Weir.Protocols.Aws;
using Weir.Protocols.Wire;
using Weir.Protocols.XRay.Filter;

namespace Weir.Protocols.XRay.Groups;

/// <summary>CreateGroup, GetGroup, GetGroups, UpdateGroup, DeleteGroup.</summary>
internal sealed class TraceGroupOperations(XRayOptions options, TraceGroupStore groups, TagStore tags, IInsightNotices notices, TimeProvider time)
{
    private const int MaxExpression = 100_000;

    public async ValueTask<AwsReply> CreateAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        var name = request.Text("GroupName")!;
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            return XRayFaults.Invalid($"Group name '{name}' is not made of letters, digits and hyphens");
        if (name == TraceGroup.DefaultName)
            return XRayFaults.Invalid($"{name} already exists");
        if (Settings(request, out var expression, out var insights, out var notifications) is { } fault)
            return fault;
        if (TagStore.Read(request, options.MaxTags, out var newTags) is { } badTags)
            return badTags;
        if (groups.Find(name) is null && groups.List().Count >= options.MaxGroups)
            return XRayFaults.Invalid($"Exceeding maximum group count: {options.MaxGroups}");
        var arn = $"arn:aws:xray:{request.Region}:{request.Caller.AccountId}:group/{name}/{UniqueId()}";
        var group = new TraceGroup(name, arn, expression, insights ?? false, notifications ?? false) { CreatedAt = time.UnixNanoseconds() };
        if (!await groups.TryAddAsync(group, cancellationToken))
            return XRayFaults.Invalid($"{name} already exists");
        await tags.SetAsync(arn, newTags, cancellationToken);
        return Reply(group);
    }

    public ValueTask<AwsReply> GetAsync(AwsRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(
        Find(request, out var group) is { } fault ? fault : Reply(group!));

    public ValueTask<AwsReply> ListAsync(AwsRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(
        request.Text("NextToken") is { } token
            ? XRayFaults.ForeignToken(token)
            : AwsReply.Json(json =>
            {
                json.WriteStartArray("Groups");
                foreach (var group in (TraceGroup[])[Default(request), .. groups.List()])
                {
                    json.WriteStartObject();
                    group.Write(json);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }));

    public async ValueTask<AwsReply> UpdateAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (Find(request, out var group) is { } fault)
            return fault;
        if (group!.GroupName == TraceGroup.DefaultName)
            return XRayFaults.Invalid("The Default group can not be changed");
        if (Settings(request, out var expression, out var insights, out var notifications) is { } bad)
            return bad;
        group = group.WithFilter(expression ?? group.FilterExpression, time.UnixNanoseconds()) with
        {
            InsightsEnabled = insights ?? group.InsightsEnabled,
            NotificationsEnabled = notifications ?? group.NotificationsEnabled,
        };
        await groups.UpdateAsync(group, cancellationToken);
        return Reply(group);
    }

    public async ValueTask<AwsReply> DeleteAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (Find(request, out var group) is { } fault)
            return fault;
        if (group!.GroupName == TraceGroup.DefaultName)
            return XRayFaults.Invalid("The Default group can not be deleted");
        await groups.DeleteAsync(group.GroupName, cancellationToken);
        await tags.DeleteAsync(group.GroupARN, cancellationToken);
        await notices.ForgetAsync(group, cancellationToken);
        return AwsReply.Empty;
    }

    /// <summary>The group that GroupName, GroupARN or both name.</summary>
    public AwsFault? Find(AwsRequest request, out TraceGroup? group)
    {
        group = null;
        var name = request.Text("GroupName");
        var arn = request.Text("GroupARN");
        if (name is null && arn is null)
            return XRayFaults.Invalid("Either GroupName or GroupARN must be given");
        var wanted = name ?? NameIn(arn!);
        group = wanted == TraceGroup.DefaultName ? Default(request) : groups.Find(wanted);
        if (group is null || (arn is not null && arn != group.GroupARN))
        {
            group = null;
            return XRayFaults.Invalid("Group not found.");
        }
        return null;
    }

    private static string NameIn(string arn)
    {
        var parts = arn.Split('/');
        return parts.Length > 1 ? parts[1] : "";
    }

    public static string DefaultArn(AwsCaller caller) => $"arn:aws:xray:{caller.Region}:{caller.AccountId}:group/{TraceGroup.DefaultName}";

    private static TraceGroup Default(AwsRequest request) => new(TraceGroup.DefaultName, DefaultArn(request.Caller), null, false, false);

    private static AwsFault? Settings(AwsRequest request, out string? expression, out bool? insights, out bool? notifications)
    {
        expression = request.Text("FilterExpression");
        insights = notifications = null;
        if (request.Members.ObjectOf("InsightsConfiguration") is { } configuration)
        {
            insights = Flag(configuration, "InsightsEnabled");
            notifications = Flag(configuration, "NotificationsEnabled");
            if (notifications == true && insights != true)
                return XRayFaults.Invalid("NotificationsEnabled needs InsightsEnabled");
        }
        if (expression?.Length > MaxExpression)
            return XRayFaults.Invalid($"The filter expression has more than {MaxExpression} characters");
        _ = FilterParser.Parse(expression, out var syntax);
        return syntax is null ? null : XRayFaults.From(syntax);
    }

    private static bool? Flag(JsonElement element, string name) => element.MemberOf(name)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static AwsReply Reply(TraceGroup group) => AwsReply.Json(json =>
    {
        json.WriteStartObject("Group");
        group.Write(json);
        json.WriteEndObject();
    });

    /// <summary>52 characters of base 32, as AWS makes them.</summary>
    private static string UniqueId() => RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 52);
}
