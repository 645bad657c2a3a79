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

    // "createDatasets" is what the service sends, "create_datasets" what Terraform's client reads.
    private static readonly string[] Permissions =
    [
        "events", "markers", "triggers", "boards", "queries", "columns", "createDatasets", "create_datasets", "slos", "recipients", "privateBoards",
    ];

    public Task AnswerAsync(HttpContext http)
    {
        var key = TeamKey.Of(http.Request);
        if (keys.EnvironmentOf(key) is not { } environment)
            return HoneycombFaults.WriteAsync(http, HoneycombFaults.UnknownKey);
        // Clients tell a classic key by its environment having no name.
        var name = TeamKey.IsClassic(key) ? "" : environment;
        var body = new ByteBuffer();
        body.Append("{\"id\":"u8);
        JsonText.AppendString(body, $"weir-{environment}");
        body.Append(",\"type\":\"configuration\",\"api_key_access\":{"u8);
        for (var i = 0; i < Permissions.Length; i++)
        {
            if (i > 0)
                body.AppendByte((byte)',');
            JsonText.AppendString(body, Permissions[i]);
            body.Append(":true"u8);
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
