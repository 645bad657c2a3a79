using Weir.Core.Model;
using Weir.Core.Settings;
using Weir.Features.Alerts.Notifications;
using Weir.Features.Questions;
using Weir.Features.Questions.Kept;

namespace Weir.Features.Alerts;

/// <summary>Runs a trigger's query like the query page, and returns the groups with one value each.</summary>
internal sealed class TriggerQuestion(QueryAsker asker, ReadQuerySpec read)
{
    /// <summary>Maximum groups of one evaluation, ordered by their distance beyond the threshold, so that groups that are left out are those that do not exceed it.</summary>
    private const int MostGroups = SpecCheck.MostGroupsWithoutSeries;

    public async Task<IReadOnlyList<GroupValue>> AskAsync(Stored<Trigger> trigger, long from, long to, CancellationToken cancellationToken)
    {
        QueryResult result;
        try
        {
            var spec = read(trigger.Value.Query ?? default) with { TimeRange = null, StartTime = from, EndTime = to, Limit = MostGroups };
            var isBelow = trigger.Value.Threshold?.Op is "<" or "<=";
            if (spec.Breakdowns.Count > 0)
                spec = spec with { Orders = [Watched(spec) with { Descending = !isBelow }] };
            result = await asker.AskAsync(
                spec, trigger.Environment.Length == 0 ? null : trigger.Environment, trigger.Dataset, new QueryWants(Series: false, Others: false), cancellationToken);
        }
        catch (SpecException error)
        {
            throw new FaultException(new Fault(FaultKind.Invalid, error.Message), error);
        }
        var columns = result.KeyColumns.Select(c => c.Name).ToList();
        return columns.Count == 0
            ? [new GroupValue(GroupKey.None, Number(result.Total.Values.Count > 0 ? result.Total.Values[0] : null))]
            : [.. result.Groups.Select(g => new GroupValue(Key(columns, g.Key), Number(g.Values.Count > 0 ? g.Values[0] : null)))];
    }

    /// <summary>The value that is compared with the threshold.</summary>
    private static Order Watched(QuerySpec spec) => spec switch
    {
        { Formulas: [var formula, ..] } => new Order(null, formula.Name),
        { Calculations: [var calculation, ..] } => new Order(null, calculation.Key),
        _ => new Order(CalculationOp.Count, null),
    };

    private static GroupKey Key(List<string> columns, IReadOnlyList<object?> values) => GroupKey.Of([.. columns.Select((column, i) => KeyValuePair.Create(column, values[i] switch
    {
        null or string or long or bool => values[i],
        double number when double.IsFinite(number) => number,
        var other => other.ToString(),
    }))]);

    private static double? Number(object? value) => value switch
    {
        long number => number,
        ulong number => number,
        double number when double.IsFinite(number) => number,
        bool flag => flag ? 1 : 0,
        _ => null,
    };
}
