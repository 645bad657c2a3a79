using Microsoft.AspNetCore.Http;
using Weir.Core.Access;
using Weir.Core.Columns;
using Weir.Protocols.Honeycomb.Out;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Honeycomb;

/// <summary>
/// <c>GET /1/auth</c>: whom a key belongs to and what it may do. Clients ask it to tell a wrong key from a wrong address; Refinery takes
/// the environment from it.
/// </summary>
internal sealed class AuthApi(AccessKeys keys)
{
    public const string Team = "weir";

    // "createDatasets" is what the service sends, "create_datasets" what Terraform's client reads. A dataset is made by the first event
    // that names it.
    private static readonly (string Name, KeyPermissions Needs)[] Permissions =
    [
        ("events", KeyPermissions.Send),
        ("markers", KeyPermissions.Manage),
        ("triggers", KeyPermissions.Manage),
        ("boards", KeyPermissions.Manage),
        ("queries", KeyPermissions.Read),
        ("columns", KeyPermissions.Manage),
        ("createDatasets", KeyPermissions.Send),
        ("create_datasets", KeyPermissions.Send),
        ("slos", KeyPermissions.Manage),
        ("recipients", KeyPermissions.Manage),
        ("privateBoards", KeyPermissions.Manage),
    ];

    public Task AnswerAsync(HttpContext http)
    {
        var key = TeamKey.Of(http.Request);
        if (keys.Find(key) is not { } grant)
            return HoneycombFaults.WriteAsync(http, HoneycombFaults.UnknownKey);
        var environment = grant.Environment;
        // Clients recognise a classic key by an environment without a name.
        var name = TeamKey.IsClassic(key) ? "" : environment;
        var body = new ByteBuffer();
        body.Append("{\"id\":"u8);
        JsonText.AppendString(body, $"weir-{environment}");
        body.Append(",\"type\":"u8);
        JsonText.AppendString(body, grant.May(KeyPermissions.Read | KeyPermissions.Manage) ? "configuration" : "ingest");
        body.Append(",\"api_key_access\":{"u8);
        for (var i = 0; i < Permissions.Length; i++)
        {
            if (i > 0)
                body.AppendByte((byte)',');
            JsonText.AppendString(body, Permissions[i].Name);
            body.Append(grant.May(Permissions[i].Needs) ? ":true"u8 : ":false"u8);
        }
        body.Append("},\"environment\":{\"name\":"u8);
        JsonText.AppendString(body, name);
        body.Append(",\"slug\":"u8);
        JsonText.AppendString(body, name);
        body.Append("},\"team\":{\"name\":"u8);
        JsonText.AppendString(body, Team);
        body.Append(",\"slug\":"u8);
        JsonText.AppendString(body, Team);
        body.Append("}}"u8);
        return EventAnswers.WriteAsync(http, isMsgPack: false, body);
    }
}
