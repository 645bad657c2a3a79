using Weir.Core.Explore;
using Weir.Core.Explore.Fields;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Protocols.Explore.Manage;

/// <summary>A kept calculated field, and the kept fields that it may name.</summary>
/// <param name="fields">Each sees those before it; the last one is the field.</param>
internal sealed class KeptField(IReadOnlyList<(string Name, CalculatedField Field)> fields)
{
    /// <summary>Changes when the field or one that it may name does.</summary>
    public string Text { get; } = string.Join('\n', fields.Select(f => $"{f.Name}={f.Field.Text}"));

    public Expr Bind(Signal signal) => fields[^1].Field.Bind(name => Resolve(name, fields.Count - 1, signal), signal);

    private Expr Resolve(string name, int before, Signal signal)
    {
        for (var i = before - 1; i >= 0; i--)
        {
            if (fields[i].Name == name)
                return fields[i].Field.Bind(inner => Resolve(inner, i, signal), signal);
        }
        return ColumnNames.Resolve(signal, name);
    }
}
