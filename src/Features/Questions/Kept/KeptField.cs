using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions.Fields;

namespace Weir.Features.Questions.Kept;

/// <summary>A kept calculated field, and the kept fields that it may name.</summary>
/// <param name="fields">Each sees those before it; the last one is the field.</param>
internal sealed class KeptField(IReadOnlyList<(string Name, CalculatedField Field)> fields)
{
    /// <summary>Changes when the field or one that it may name does.</summary>
    public string Text { get; } = string.Join('\n', fields.Select(f => $"{f.Name}={f.Field.Text}"));

    /// <summary>Throws <see cref="FaultException"/> (Invalid) for a field that comes to too much.</summary>
    public Expr Bind(Signal signal) =>
        new BoundFields(fields, (field, column) => field.Bind(column, signal), name => ColumnNames.Resolve(signal, name)).Last;
}
