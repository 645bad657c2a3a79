using System.Text.Json.Nodes;
using Weir.Core.Access;
using Weir.Core.Model;

namespace Weir.Protocols.Explore.Manage;

/// <summary>What is wrong with one member of a body.</summary>
/// <param name="Code">invalid, missing, incorrect_type, or already_exists.</param>
internal sealed record FieldFault(string Field, string Code, string Description);

/// <summary>
/// A refusal in the management API's words (problem details, RFC 9457, with the members its clients read):
/// <c>{"type":"…/problems/validation-failed","title":"…","status":422,"detail":"…","error":"…","type_detail":[{"field","code","description"}]}</c>.
/// The web UI reads the same list as <c>errors</c>.
/// </summary>
internal sealed record ManageFault(int Status, string Type, string Title, string Detail, IReadOnlyList<FieldFault>? Fields = null)
{
    public const string ContentType = "application/problem+json";

    public static ManageFault Unparseable { get; } = new(
        400, "unparseable", "The request body could not be parsed.", "The request body could not be parsed.");

    public static ManageFault DatasetNotFound { get; } = new(404, "not-found", "The requested resource cannot be found.", "Dataset not found");

    public static ManageFault NotFound { get; } = new(404, "not-found", "The requested resource cannot be found.", "Not Found");

    public static ManageFault UnknownKey { get; } = new(401, "unauthorized", "The key is not known.", "unknown API key - check your credentials");

    public static ManageFault KeyDoesNotAllow(KeyGrant key, KeyPermissions needed) => new(
        403,
        "forbidden",
        "The key does not allow this.",
        $"the kind of this API key is {key.Kind.Name()}, this needs {(needed == KeyPermissions.Read ? "read or manage" : "manage")}: weir keys create {key.Environment} --kind {(needed == KeyPermissions.Read ? "read" : "manage")}");

    public static ManageFault Defect { get; } = new(500, "internal", "A defect of Weir.", "The answer could not be made; the server's log has the reason.");

    public static ManageFault Conflict(string detail) => new(409, "conflict", "The resource already exists or is in use.", detail);

    public static ManageFault Invalid(IReadOnlyList<FieldFault> fields) => new(
        422, "validation-failed", "The provided input is invalid.", string.Join("; ", fields.Select(f => $"{f.Field}: {f.Description}")), fields);

    public static ManageFault Invalid(string field, string code, string description) => Invalid([new FieldFault(field, code, description)]);

    /// <summary>The one table from Core's faults to the API's words.</summary>
    public static ManageFault Of(Fault fault) => fault.Kind switch
    {
        FaultKind.Malformed => Unparseable with { Detail = fault.Message },
        FaultKind.Invalid or FaultKind.Expired => new(422, "validation-failed", "The provided input is invalid.", fault.Message),
        FaultKind.TooLarge => new(413, "payload-too-large", "The request body is too large.", fault.Message),
        FaultKind.Unsupported => new(415, "unsupported", "The content type or encoding is not served.", fault.Message),
        FaultKind.Unauthorized => UnknownKey with { Detail = fault.Message },
        FaultKind.Forbidden => new(403, "forbidden", "The key does not allow this.", fault.Message),
        FaultKind.NotFound => NotFound with { Detail = fault.Message },
        FaultKind.Conflict => Conflict(fault.Message),
        FaultKind.LimitExceeded => new(422, "limit-exceeded", "The question costs too much.", fault.Message),
        FaultKind.Busy => new(429, "rate-limited", "Too many requests at once.", fault.Message),
        FaultKind.Unavailable => new(503, "unavailable", "The store does not answer now.", fault.Message),
        _ => new(500, "internal", "A defect of Weir.", fault.Message),
    };

    public JsonObject ToJson(string host)
    {
        var json = new JsonObject
        {
            ["type"] = $"{host}/problems/{Type}",
            ["title"] = Title,
            ["status"] = Status,
            ["detail"] = Detail,
            ["error"] = Fields is { Count: > 0 } ? Title : Detail,
        };
        if (Fields is not null)
        {
            json["type_detail"] = List();
            json["errors"] = List();
        }
        return json;
    }

    private JsonArray List() => [.. Fields!.Select(f => new JsonObject { ["field"] = f.Field, ["code"] = f.Code, ["description"] = f.Description })];
}

/// <summary>Carries a refusal out of a handler; turned to an answer in one place.</summary>
internal sealed class ManageException(ManageFault fault) : Exception(fault.Detail)
{
    public ManageFault Fault { get; } = fault;
}
