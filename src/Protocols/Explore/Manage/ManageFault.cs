using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Weir.Core.Access;
using Weir.Core.Model;
using Weir.Features.Questions;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// A refusal in the words of questions and of managed objects (problem details, RFC 9457, with the members its clients read):
/// <c>{"type":"…/problems/validation-failed","title":"…","status":422,"detail":"…","error":"…","type_detail":[{"field","code","description"}]}</c>.
/// The web UI reads the same list as <c>errors</c>, and where in a text the error is as <c>position</c>.
/// </summary>
internal sealed record ManageFault(int Status, string Type, string Title, string Detail, IReadOnlyList<SpecError>? Fields = null, int? Position = null)
{
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

    public static ManageFault Invalid(IReadOnlyList<SpecError> fields) => new(
        422, "validation-failed", "The provided input is invalid.", string.Join("; ", fields.Select(f => $"{f.Field}: {f.Description}")), fields);

    public static ManageFault Invalid(string field, string code, string description) => Invalid([new SpecError(field, code, description)]);

    public static ManageFault Of(SpecException error) => Invalid(error.Errors);

    /// <summary>The one table from Core's faults to the API's words.</summary>
    public static ManageFault Of(Fault fault)
    {
        var (type, title) = fault.Kind switch
        {
            FaultKind.Malformed => (Unparseable.Type, Unparseable.Title),
            FaultKind.Invalid or FaultKind.Expired => ("validation-failed", "The provided input is invalid."),
            FaultKind.TooLarge => ("payload-too-large", "The request body is too large."),
            FaultKind.Unsupported => ("unsupported", "The content type or encoding is not served."),
            FaultKind.Unauthorized => (UnknownKey.Type, UnknownKey.Title),
            FaultKind.Forbidden => ("forbidden", "The key does not allow this."),
            FaultKind.NotFound => (NotFound.Type, NotFound.Title),
            FaultKind.Conflict => ("conflict", "The resource already exists or is in use."),
            FaultKind.LimitExceeded => ("limit-exceeded", "The question costs too much."),
            FaultKind.Busy => ("rate-limited", "Too many requests at once."),
            FaultKind.Unavailable => ("unavailable", "The store does not answer now."),
            _ => ("internal", "A defect of Weir."),
        };
        var status = fault.Kind is FaultKind.Invalid or FaultKind.Expired ? StatusCodes.Status422UnprocessableEntity : FaultStatus.Of(fault.Kind);
        return new ManageFault(status, type, title, fault.Message, Position: fault.Position);
    }

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
        if (Position is { } position)
            json["position"] = position;
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
