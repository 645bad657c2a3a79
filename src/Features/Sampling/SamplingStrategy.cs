namespace Weir.Features.Sampling;

/// <summary>What Jaeger's remote sampling tells the SDKs of one service.</summary>
/// <param name="Rule">The rule that goes for operations without a strategy of their own.</param>
/// <param name="Probability">0 to 1.</param>
/// <param name="LowerBound">Traces a second that each instance records of each operation whatever the probability says; SDKs that can.</param>
internal sealed record SamplingStrategy(string Rule, double Probability, double LowerBound, IReadOnlyList<OperationStrategy> Operations);

/// <param name="Operation">A span's name, e.g. <c>GET /cart</c>.</param>
internal sealed record OperationStrategy(string Operation, string Rule, double Probability);
