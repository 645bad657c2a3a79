namespace Weir.Features.Questions.BubbleUp;

/// <summary>What is different about these rows, among those that a query is about.</summary>
/// <param name="Query">Its filters, time and signals make the rows; its calculations don't matter.</param>
/// <param name="Columns">Only these are compared; null for all that the rows have.</param>
/// <param name="Limit">Most dimensions, and most measures, of the answer.</param>
public sealed record BubbleUpQuestion(
    QuerySpec Query, ExploreScope Scope, BubbleUpSelection Selection, IReadOnlyList<string>? Columns = null, int Limit = 30);

/// <summary>The rows that are compared with the others.</summary>
public abstract record BubbleUpSelection;

/// <summary>A box on a heatmap. Without a column it is a time.</summary>
/// <param name="Start">Seconds since 1970.</param>
/// <param name="End">Exclusive.</param>
/// <param name="Column">Whose value lies between the ends, both inclusive; an end that is null is open.</param>
public sealed record BoxSelection(double Start, double End, string? Column, double? Min, double? Max) : BubbleUpSelection;

/// <summary>The rows of one group of a query's result: by breakdown its value, null for rows without.</summary>
public sealed record GroupSelection(IReadOnlyDictionary<string, object?> Group) : BubbleUpSelection;
