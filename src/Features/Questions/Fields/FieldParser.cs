using System.Globalization;
using Weir.Core.Query.Text;

namespace Weir.Features.Questions.Fields;

/// <summary>
/// Recursive descent over a calculated field. From tight to loose: <c>!</c>, <c>* / %</c>, <c>-</c>, <c>+</c>, <c>&lt; &lt;= > >=</c>,
/// <c>= !=</c>, AND, OR; all of two sides associate to the left.
/// </summary>
internal sealed class FieldParser
{
    /// <summary>Levels a field may nest: far past what anybody writes, within what the engine's own parser takes.</summary>
    private const int MostLevels = 100;

    // From loose to tight.
    private static readonly (string Symbol, FieldFunction Function)[][] Operators =
    [
        [("OR", FieldFunction.Or)],
        [("AND", FieldFunction.And)],
        [("=", FieldFunction.Equals), ("!=", FieldFunction.NotEquals)],
        [("<", FieldFunction.Lt), ("<=", FieldFunction.Lte), (">", FieldFunction.Gt), (">=", FieldFunction.Gte)],
        [("+", FieldFunction.Sum)],
        [("-", FieldFunction.Sub)],
        [("*", FieldFunction.Mul), ("/", FieldFunction.Div), ("%", FieldFunction.Mod)],
    ];

    private readonly FieldLexer _lexer;
    private FieldToken _token;
    private int _level;
    private bool _hasTemporal;

    public FieldParser(string text)
    {
        _lexer = new FieldLexer(text);
        _token = _lexer.Next();
    }

    public FieldNode Parse()
    {
        if (_token.Kind == FieldTokenKind.End)
            throw new ParseException("empty expression", _token.Span.Start);
        var node = Binary(0);
        return _token.Kind == FieldTokenKind.End ? node : throw Unexpected("an operator or the end");
    }

    private FieldNode Binary(int looseness)
    {
        if (looseness == Operators.Length)
            return Prefixed();
        var left = Binary(looseness + 1);
        while (OperatorOf(looseness) is { } function)
        {
            Next();
            var right = Binary(looseness + 1);
            // A chain of these becomes one call, so that a long sum does not become a deep tree.
            left = left is FieldCall chain && chain.Function == function
                && function is FieldFunction.Or or FieldFunction.And or FieldFunction.Sum or FieldFunction.Mul
                ? Call(function, [.. ((FieldCall)left).Arguments, right], left.Span.To(right.Span))
                : Call(function, [left, right], left.Span.To(right.Span));
        }
        return left;
    }

    private FieldFunction? OperatorOf(int looseness)
    {
        if (_token.Kind is not (FieldTokenKind.Symbol or FieldTokenKind.Word))
            return null;
        foreach (var (symbol, function) in Operators[looseness])
        {
            if (_token.Text == symbol)
                return function;
        }
        return null;
    }

    private FieldNode Prefixed()
    {
        if (++_level > MostLevels)
            throw TooDeep(_token.Span.Start);
        FieldNode node;
        if (_token.Is("!"))
        {
            var bang = Next();
            var operand = Prefixed();
            node = Call(FieldFunction.Not, [operand], bang.Span.To(operand.Span));
        }
        else
            node = Primary();
        _level--;
        return node;
    }

    private FieldNode Primary()
    {
        var token = _token;
        switch (token.Kind)
        {
            case FieldTokenKind.Column:
                Next();
                return new ColumnNode(token.Text, token.Span);
            case FieldTokenKind.String:
                Next();
                return new LiteralNode(token.Text, token.Span);
            case FieldTokenKind.Integer or FieldTokenKind.Float:
                Next();
                return Number(token, negative: false, token.Span);
            case FieldTokenKind.Word:
                return Word();
        }
        if (token.Is("("))
        {
            Next();
            var inner = Binary(0);
            var close = Expect(")");
            return inner with { Span = token.Span.To(close.Span) };
        }
        if (token.Is("-"))
        {
            Next();
            if (_token.Kind is not (FieldTokenKind.Integer or FieldTokenKind.Float))
                throw new ParseException("a minus sign stands before a number or between two values; for the negative of a value write 0 - value", token.Span.Start);
            var number = Next();
            return Number(number, negative: true, token.Span.To(number.Span));
        }
        throw Unexpected("a value");
    }

    private static LiteralNode Number(FieldToken token, bool negative, SourceSpan span)
    {
        var digits = negative ? "-" + token.Text : token.Text;
        if (token.Kind == FieldTokenKind.Integer && long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return new LiteralNode(whole, span);
        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? new LiteralNode(number, span)
            : throw new ParseException($"the number {digits} is out of range", span.Start);
    }

    private FieldNode Word()
    {
        var name = Next();
        if (!_token.Is("("))
        {
            return name.Text switch
            {
                "true" => new LiteralNode(true, name.Span),
                "false" => new LiteralNode(false, name.Span),
                "null" => new LiteralNode(null, name.Span),
                _ when FieldFunctions.Find(name.Text) is not null => throw new ParseException($"'(' is missing after {name.Text}", name.Span.End),
                _ => throw new ParseException($"'{name.Text}' is no value; a column is written ${name.Text}, a string \"{name.Text}\"", name.Span.Start),
            };
        }
        var signature = FieldFunctions.Find(name.Text) ?? throw new ParseException($"invalid function: {name.Text}", name.Span.Start);
        if (FieldFunctions.IsTemporal(signature.Function))
        {
            if (_hasTemporal)
                throw new ParseException("timeseries operations cannot be nested", name.Span.Start);
            _hasTemporal = true;
        }
        Next();
        var arguments = new List<FieldNode>();
        while (!_token.Is(")"))
        {
            arguments.Add(Binary(0));
            if (_token.Is(","))
                Next();
            else if (!_token.Is(")"))
                throw Unexpected("',' or ')'");
        }
        var close = Expect(")");
        if (arguments.Count < signature.Least || arguments.Count > signature.Most)
            throw new ParseException($"{name.Text} takes other arguments: {signature.Usage}", name.Span.Start);
        return Call(signature.Function, arguments, name.Span.To(close.Span));
    }

    private static FieldCall Call(FieldFunction function, IReadOnlyList<FieldNode> arguments, SourceSpan span)
    {
        var call = new FieldCall(function, arguments, span);
        if (call.Depth > MostLevels)
            throw TooDeep(span.Start);
        FieldRules.Check(call);
        return call;
    }

    private FieldToken Next()
    {
        var token = _token;
        _token = _lexer.Next();
        return token;
    }

    private FieldToken Expect(string symbol) => _token.Is(symbol) ? Next() : throw Unexpected($"'{symbol}'");

    private ParseException Unexpected(string wanted) => new($"expected {wanted}, found {_token}", _token.Span.Start);

    private static ParseException TooDeep(int position) => new($"the expression nests deeper than {MostLevels} levels", position);
}
