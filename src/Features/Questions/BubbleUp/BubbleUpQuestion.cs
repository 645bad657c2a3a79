namespace Weir.Features.Questions.BubbleUp;

/// <summary>What is different about these rows, among those that a query is about.</summary>
/// <param name="Query">Its filters, time range and signals select the rows; its calculations are ignored.</param>
/// <param name="Columns">The columns to compare; null compares every column of the rows.</param>
/// <param name="Limit">The maximum number of dimensions, and of measures, in the answer.</param>
public sealed record BubbleUpQuestion(
    QuerySpec Query, ExploreScope Scope, BubbleUpSelection Selection, IReadOnlyList<string>? Columns = null, int Limit = 30);

/// <summary>The rows that are compared with the others.</summary>
public abstract record BubbleUpSelection;

/// <summary>A box on a heatmap. Without a column it is a time.</summary>
/// <param name="Start">Seconds since 1970.</param>
/// <param name="End">Exclusive.</param>
/// <param name="Column">The column whose value lies between the bounds, both inclusive; a null bound is open.</param>
public sealed record BoxSelection(double Start, double End, string? Column, double? Min, double? Max) : BubbleUpSelection;

/// <summary>The rows of one group of a query's result: by breakdown its value, null for rows without.</summary>
public sealed record GroupSelection(IReadOnlyDictionary<string, object?> Group) : BubbleUpSelection;
