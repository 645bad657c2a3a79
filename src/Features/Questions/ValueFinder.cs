using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions.Fields;

namespace Weir.Features.Questions;

/// <param name="Datasets">Services and events datasets, by exact name; null for all.</param>
/// <param name="Part">A text that the value contains, ignoring case; empty for all values.</param>
public sealed record ValueQuestion(
    string Column, string Part, IReadOnlyList<string>? Datasets, IReadOnlyList<Signal> Signals, TimeRange Range, int Limit);

/// <param name="Value">string, long, double or bool.</param>
/// <param name="Count">Rows of those that were read.</param>
public sealed record FoundValue(object Value, long Count);

/// <param name="IsSampled">Older rows of the range were not read.</param>
public sealed record FoundValues(IReadOnlyList<FoundValue> Values, bool IsSampled);

/// <summary>
/// Which values a column has, from the newest rows backwards: slices of the range, each longer than the one before, until there are
/// enough values or enough was read. So an answer takes as long with a year of data as with an hour.
/// </summary>
public sealed class ValueFinder(ITelemetryReader reader, IColumnDirectory directory, TimeProvider time)
{
    /// <summary>Rows after which no further slice is begun.</summary>
    private const long EnoughRows = 2_000_000;

    /// <summary>The minimum number of rows of a sample: with fewer rows, older slices are read even when there are enough values.</summary>
    private const long FewRows = 100_000;

    /// <summary>Keys with the column's name in theirs that are looked at; its own comes first.</summary>
    private const int MostAlike = 1_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);
    private static readonly QueryBudget SliceBudget = new(TimeSpan.FromSeconds(3), 512L << 20);
    private static readonly double[] SliceMinutes = [10, 6 * 60, 7 * 24 * 60];

    /// <summary>Throws <see cref="FaultException"/> when the engine does not answer.</summary>
    public async Task<FoundValues> FindAsync(ValueQuestion question, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var counts = new Dictionary<object, long>();
        var end = question.Range.To;
        long rows = 0;
        var isSampled = false;
        var signals = await SignalsAsync(question, cancellationToken);
        foreach (var minutes in SliceMinutes.Append(double.PositiveInfinity))
        {
            var left = end - question.Range.From;
            var start = minutes < left.TotalMinutes ? end.AddMinutes(-minutes) : question.Range.From;
            if (end <= question.Range.From || signals.Count == 0)
                break;
            try
            {
                var slices = await Task.WhenAll(signals.Select(s => reader.QueryAsync(Slice(question, s, new TimeRange(start, end)), cancellationToken)));
                foreach (var slice in slices)
                {
                    rows += slice.RowsRead;
                    Count(slice.Page(out var more), counts);
                    isSampled |= more;
                }
            }
            catch (FaultException fault) when (fault.Fault.Kind == FaultKind.LimitExceeded && counts.Count > 0)
            {
                isSampled = true;
                break;
            }
            end = start;
            var enough = (counts.Count >= question.Limit && rows >= FewRows) || rows >= EnoughRows || time.GetElapsedTime(started) >= Patience;
            if (enough && end > question.Range.From)
            {
                isSampled = true;
                break;
            }
        }
        return new FoundValues(
            [
                .. counts.Select(c => new FoundValue(c.Key, c.Value))
                    .OrderByDescending(v => Text(v.Value).StartsWith(question.Part, StringComparison.OrdinalIgnoreCase))
                    .ThenByDescending(v => v.Count).ThenBy(v => Text(v.Value), StringComparer.Ordinal).Take(question.Limit),
            ],
            isSampled || counts.Count > question.Limit);
    }

    /// <summary>The signals that have the column at all.</summary>
    private async Task<IReadOnlyList<Signal>> SignalsAsync(ValueQuestion question, CancellationToken cancellationToken)
    {
        var typed = question.Signals.Where(s => ColumnNames.TypeOf(s, question.Column) != ColumnType.Any).ToList();
        if (typed.Count == question.Signals.Count)
            return typed;
        var seen = await directory.ColumnsAsync(
            new ColumnQuestion(question.Datasets, question.Signals, question.Column, null, MostAlike), cancellationToken);
        return [.. typed.Union(seen.Where(c => c.Key == question.Column).SelectMany(c => c.Signals))];
    }

    private static TelemetryQuery Slice(ValueQuestion question, Signal signal, TimeRange range)
    {
        var value = ColumnTypes.Of(ColumnNames.Resolve(signal, question.Column), signal);
        var text = new UnionExpr(value.Filled, value.Integer, value.Float, value.Bool is null ? null : Call(Function.ToBool, value.Bool));
        var conditions = new List<Expr> { new ExistsExpr(text) };
        if (AskedRows.Condition(signal) is { } asked)
            conditions.Add(asked);
        if (question.Part.Length > 0)
            conditions.Add(new CompareExpr(CompareOp.ContainsIgnoreCase, text, new ConstExpr(question.Part)));
        if (question.Datasets is { } datasets)
            conditions.Add(new InExpr(new FieldExpr(signal == Signal.Events ? "dataset" : "service"), [.. datasets]));
        return new TelemetryQuery
        {
            Signal = signal,
            Range = range,
            Where = new AndExpr(conditions),
            Select =
            [
                new("value", text), new("rows", Call(Function.Count)), new("whole", HasAny(value.Integer)), new("number", HasAny(value.Float)),
                new("flag", HasAny(value.Bool)),
            ],
            GroupBy = [text],
            OrderBy = [new Ordering(new FieldExpr("rows"), Descending: true)],
            // More than are answered: those that are rare in one slice may lead over all, or begin with the part.
            Limit = Math.Max(500, question.Limit * 4),
            Budget = SliceBudget,
        };
    }

    private static CallExpr Call(Function function, params Expr[] arguments) => new(function, arguments);

    private static Expr HasAny(Expr? value) => value is null ? new ConstExpr(0L) : Call(Function.CountIf, new ExistsExpr(value));

    private static void Count(IReadOnlyList<ResultRow> slice, Dictionary<object, long> counts)
    {
        foreach (var row in slice)
        {
            var text = row.Text("value");
            object value = text;
            if (row.Long("flag") > 0)
                value = text == "true";
            else if (row.Long("whole") > 0 && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
                value = whole;
            else if (row.Long("number") > 0 && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
                value = number;
            counts[value] = counts.GetValueOrDefault(value) + row.Long("rows");
        }
    }

    private static string Text(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
