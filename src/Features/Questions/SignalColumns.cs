using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions.Fields;

namespace Weir.Features.Questions;

/// <summary>The columns that a question sees in one signal: the known names, its calculated fields, and attributes.</summary>
internal sealed class SignalColumns
{
    private readonly IReadOnlyList<(string Name, CalculatedField Field)> _calculated;
    private readonly IReadOnlyDictionary<string, SeenColumn?> _seen;
    private readonly SeriesGrid? _grid;
    private readonly BoundFields _fields;

    /// <param name="calculated">In order: each sees those before it.</param>
    /// <param name="seen">
    /// Of the attributes that were looked up: what is known, null when no row has it. Of others nothing is known.
    /// </param>
    public SignalColumns(
        Signal signal, IReadOnlyList<(string Name, CalculatedField Field)> calculated, IReadOnlyDictionary<string, SeenColumn?> seen, SeriesGrid? grid = null)
    {
        _grid = grid;
        Signal = signal;
        _calculated = calculated;
        _seen = seen;
        _fields = new BoundFields(calculated, (field, column) => field.Bind(column, signal, grid), Column);
    }

    public Signal Signal { get; }

    /// <summary>The same, and more attributes of which something is known.</summary>
    public SignalColumns With(IReadOnlyList<SeenColumn> more)
    {
        var seen = new Dictionary<string, SeenColumn?>(_seen, StringComparer.Ordinal);
        foreach (var column in more)
            seen.TryAdd(column.Key, column);
        return new SignalColumns(Signal, _calculated, seen, _grid);
    }

    /// <summary>Throws <see cref="FaultException"/> (Invalid) for a calculated field that comes to too much.</summary>
    public Expr Resolve(string name) => _fields.Resolve(name);

    /// <summary>The calculated field of this name, or null.</summary>
    public CalculatedField? Calculated(string name) => _fields.IndexOf(name, _calculated.Count) is >= 0 and var index ? _calculated[index].Field : null;

    public ColumnType TypeOf(string name)
    {
        var index = _fields.IndexOf(name, _calculated.Count);
        if (index < 0)
        {
            return IsUsual(name) ? ColumnType.Number
                : IsOfTypes(name) ? ColumnNames.WithAttribute(Signal, name).Type
                : ErrorAttribute(name) is { } error && !IsFlag(error) ? ColumnType.Any
                : ColumnNames.TypeOf(Signal, name);
        }
        return _calculated[index].Field.Type switch
        {
            FieldType.String => ColumnType.Text,
            FieldType.Float => ColumnType.Number,
            FieldType.Boolean => ColumnType.Bool,
            _ => ColumnType.Any,
        };
    }

    /// <summary>
    /// The column for its values alone, with their type. An attribute that always had one type is read as that one, which takes half the
    /// time; filters take <see cref="Resolve(string)"/>, because what they compare with has a type as well.
    /// </summary>
    public (ColumnType Type, Expr Value) Read(string name) => Resolve(name) switch
    {
        AttributeExpr { Scope: AttributeScope.Record, Type: AttributeType.Dynamic } attribute when _seen.GetValueOrDefault(attribute.Key)?.Types is [var only] => only switch
        {
            SeenType.String => (ColumnType.Text, attribute with { Type = AttributeType.OnlyString }),
            SeenType.Integer => (ColumnType.Number, attribute with { Type = AttributeType.Integer }),
            SeenType.Float => (ColumnType.Number, attribute with { Type = AttributeType.Float }),
            _ => (ColumnType.Bool, attribute with { Type = AttributeType.Bool }),
        },
        var value => (TypeOf(name), value),
    };

    private Expr Column(string name)
    {
        if (IsUsual(name))
            return _grid!.Usual();
        if (IsOfTypes(name))
            return ColumnNames.WithAttribute(Signal, name).Value;
        if (ErrorAttribute(name) is { } error)
            return ErrorColumn(IsFlag(error));
        var resolved = ColumnNames.KeyAfterPrefix(name) is { } key && _seen.GetValueOrDefault(name) is null
            ? new AttributeExpr(key) : ColumnNames.Resolve(Signal, name);
        return resolved switch
        {
            // Reading the resource as well costs more than everything else, so it is done only where the resource may have the key.
            AttributeExpr { Scope: AttributeScope.Any } attribute when _seen.TryGetValue(attribute.Key, out var seen) && seen?.OnResource != true =>
                attribute with { Scope = AttributeScope.Record },
            var known => known,
        };
    }

    /// <summary>A column that an attribute goes before, which some log line has.</summary>
    private bool IsOfTypes(string name) =>
        ColumnNames.MayBeAttribute(Signal, name) && _seen.TryGetValue(name, out var seen) && seen?.Signals.Contains(Signal) == true;

    /// <summary>Some rows have an attribute called error, which belongs to the column of this name as their status does.</summary>
    private SeenColumn? ErrorAttribute(string name) =>
        name == "error" && (Signal is Signal.Spans or Signal.Logs) && _seen.GetValueOrDefault(name) is { } seen && seen.Signals.Contains(Signal) ? seen : null;

    private static bool IsFlag(SeenColumn seen) => seen.Types is [SeenType.Boolean];

    /// <summary>True where the row's status says so, else the attribute as it was sent.</summary>
    private Expr ErrorColumn(bool isFlag)
    {
        var failed = ColumnNames.Resolve(Signal, "error");
        var attribute = new AttributeExpr("error", AttributeScope.Record);
        var flag = new CallExpr(Function.Coalesce, [failed, attribute with { Type = AttributeType.Bool }]);
        Expr Otherwise(AttributeType type) =>
            new CallExpr(Function.If, [new ExistsExpr(failed), NullExpr.Instance, attribute with { Type = type }]);
        return isFlag ? flag : new UnionExpr(
            Otherwise(AttributeType.OnlyString), Otherwise(AttributeType.Integer), Otherwise(AttributeType.Float), new CallExpr(Function.ToBool, [flag]));
    }

    private bool IsUsual(string name) => Signal == Signal.Metrics && _grid is not null && name == ColumnNames.MetricValue;
}
