using System.Globalization;
using System.Text;
using System.Text.Json;
using Weir.Core.Model;
using Weir.Protocols.Aws;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.Account;

/// <summary>
/// PutResourcePolicy, ListResourcePolicies, DeleteResourcePolicy: stored and returned, so that infrastructure code that sets them keeps working.
/// Who may call is decided by Weir's own keys, not by these documents.
/// </summary>
internal sealed class ResourcePolicyOperations(XRayOptions options, ResourcePolicyStore policies, TimeProvider time)
{
    private const string StaleRevision = "InvalidPolicyRevisionIdException";

    public async ValueTask<AwsReply> PutAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        var name = request.Text("PolicyName")!;
        var document = request.Text("PolicyDocument")!;
        if (Encoding.UTF8.GetByteCount(document) > options.MaxResourcePolicyBytes)
            return new AwsFault("PolicySizeLimitExceededException", $"The policy document is larger than {options.MaxResourcePolicyBytes} bytes");
        if (Check(document, request, out var locksOut) is { } malformed)
            return new AwsFault("MalformedPolicyDocumentException", malformed);
        if (locksOut && !request.Flag("BypassPolicyLockoutCheck"))
        {
            return new AwsFault(
                "LockoutPreventionException", "The policy would deny its writer the next xray:PutResourcePolicy; BypassPolicyLockoutCheck puts it all the same");
        }
        var old = policies.Find(name);
        if (request.Text("PolicyRevisionId") is { } expected && expected != (old?.Policy.PolicyRevisionId ?? "0"))
            return Stale(old);
        if (old is null && policies.List().Count >= options.MaxResourcePolicies)
            return new AwsFault("PolicyCountLimitExceededException", $"Exceeding maximum resource policy count: {options.MaxResourcePolicies}");
        var revision = old is null ? 1 : long.Parse(old.Value.Policy.PolicyRevisionId, CultureInfo.InvariantCulture) + 1;
        var policy = new ResourcePolicy(name, document, revision.ToString(CultureInfo.InvariantCulture), Math.Floor(time.UnixSeconds()));
        return await policies.PutAsync(policy, old?.Revision ?? 0, cancellationToken)
            ? AwsReply.Json(json =>
            {
                json.WritePropertyName("ResourcePolicy");
                Write(json, policy);
            })
            : Stale(policies.Find(name));
    }

    public ValueTask<AwsReply> ListAsync(AwsRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(
        request.Text("NextToken") is { } token
            ? XRayFaults.ForeignToken(token)
            : AwsReply.Json(json =>
            {
                json.WriteStartArray("ResourcePolicies");
                foreach (var policy in policies.List())
                    Write(json, policy);
                json.WriteEndArray();
            }));

    public async ValueTask<AwsReply> DeleteAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        var name = request.Text("PolicyName")!;
        if (policies.Find(name) is not { } old)
            return XRayFaults.Invalid($"Resource policy {name} does not exist");
        if (request.Text("PolicyRevisionId") is { } expected && expected != old.Policy.PolicyRevisionId)
            return Stale(old);
        return await policies.DeleteAsync(name, old.Revision, cancellationToken) ? AwsReply.Empty : Stale(policies.Find(name));
    }

    private static AwsFault Stale((ResourcePolicy Policy, long Revision)? now) => new AwsFault(
        StaleRevision, now is { } found ? $"The policy's revision is {found.Policy.PolicyRevisionId}" : "There is no policy of this name");

    /// <summary>
    /// <c>{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"…"},"Action":"xray:PutTraceSegments","Resource":"*"}]}</c>
    /// </summary>
    private static string? Check(string document, AwsRequest request, out bool locksOut)
    {
        locksOut = false;
        JsonDocument policy;
        try
        {
            policy = JsonDocument.Parse(document);
        }
        catch (JsonException)
        {
            return "The policy document is not JSON";
        }
        using (policy)
        {
            if (policy.RootElement.MemberOf("Statement") is not { ValueKind: JsonValueKind.Array or JsonValueKind.Object } given)
                return "The policy document has no Statement";
            foreach (var statement in given.ValueKind == JsonValueKind.Array ? [.. given.EnumerateArray()] : (JsonElement[])[given])
            {
                if (statement.ValueKind != JsonValueKind.Object || statement.TextOf("Effect") is not ("Allow" or "Deny"))
                    return "A Statement's Effect is neither Allow nor Deny";
                if (statement.MemberOf("Action") is null && statement.MemberOf("NotAction") is null)
                    return "A Statement has no Action";
                locksOut |= statement.TextOf("Effect") == "Deny" && DeniesPut(statement) && MeansCaller(statement, request);
            }
        }
        return null;
    }

    private static bool DeniesPut(JsonElement statement) => Texts(statement.MemberOf("Action")).Any(action =>
        action is "*" || action.Equals("xray:*", StringComparison.OrdinalIgnoreCase) || action.Equals("xray:Put*", StringComparison.OrdinalIgnoreCase)
        || action.Equals("xray:PutResourcePolicy", StringComparison.OrdinalIgnoreCase));

    private static bool MeansCaller(JsonElement statement, AwsRequest request)
    {
        var principals = statement.ObjectOf("Principal") is { } principal ? Texts(principal.MemberOf("AWS")) : Texts(statement.MemberOf("Principal"));
        return principals.Any(p => p == "*" || p == request.Caller.AccountId || p == $"arn:aws:iam::{request.Caller.AccountId}:root");
    }

    private static IEnumerable<string> Texts(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select(item => item.AsText()).OfType<string>(),
        { } single => single.AsText() is { } text ? [text] : [],
        _ => [],
    };

    private static void Write(Utf8JsonWriter json, ResourcePolicy policy)
    {
        json.WriteStartObject();
        json.WriteString("PolicyName", policy.PolicyName);
        json.WriteString("PolicyDocument", policy.PolicyDocument);
        json.WriteString("PolicyRevisionId", policy.PolicyRevisionId);
        json.WriteSeconds("LastUpdatedTime", policy.LastUpdatedTime);
        json.WriteEndObject();
    }
}
