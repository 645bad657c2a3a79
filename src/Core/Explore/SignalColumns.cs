using Weir.Core.Explore.Fields;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Core.Explore;

/// <summary>The columns that a question sees in one signal: the known names, its calculated fields, and attributes.</summary>
internal sealed class SignalColumns
{
    private readonly IReadOnlyList<(string Name, CalculatedField Field)> _calculated;
    private readonly IReadOnlySet<string>? _resourceKeys;

    /// <param name="calculated">In order: each sees those before it.</param>
    /// <param name="resourceKeys">Attributes that resources have; null when that is not known.</param>
    public SignalColumns(Signal signal, IReadOnlyList<(string Name, CalculatedField Field)> calculated, IReadOnlySet<string>? resourceKeys)
    {
        Signal = signal;
        _calculated = calculated;
        _resourceKeys = resourceKeys;
    }

    public Signal Signal { get; }

    public Expr Resolve(string name) => Resolve(name, _calculated.Count);

    public ColumnType TypeOf(string name)
    {
        var index = IndexOf(name, _calculated.Count);
        if (index < 0)
            return ColumnNames.TypeOf(Signal, name);
        return _calculated[index].Field.Type switch
        {
            FieldType.String => ColumnType.Text,
            FieldType.Float => ColumnType.Number,
            FieldType.Boolean => ColumnType.Bool,
            _ => ColumnType.Any,
        };
    }

    private Expr Resolve(string name, int before)
    {
        var index = IndexOf(name, before);
        if (index >= 0)
            return _calculated[index].Field.Bind(inner => Resolve(inner, index), Signal);
        return ColumnNames.Resolve(Signal, name) switch
        {
            // Looking into the resource as well costs more than all the rest: only where there is something to find.
            AttributeExpr { Scope: AttributeScope.Any } attribute when _resourceKeys?.Contains(attribute.Key) == false =>
                attribute with { Scope = AttributeScope.Record },
            var known => known,
        };
    }

    private int IndexOf(string name, int before)
    {
        for (var i = before - 1; i >= 0; i--)
        {
            if (_calculated[i].Name == name)
                return i;
        }
        return -1;
    }
}
