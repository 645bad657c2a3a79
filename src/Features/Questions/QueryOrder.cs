namespace Weir.Features.Questions;

/// <summary>What groups are sorted by: a value, or a key's column.</summary>
internal sealed record QueryOrder(PlannedValue? Value, string? Key, bool Descending)
{
    /// <summary>Most first by COUNT where it is asked, else by the first value.</summary>
    public static IReadOnlyList<QueryOrder> Of(QuerySpec spec, GroupPlan plan)
    {
        if (spec.Orders.Count > 0)
            return [.. spec.Orders.Select(order => Of(order, spec, plan))];
        var first = plan.Values.FirstOrDefault(v => v.Key == "COUNT") ?? (plan.Values.Count > 0 ? plan.Values[0] : null);
        return first is null ? [] : [new QueryOrder(first, null, true)];
    }

    private static QueryOrder Of(Order order, QuerySpec spec, GroupPlan plan)
    {
        if (order.Op is { } op)
            return new QueryOrder(plan.Find(SpecCheck.Find(spec, op, order.Column)!.Key), null, order.Descending);
        var key = spec.Breakdowns.Index().FirstOrDefault(b => b.Item == order.Column, (Index: -1, Item: ""));
        return key.Index >= 0
            ? new QueryOrder(null, $"k{key.Index}", order.Descending)
            : new QueryOrder(plan.Find(order.Column!), null, order.Descending);
    }
}
