namespace Weir.Features.Sampling;

/// <summary>Whose sampling rules there are.</summary>
/// <param name="Account">In the ARNs of rules.</param>
/// <param name="Region">In the ARN of the Default rule that OpenTelemetry's SDKs are told.</param>
internal sealed record SamplingOptions(string Account, string Region);
