using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Core.Settings;
using Weir.Protocols.Aws;

namespace Weir.Protocols.XRay.Account;

/// <summary>
/// GetEncryptionConfig and PutEncryptionConfig: stored and returned, so that clients that set it keep working; encryption of Weir's disk is the
/// operator's choice.
/// </summary>
internal sealed class EncryptionOperations(ISettings settings)
{
    private const string Collection = "xray-encryption";
    private const string Key = "config";

    public ValueTask<AwsReply> GetAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        var config = settings.Find(Collection, Key) is { } entry
            ? JsonSerializer.Deserialize(entry.Value.Span, EncryptionJson.Default.EncryptionConfig)!
            : new EncryptionConfig("NONE", null);
        return ValueTask.FromResult(Reply(config, "ACTIVE"));
    }

    public async ValueTask<AwsReply> PutAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        var config = new EncryptionConfig(request.Text("Type")!, request.Text("KeyId"));
        if (config is { Type: "NONE", KeyId: not null })
            return XRayFaults.Invalid("KeyId can not be given with type NONE");
        if (config is { Type: "KMS", KeyId: null })
            return XRayFaults.Invalid("KeyId must be given with type KMS");
        var bytes = JsonSerializer.SerializeToUtf8Bytes(config, EncryptionJson.Default.EncryptionConfig);
        _ = await settings.PutAsync(Collection, Key, bytes, expectedRevision: null, cancellationToken);
        return Reply(config, "UPDATING");
    }

    private static AwsReply Reply(EncryptionConfig config, string status) => AwsReply.Json(json =>
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
