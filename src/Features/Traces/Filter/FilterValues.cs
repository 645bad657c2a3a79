
namespace Weir.Features.Traces.Filter;

/// <summary>Compares values as filter expressions do: another type never matches, text by its exact characters.</summary>
internal static class FilterValues
{
    public static bool Compare(PredicateFilter predicate, bool value) => predicate.Operator switch
    {
        FilterOperator.Present => value,
        FilterOperator.Equal => predicate.Value is bool wanted && wanted == value,
        FilterOperator.NotEqual => predicate.Value is bool wanted && wanted != value,
        _ => false,
    };

    public static bool Compare(PredicateFilter predicate, double? value)
    {
        if (value is not { } number)
            return false;
        if (predicate.Operator == FilterOperator.Present)
            return true;
        return predicate.Value is double wanted && predicate.Operator switch
        {
            FilterOperator.Equal => number == wanted,
            FilterOperator.NotEqual => number != wanted,
            FilterOperator.Less => number < wanted,
            FilterOperator.LessOrEqual => number <= wanted,
            FilterOperator.Greater => number > wanted,
            FilterOperator.GreaterOrEqual => number >= wanted,
            _ => false,
        };
    }

    public static bool Compare(PredicateFilter predicate, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return false;
        if (predicate.Operator == FilterOperator.Present)
            return true;
        return predicate.Value is string wanted && predicate.Operator switch
        {
            FilterOperator.Equal => string.Equals(value, wanted, StringComparison.Ordinal),
            FilterOperator.NotEqual => !string.Equals(value, wanted, StringComparison.Ordinal),
            FilterOperator.Contains => value.Contains(wanted, StringComparison.Ordinal),
            FilterOperator.BeginsWith => value.StartsWith(wanted, StringComparison.Ordinal),
            FilterOperator.EndsWith => value.EndsWith(wanted, StringComparison.Ordinal),
            _ => false,
        };
    }

    /// <summary>True when some value matches, also for !=.</summary>
    public static bool Any(PredicateFilter predicate, IEnumerable<object?> values)
    {
        foreach (var value in values)
        {
            var matches = value switch
            {
                string text => Compare(predicate, text),
                double number => Compare(predicate, number),
                // annotation.flag alone asks whether it is there.
                bool flag => predicate.Operator == FilterOperator.Present || Compare(predicate, flag),
                _ => false,
            };
            if (matches)
                return true;
        }
        return false;
    }
}
