namespace Weir.Protocols.Rollbar;

public sealed class RollbarOptions
{
    /// <summary>Largest body in bytes, as sent and after decompression. SDKs limit payloads to 512 KiB, the one for Java to 1 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 1 << 20;

    /// <summary>Service of items that contain none and come from a server.</summary>
    public string DefaultService { get; init; } = "rollbar";

    /// <summary>How many of the newest uuids are remembered, so that an item posted again is stored once.</summary>
    public int RememberedUuids { get; init; } = 65_536;

    public void Validate(List<string> errors)
    {
        if (MaxBodyBytes is < 1024 or > 64 << 20)
            errors.Add("Rollbar: MaxBodyBytes must lie between 1024 and 67108864");
        if (string.IsNullOrWhiteSpace(DefaultService))
            errors.Add("Rollbar: DefaultService must not be empty");
        if (RememberedUuids is < 0 or > 16_777_216)
            errors.Add("Rollbar: RememberedUuids must lie between 0 and 16777216");
    }
}
