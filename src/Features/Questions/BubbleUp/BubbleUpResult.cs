namespace Weir.Features.Questions.BubbleUp;

/// <summary>What is different about a selection, column by column.</summary>
/// <param name="SampleNote">How the samples were taken, for the person who reads the shares.</param>
/// <param name="Dimensions">Ordered by difference, the largest first.</param>
/// <param name="Measures">Ordered by difference, the largest first.</param>
public sealed record BubbleUpResult(
    RowSet Selected, RowSet Baseline, string SampleNote, IReadOnlyList<Dimension> Dimensions, IReadOnlyList<Measure> Measures, TimeSpan Elapsed)
{
    /// <summary>What makes the answer less sure, and what was left out.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <param name="Rows">The number of rows in the set.</param>
/// <param name="Sampled">The number of rows that were compared.</param>
public sealed record RowSet(long Rows, int Sampled);

/// <summary>A column of few values. Shares are of the set's rows, those without the column among them: they add up to 1 with the others.</summary>
/// <param name="Score">0: no difference beyond chance, 1: no value in common.</param>
/// <param name="Distinct">Values in the samples.</param>
public sealed record Dimension(string Column, double Score, IReadOnlyList<ValueShare> Values, Share Others, int Distinct);

/// <param name="Value">string, double, bool, or null for rows without the column.</param>
public sealed record ValueShare(object? Value, double Selected, double Baseline);

/// <summary>A column of many numbers.</summary>
/// <param name="Missing">Rows without a number.</param>
public sealed record Measure(string Column, double Score, IReadOnlyList<BinShare> Bins, Share Missing);

/// <summary>Numbers from <paramref name="From"/> up to <paramref name="To"/>; the last bin has its end too.</summary>
public sealed record BinShare(double From, double To, double Selected, double Baseline);

public sealed record Share(double Selected, double Baseline);
