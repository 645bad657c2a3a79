namespace Weir.Features.Sampling;

/// <summary>The owner of the sampling rules.</summary>
/// <param name="Account">In the ARNs of rules.</param>
/// <param name="Region">In the ARN of the Default rule that OpenTelemetry's SDKs get.</param>
internal sealed record SamplingOptions(string Account, string Region);
