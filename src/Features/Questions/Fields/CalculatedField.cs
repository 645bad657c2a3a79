using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Core.Query.Text;

namespace Weir.Features.Questions.Fields;

/// <summary>What a calculated field gives; null in single rows is always possible.</summary>
public enum FieldType
{
    /// <summary>It differs from row to row, or is always null.</summary>
    Unknown,
    String,
    Float,
    Boolean,
}

/// <summary>
/// A calculated field (Honeycomb's derived column): one expression over the columns of a row, written in the language that
/// docs/calculated-fields.md describes. A query's formulas are in the same language, with calculations for columns.
/// </summary>
public sealed class CalculatedField
{
    /// <summary>Characters of the longest expression.</summary>
    public const int MostCharacters = 4095;

    /// <summary>Parts of the bound expression past which no engine should be asked.</summary>
    internal const int MostParts = 10_000;

    private readonly FieldNode _root;

    private CalculatedField(string text, FieldNode root)
    {
        Text = text;
        _root = root;
        var columns = new List<string>();
        Collect(root, columns);
        Columns = columns;
    }

    public string Text { get; }

    /// <summary>The columns it reads, each once, as written first.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>
    /// Parses the expression. When it returns false, the error says what is wrong and at which character. Patterns and time formats are checked, names of columns
    /// are not, because a column of any name may arrive later.
    /// </summary>
    public static bool TryParse(
        string text,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CalculatedField? field,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out ParseError? error)
    {
        field = null;
        error = null;
        try
        {
            if (text.Length > MostCharacters)
                throw new ParseException($"the expression is longer than {MostCharacters} characters", MostCharacters);
            var parsed = new CalculatedField(text, new FieldParser(text).Parse());
            parsed.CheckSize();
            field = parsed;
            return true;
        }
        catch (ParseException wrong)
        {
            error = wrong.Error;
            return false;
        }
    }

    /// <summary>As <see cref="TryParse"/>; throws <see cref="FaultException"/> (Invalid, with the position).</summary>
    public static CalculatedField Parse(string text) =>
        TryParse(text, out var field, out var error) ? field : throw new FaultException(error.ToFault());

    /// <summary>The type of its values, with nothing known of the columns.</summary>
    public FieldType Type => IsTemporal(_root) ? FieldType.Float : BindRoot(AnyColumn, Signal.Spans) switch
    {
        { Types: 1, Text: not null } => FieldType.String,
        { Types: 1, IsNumeric: true } => FieldType.Float,
        { Types: 1, Bool: not null } => FieldType.Boolean,
        _ => FieldType.Unknown,
    };

    /// <summary>
    /// The expression over the rows of a signal. <paramref name="column"/> gives a column, or for a formula a calculation, as an
    /// expression; it is asked for every name in <see cref="Columns"/>. Throws <see cref="FaultException"/> (Invalid) for what can't be
    /// asked of single rows.
    /// </summary>
    public Expr Bind(Func<string, Expr> column, Signal signal = Signal.Spans) => BindRoot(column, signal).Whole;

    /// <summary>The same over a metric's series, whose points are compared in time.</summary>
    internal Expr Bind(Func<string, Expr> column, Signal signal, SeriesGrid? grid) => BindRoot(column, signal, grid).Whole;

    /// <summary>It has LAST, SUMMARIZE, INCREASE, RATE or RAW_METRIC in it.</summary>
    public bool IsOfSeries => IsTemporal(_root);

    /// <summary>It has EVENT_TIMESTAMP or INGEST_TIMESTAMP in it, which only single rows have.</summary>
    public bool IsOfRows => ReadsRow(_root);

    // A column or a literal alone is COALESCE of itself: an empty string is null.
    private TypedValue BindRoot(Func<string, Expr> column, Signal signal, SeriesGrid? grid = null)
    {
        var value = new FieldBinder(column, signal, grid).Bind(_root);
        return _root is FieldCall ? value : value with { Text = value.Filled };
    }

    // Types that are known only for each row multiply with nesting: an expression that would give megabytes of SQL is refused.
    private void CheckSize()
    {
        if (!IsTemporal(_root) && ExprSize.Exceeds(Bind(AnyColumn), MostParts))
            throw new ParseException("the expression is too complex; give inner parts a type with INT, FLOAT, BOOL or STRING", 0);
    }

    private static AttributeExpr AnyColumn(string name) => new(name);

    private static bool IsTemporal(FieldNode node) =>
        node is FieldCall call && (FieldFunctions.IsTemporal(call.Function) || call.Arguments.Any(IsTemporal));

    private static bool ReadsRow(FieldNode node) =>
        node is FieldCall call && (call.Function is FieldFunction.EventTimestamp or FieldFunction.IngestTimestamp || call.Arguments.Any(ReadsRow));

    private static void Collect(FieldNode node, List<string> columns)
    {
        if (node is ColumnNode column && !columns.Contains(column.Name))
            columns.Add(column.Name);
        if (node is FieldCall call)
        {
            foreach (var argument in call.Arguments)
                Collect(argument, columns);
        }
    }
}
