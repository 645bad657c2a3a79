namespace Weir.Features.Sampling;

/// <summary>The response of Jaeger's remote sampling for the SDKs of one service.</summary>
/// <param name="Rule">The rule for operations without their own strategy.</param>
/// <param name="Probability">0 to 1.</param>
/// <param name="LowerBound">Traces per second that each instance records of each operation at any probability, if the SDK supports it.</param>
internal sealed record SamplingStrategy(string Rule, double Probability, double LowerBound, IReadOnlyList<OperationStrategy> Operations);

/// <param name="Operation">A span's name, e.g. <c>GET /cart</c>.</param>
internal sealed record OperationStrategy(string Operation, string Rule, double Probability);
