using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Store.Read;

/// <summary>Writes expressions over one signal's table.</summary>
/// <param name="derived">Columns that are not the table's, by name, as SQL: of a subquery or of a joined one.</param>
internal sealed class SqlExpressions(
    SqlText sql, Signal signal, IReadOnlyList<Join> joins, IReadOnlyDictionary<string, string>? derived = null)
{
    public static FaultException Invalid(string message) => new(new Fault(FaultKind.Invalid, message));

    /// <summary>An expression for its value; may be NULL where an attribute is missing.</summary>
    public string Value(Expr expr) => SqlText.Checked(expr switch
    {
        FieldExpr field => Field(field),
        AttributeExpr attribute => Attribute(attribute),
        ConstExpr constant => sql.Bind(constant.Value),
        CallExpr call => SqlFunctions.Write(call, this),
        NullExpr => "NULL",
        UnionExpr union => UnionText(union),
        JoinedExpr joined => Joined(joined),
        _ => Condition(expr),
    });

    /// <summary>An expression as a condition: 0 or 1, never NULL.</summary>
    public string Condition(Expr expr) => SqlText.Checked(expr switch
    {
        AndExpr and => and.Operands.Count == 0 ? "1" : $"({string.Join(" AND ", and.Operands.Select(Condition))})",
        OrExpr or => or.Operands.Count == 0 ? "0" : $"({string.Join(" OR ", or.Operands.Select(Condition))})",
        NotExpr not => $"(NOT {Condition(not.Operand)})",
        CompareExpr compare => Compare(compare),
        InExpr list => In(list),
        InQueryExpr query => InQuery(query),
        InRowsExpr rows => InRows(rows),
        ExistsExpr { Operand: AttributeExpr { Type: AttributeType.Dynamic } attribute } => Exists(attribute),
        ExistsExpr { Operand: AttributeExpr attribute } => $"({Attribute(attribute)} IS NOT NULL)",
        ExistsExpr { Operand: FieldExpr field } when Kind(field) == FieldKind.Text => $"({Field(field)} != '')",
        ExistsExpr { Operand: UnionExpr union } => Condition(new OrExpr([.. Parts(union).Select(part => new ExistsExpr(part))])),
        ExistsExpr exists => $"({Value(exists.Operand)} IS NOT NULL)",
        ConstExpr { Value: bool flag } => flag ? "1" : "0",
        AttributeExpr attribute => $"ifNull({Attribute(attribute with { Type = AttributeType.Bool })}, 0)",
        NullExpr => "0",
        UnionExpr union => union.Bool is null ? "0" : Condition(union.Bool),
        _ => $"ifNull(toBool({Value(expr)}), 0)",
    });

    public string Number(Expr expr) => expr switch
    {
        AttributeExpr { Type: AttributeType.Dynamic } attribute => Attribute(attribute with { Type = AttributeType.Number }),
        UnionExpr union => UnionNumber(union),
        _ => Value(expr),
    };

    public string Text(Expr expr) => expr switch
    {
        AttributeExpr { Type: AttributeType.Dynamic } attribute => Attribute(attribute with { Type = AttributeType.String }),
        FieldExpr field when Kind(field) is FieldKind.TraceId or FieldKind.SpanId => $"lower(hex({Field(field)}))",
        FieldExpr field when Kind(field) is FieldKind.Text => Field(field),
        ConstExpr { Value: string } => Value(expr),
        UnionExpr union => UnionText(union),
        CallExpr { Function: Function.NullIfEmpty or Function.Concat or Function.LowerUtf8 or Function.Extract or Function.ToText } => Value(expr),
        _ => $"toString({Value(expr)})",
    };

    private static IEnumerable<Expr> Parts(UnionExpr union) => new[] { union.Text, union.Integer, union.Float, union.Bool }.OfType<Expr>();

    private string UnionText(UnionExpr union) => $"coalesce({string.Join(", ", Parts(union).Select(part => $"toString({Value(part)})"))})";

    private string UnionNumber(UnionExpr union) => (union.Integer, union.Float) switch
    {
        (null, null) => "CAST(NULL, 'Nullable(Float64)')",
        ({ } whole, null) => Value(whole),
        (null, { } number) => Value(number),
        ({ } whole, { } number) => $"coalesce(toFloat64({Value(whole)}), {Value(number)})",
    };

    /// <summary>An attribute's place in the record, of whatever type.</summary>
    public string Path(Expr attribute) => attribute is AttributeExpr { Key: var key }
        ? $"attributes.{sql.Bind("Identifier", key)}"
        : throw Invalid("only an attribute has a type of its own");

    private FieldKind Kind(FieldExpr field) => derived?.ContainsKey(field.Name) == true ? FieldKind.Derived : SignalFields.Find(signal, field.Name)
        ?? throw Invalid($"unknown field '{field.Name}'; {SignalTable.Name(signal)} has {string.Join(", ", SignalFields.Names(signal))}");

    private string Joined(JoinedExpr joined)
    {
        for (var i = 0; i < joins.Count; i++)
        {
            if (joins[i].Name != joined.Join)
                continue;
            for (var column = 0; column < joins[i].Query.Select.Count; column++)
            {
                if (joins[i].Query.Select[column].Name == joined.Column)
                    return string.Create(CultureInfo.InvariantCulture, $"j{i}.j{i}_{column}");
            }
        }
        throw Invalid($"nothing is joined as {joined.Join}.{joined.Column}");
    }

    private string Field(FieldExpr field)
    {
        if (derived is not null && derived.TryGetValue(field.Name, out var column))
            return column;
        Kind(field);
        return field.Name;
    }

    private string Attribute(AttributeExpr attribute)
    {
        var record = attribute.Scope == AttributeScope.Resource ? null : Record(attribute);
        var resource = attribute.Scope == AttributeScope.Record ? null : Resource(attribute);
        if (record is null || resource is null)
            return record ?? resource!;
        // For one type only: a value of another type on the record still has precedence over the resource's value.
        return attribute.Type is AttributeType.OnlyString or AttributeType.Integer or AttributeType.Float
            ? $"coalesce({record}, if(attributes.{sql.Bind("Identifier", attribute.Key)} IS NULL, {resource}, NULL))"
            : $"coalesce({record}, {resource})";
    }

    private string Exists(AttributeExpr attribute)
    {
        var record = $"{Path(attribute)} IS NOT NULL";
        var resource = $"JSONHas(resource, {sql.Bind("String", attribute.Key)})";
        return attribute.Scope switch
        {
            AttributeScope.Record => $"({record})",
            AttributeScope.Resource => resource,
            _ => $"({record} OR {resource})",
        };
    }

    private string Record(AttributeExpr attribute)
    {
        var path = $"attributes.{sql.Bind("Identifier", attribute.Key)}";
        return attribute.Type switch
        {
            AttributeType.Number => $"coalesce(toFloat64(dynamicElement({path}, 'Int64')), dynamicElement({path}, 'Float64'))",
            AttributeType.Bool => $"dynamicElement({path}, 'Bool')",
            AttributeType.OnlyString => $"dynamicElement({path}, 'String')",
            AttributeType.Integer => $"dynamicElement({path}, 'Int64')",
            AttributeType.Float => $"dynamicElement({path}, 'Float64')",
            _ => $"CAST({path}, 'Nullable(String)')",
        };
    }

    // Resources are JSON text behind a dictionary, so this runs once for each distinct resource of a block.
    private string Resource(AttributeExpr attribute)
    {
        var key = sql.Bind("String", attribute.Key);
        return attribute.Type switch
        {
            AttributeType.Number => $"JSONExtract(resource, {key}, 'Nullable(Float64)')",
            AttributeType.Bool => $"JSONExtract(resource, {key}, 'Nullable(Bool)')",
            AttributeType.OnlyString => $"if(JSONType(resource, {key}) = 'String', JSONExtract(resource, {key}, 'Nullable(String)'), NULL)",
            AttributeType.Integer => $"if(JSONType(resource, {key}) IN ('Int64', 'UInt64'), JSONExtract(resource, {key}, 'Nullable(Int64)'), NULL)",
            AttributeType.Float => $"if(JSONType(resource, {key}) = 'Double', JSONExtract(resource, {key}, 'Nullable(Float64)'), NULL)",
            _ => $"JSONExtract(resource, {key}, 'Nullable(String)')",
        };
    }

    private string Compare(CompareExpr compare)
    {
        var (left, right) = (compare.Left, compare.Right);
        if (compare.Op is CompareOp.Contains or CompareOp.ContainsIgnoreCase or CompareOp.StartsWith or CompareOp.EndsWith
            or CompareOp.Matches or CompareOp.HasToken)
            return TextCompare(compare.Op, Text(left), Text(right));
        var op = compare.Op switch
        {
            CompareOp.Equal => "=",
            CompareOp.NotEqual => "!=",
            CompareOp.Less => "<",
            CompareOp.LessOrEqual => "<=",
            CompareOp.Greater => ">",
            CompareOp.GreaterOrEqual => ">=",
            _ => throw Invalid($"{compare.Op} is no comparison"),
        };
        if (right is ConstExpr { Value: long or ulong or double or int } && NumberParts(left) is { } leftParts)
            return AnyPart(leftParts.Select(part => $"ifNull({part} {op} {Value(right)}, 0)"));
        if (left is ConstExpr { Value: long or ulong or double or int } && NumberParts(right) is { } rightParts)
            return AnyPart(rightParts.Select(part => $"ifNull({Value(left)} {op} {part}, 0)"));
        // A text that is neither a number nor a boolean can only equal a string, which is cheaper to read.
        if (compare is { Op: CompareOp.Equal, Left: AttributeExpr { Type: AttributeType.Dynamic, Scope: AttributeScope.Record } only, Right: ConstExpr { Value: string text } }
            && !LooksTyped(text))
        {
            left = only with { Type = AttributeType.OnlyString };
        }
        return $"ifNull({Operand(left, right)} {op} {Operand(right, left)}, 0)";
    }

    /// <summary>
    /// The numbers that a value may be, whole ones apart from others: as Float64 two whole numbers past 2^53 could be one, and compared as what they are
    /// they are told apart (the engine compares a whole number with a Float64 exactly). Null for what has one type in all rows.
    /// </summary>
    private List<string>? NumberParts(Expr expr) => expr switch
    {
        AttributeExpr { Type: AttributeType.Dynamic or AttributeType.Number } attribute =>
            [Attribute(attribute with { Type = AttributeType.Integer }), Attribute(attribute with { Type = AttributeType.Float })],
        UnionExpr union => [.. new[] { union.Integer, union.Float }.OfType<Expr>().Select(Value)],
        _ => null,
    };

    private static string AnyPart(IEnumerable<string> parts) => string.Join(" OR ", parts) switch
    {
        "" => "0",
        var some => $"({some})",
    };

    private static bool LooksTyped(string text) =>
        text.Length == 0 || text[0] is '-' or '+' or '.' or 'i' or 'I' or 'n' or 'N' || char.IsAsciiDigit(text[0]) || text is "true" or "false";

    /// <summary>One side of a comparison, read as the type of the other side.</summary>
    private string Operand(Expr side, Expr other)
    {
        switch (side)
        {
            case AttributeExpr { Type: AttributeType.Dynamic } attribute:
                return Attribute(attribute with
                {
                    Type = other switch
                    {
                        ConstExpr { Value: bool } => AttributeType.Bool,
                        ConstExpr { Value: long or ulong or double or int } => AttributeType.Number,
                        _ => AttributeType.String,
                    },
                });
            case UnionExpr union:
                return other switch
                {
                    ConstExpr { Value: bool } => union.Bool is null ? "NULL" : Value(union.Bool),
                    ConstExpr { Value: long or ulong or double or int } => UnionNumber(union),
                    _ => UnionText(union),
                };
            case ConstExpr { Value: var value } when other is FieldExpr field:
                CheckType(field, value);
                return sql.Bind(value);
            default:
                return Value(side);
        }
    }

    private void CheckType(FieldExpr field, object value)
    {
        var fits = Kind(field) switch
        {
            FieldKind.Text or FieldKind.Enum => value is string,
            FieldKind.Integer or FieldKind.Float => value is long or ulong or double or int or bool,
            FieldKind.Time => value is Instant or DateTimeOffset,
            FieldKind.TraceId => value is byte[] { Length: TraceId.Size },
            FieldKind.SpanId => value is byte[] { Length: SpanId.Size },
            FieldKind.Derived => true,
            _ => false,
        };
        if (!fits)
            throw Invalid($"field '{field.Name}' can't be compared with a {value.GetType().Name}");
    }

    private static string TextCompare(CompareOp op, string text, string part) => op switch
    {
        CompareOp.Contains => $"ifNull(position({text}, {part}) > 0, 0)",
        CompareOp.ContainsIgnoreCase => $"ifNull(position(lower({text}), lower({part})) > 0, 0)",
        CompareOp.StartsWith => $"ifNull(startsWith({text}, {part}), 0)",
        CompareOp.EndsWith => $"ifNull(endsWith({text}, {part}), 0)",
        CompareOp.Matches => $"ifNull(match({text}, {part}), 0)",
        _ => $"hasToken(lower({text}), lower({part}))",
    };

    private string In(InExpr list)
    {
        if (list.Values.Count == 0)
            return "0";
        if (list.Values[0] is long or ulong or double or int && NumberParts(list.Operand) is not null)
            return InNumbers(list);
        var operand = list.Operand is AttributeExpr or UnionExpr ? Operand(list.Operand, new ConstExpr(list.Values[0])) : Value(list.Operand);
        return $"ifNull({operand} IN ({string.Join(", ", list.Values.Select(sql.Bind))}), 0)";
    }

    /// <summary>Whole numbers are looked for among whole ones, and those that a Float64 can be among these.</summary>
    private string InNumbers(InExpr list)
    {
        var (whole, other) = list.Operand switch
        {
            UnionExpr union => (union.Integer, union.Float),
            var attribute => (
                (AttributeExpr)attribute with { Type = AttributeType.Integer },
                (Expr?)((AttributeExpr)attribute with { Type = AttributeType.Float })),
        };
        var wholes = list.Values.Select(ExactNumbers.Whole).OfType<long>().Distinct().Select(value => sql.Bind(value)).ToList();
        var others = list.Values.Select(ExactNumbers.Float).OfType<double>().Distinct().Select(value => sql.Bind(value)).ToList();
        var parts = new List<string>();
        if (whole is not null && wholes.Count > 0)
            parts.Add($"ifNull({Value(whole)} IN ({string.Join(", ", wholes)}), 0)");
        if (other is not null && others.Count > 0)
            parts.Add($"ifNull({Value(other)} IN ({string.Join(", ", others)}), 0)");
        return AnyPart(parts);
    }

    private string InQuery(InQueryExpr query)
    {
        if (query.Query.Select.Count != 1)
            throw Invalid("a query behind IN selects exactly one column");
        var operand = Value(query.Operand);
        var inner = new SqlText(sql);
        SqlBuilder.Write(inner, query.Query, query.Query.Limit);
        return string.Create(CultureInfo.InvariantCulture, $"({operand} IN ({inner}))");
    }

    private string InRows(InRowsExpr rows)
    {
        var inner = new SqlText(sql);
        SqlSources.Write(inner, rows.Other);
        var keys = string.Join(", ", rows.Keys.Select(Value));
        return rows.Keys.Count == 1 ? $"({keys} IN ({inner}))" : $"(tuple({keys}) IN ({inner}))";
    }
}
