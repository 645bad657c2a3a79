using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions.Fields;

/// <summary>
/// Calculated fields over one signal's rows. A field can use the fields before it, so its expression can grow exponentially from one field to the next: each is
/// bound once, and refused when its SQL would be too long.
/// </summary>
/// <param name="fields">In order; when several have the same name, the last one counts.</param>
/// <param name="bind">Binds a field, whose columns the function resolves.</param>
/// <param name="column">Resolves a name that is not a field.</param>
public sealed class BoundFields(
    IReadOnlyList<(string Name, CalculatedField Field)> fields, Func<CalculatedField, Func<string, Expr>, Expr> bind, Func<string, Expr> column)
{
    private readonly Expr?[] _bound = new Expr?[fields.Count];

    /// <summary>Throws <see cref="FaultException"/> (Invalid) for a field that comes to too much.</summary>
    public Expr Resolve(string name) => Resolve(name, fields.Count);

    /// <summary>The last of them, whatever its name.</summary>
    public Expr Last => Of(fields.Count - 1);

    /// <summary>Of the field among the first <paramref name="before"/>; -1 when there is none.</summary>
    public int IndexOf(string name, int before)
    {
        for (var i = before - 1; i >= 0; i--)
        {
            if (fields[i].Name == name)
                return i;
        }
        return -1;
    }

    private Expr Resolve(string name, int before) => IndexOf(name, before) is >= 0 and var index ? Of(index) : column(name);

    private Expr Of(int index)
    {
        if (_bound[index] is { } known)
            return known;
        var value = bind(fields[index].Field, inner => Resolve(inner, index));
        if (ExprSize.Exceeds(value, CalculatedField.MostParts))
        {
            throw new FaultException(new Fault(
                FaultKind.Invalid,
                $"the calculated field {fields[index].Name} is too complex with the fields it names; name fewer, or give inner parts a type with INT, FLOAT, BOOL or STRING"));
        }
        return _bound[index] = value;
    }
}
