using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Core.Settings;

namespace Weir.Protocols.XRay;

/// <summary>
/// GetEncryptionConfig and PutEncryptionConfig: kept and told, so that clients which set it go on; what encrypts Weir's disk is the
/// operator's choice.
/// </summary>
internal sealed class EncryptionOperations(ISettings settings)
{
    private const string Collection = "xray-encryption";
    private const string Key = "config";

    public ValueTask<XRayReply> GetAsync(XRayRequest request, CancellationToken cancellationToken)
    {
        var config = settings.Find(Collection, Key) is { } entry
            ? JsonSerializer.Deserialize(entry.Value.Span, EncryptionJson.Default.EncryptionConfig)!
            : new EncryptionConfig("NONE", null);
        return ValueTask.FromResult(Reply(config, "ACTIVE"));
    }

    public async ValueTask<XRayReply> PutAsync(XRayRequest request, CancellationToken cancellationToken)
    {
        var keyId = request.Text("KeyId");
        switch (request.Text("Type"))
        {
            case null:
                return XRayFaults.Missing("type");
            case "NONE" when keyId is not null:
                return XRayFaults.Invalid("KeyId can not be given with type NONE");
            case "KMS" when keyId is null:
                return XRayFaults.Invalid("KeyId must be given with type KMS");
            case "NONE" or "KMS":
                break;
            default:
                return XRayFaults.Validation("1 validation error detected: Value at 'type' failed to satisfy constraint: Member must satisfy enum value set: [NONE, KMS]");
        }
        var config = new EncryptionConfig(request.Text("Type")!, keyId);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(config, EncryptionJson.Default.EncryptionConfig);
        _ = await settings.PutAsync(Collection, Key, bytes, expectedRevision: null, cancellationToken);
        return Reply(config, "UPDATING");
    }

    private static XRayReply Reply(EncryptionConfig config, string status) => XRayReply.Ok(json =>
    {
        json.WriteStartObject("EncryptionConfig");
        if (config.KeyId is { } keyId)
            json.WriteString("KeyId", keyId);
        json.WriteString("Status", status);
        json.WriteString("Type", config.Type);
        json.WriteEndObject();
    });
}

internal sealed record EncryptionConfig(string Type, string? KeyId);

[JsonSerializable(typeof(EncryptionConfig))]
internal sealed partial class EncryptionJson : JsonSerializerContext;
