using Weir.Core.Model;
using Weir.Features.Traces.Filter;
using Weir.Features.Traces.Model;

namespace Weir.Protocols.XRay.Filter;

/// <summary>
/// Parses X-Ray's filter expressions by recursive descent.
/// <code>
/// expr     := and { OR and }
/// and      := unary { [AND] unary }
/// unary    := ('!' | NOT) unary | '(' expr ')' | selector | cause | keyword [ op value ]
/// selector := service [ '(' [ref] ')' ] [ '{' expr '}' ] | edge '(' ref ',' ref ')' [ '{' expr '}' ]
/// ref      := STRING | id '(' (name|type|account.id) ':' STRING {',' …} ')'
/// cause    := rootcause.(fault|error|responsetime).(service|entity|exception) '{' expr '}' | rootcause.json (=|!=) '#' ARRAY
/// </code>
/// </summary>
internal sealed class FilterParser
{
    private const int MaxDepth = 200;
    private readonly FilterLexer _lexer;
    private FilterToken _token;
    private int _depth;

    private FilterParser(string text)
    {
        _lexer = new FilterLexer(text);
        _token = _lexer.Next();
    }

    /// <summary>Null for an empty expression, which every trace matches. The fault has the position of the error.</summary>
    public static FilterExpr? Parse(string? text, out Fault? fault)
    {
        fault = null;
        if (string.IsNullOrWhiteSpace(text))
            return null;
        try
        {
            var parser = new FilterParser(text);
            var expr = parser.Or(FilterScope.Trace);
            if (parser._token.Kind != TokenKind.End)
                throw parser.Unexpected("AND, OR or the end of the expression");
            return expr;
        }
        catch (FilterSyntaxException e)
        {
            fault = new Fault(FaultKind.Invalid, $"Invalid filter expression: {e.Message} at offset {e.Position}", Position: e.Position);
            return null;
        }
    }

    private FilterExpr Or(FilterScope scope)
    {
        var operands = new List<FilterExpr> { And(scope) };
        while (_token.IsWord("or"))
        {
            Advance();
            operands.Add(And(scope));
        }
        return operands.Count == 1 ? operands[0] : new OrFilter(operands);
    }

    private FilterExpr And(FilterScope scope)
    {
        var operands = new List<FilterExpr> { Unary(scope) };
        while (true)
        {
            if (_token.IsWord("and"))
                Advance();
            else if (_token.IsWord("or") || !StartsUnary())
                break;
            operands.Add(Unary(scope));
        }
        return operands.Count == 1 ? operands[0] : new AndFilter(operands);
    }

    // Adjacent terms mean AND: "ok !partial duration < 3".
    private bool StartsUnary() => _token.Kind == TokenKind.Word || _token.Is("!") || _token.Is("(");

    private FilterExpr Unary(FilterScope scope)
    {
        if (++_depth > MaxDepth)
            throw new FilterSyntaxException($"the expression nests deeper than {MaxDepth} levels", _token.Position);
        var expr = Term(scope);
        _depth--;
        return expr;
    }

    private FilterExpr Term(FilterScope scope)
    {
        if (_token.Is("!") || _token.IsWord("not"))
        {
            Advance();
            return new NotFilter(Unary(scope));
        }
        if (_token.Is("("))
        {
            Advance();
            var inner = Or(scope);
            Expect(")");
            return inner;
        }
        if (_token.Kind != TokenKind.Word)
            throw Unexpected("a keyword");
        var word = _token;
        if (word.IsWord("service") || word.IsWord("edge"))
        {
            if (scope != FilterScope.Trace)
                throw new FilterSyntaxException($"{word.Text.ToLowerInvariant()}() can't stand {FilterKeywords.Describe(scope)}", word.Position);
            return word.IsWord("service") ? Service() : Edge();
        }
        return word.Text.StartsWith("rootcause.", StringComparison.OrdinalIgnoreCase) ? Cause(scope) : Predicate(scope);
    }

    private ServiceFilter Service()
    {
        Advance();
        var service = ServiceRef.Any;
        if (_token.Is("("))
        {
            Advance();
            if (!_token.Is(")"))
                service = Ref();
            Expect(")");
        }
        return new ServiceFilter(service, OptionalBody(FilterScope.Service));
    }

    private EdgeFilter Edge()
    {
        Advance();
        Expect("(");
        var from = Ref();
        Expect(",");
        var to = Ref();
        Expect(")");
        return new EdgeFilter(from, to, OptionalBody(FilterScope.Edge));
    }

    private ServiceRef Ref()
    {
        if (_token.Kind == TokenKind.String)
            return new ServiceRef(TakeString(), null, null);
        if (!_token.IsWord("id"))
            throw Unexpected("a service name in quotes or id(…)");
        Advance();
        Expect("(");
        var service = ServiceRef.Any;
        while (true)
        {
            var part = _token;
            Advance();
            Expect(":");
            service = part switch
            {
                _ when part.IsWord("name") => service with { Name = TakeString() },
                _ when part.IsWord("type") => service with { Type = TakeString() },
                _ when part.IsWord("account.id") => service with { AccountId = TakeString() },
                _ => throw new FilterSyntaxException($"id() has name, type and account.id, but not {part}", part.Position),
            };
            if (!_token.Is(","))
                break;
            Advance();
        }
        Expect(")");
        return service;
    }

    private FilterExpr Cause(FilterScope scope)
    {
        var word = _token;
        if (scope != FilterScope.Trace)
            throw new FilterSyntaxException($"{word.Text} can't stand {FilterKeywords.Describe(scope)}", word.Position);
        Advance();
        var parts = word.Text.ToLowerInvariant().Split('.');
        if (parts is [_, "json"])
        {
            if (!_token.Is("=") && !_token.Is("!="))
                throw Unexpected("= or !=");
            var negated = _token.Is("!=");
            Advance();
            if (!_token.Is("#"))
                throw Unexpected("'#' and a JSON array");
            var json = _lexer.Json(_token.Position);
            Advance();
            return new RootCausePathFilter(negated, RootCausePatterns.Read(json));
        }
        CauseKind? kind = parts is [_, var first, _]
            ? first switch { "fault" => CauseKind.Fault, "error" => CauseKind.Error, "responsetime" => CauseKind.ResponseTime, _ => null }
            : null;
        CauseLevel? level = parts is [_, _, var second]
            ? second switch { "service" => CauseLevel.Service, "entity" => CauseLevel.Entity, "exception" => CauseLevel.Exception, _ => null }
            : null;
        if (kind is null || level is null)
            throw new FilterSyntaxException($"Invalid input symbol '{word.Text}'", word.Position);
        var body = level switch
        {
            CauseLevel.Service => kind == CauseKind.ResponseTime ? FilterScope.SlowService : FilterScope.CauseService,
            CauseLevel.Entity => kind == CauseKind.ResponseTime ? FilterScope.SlowEntity : FilterScope.CauseEntity,
            _ => FilterScope.CauseException,
        };
        if (!_token.Is("{"))
            throw Unexpected("'{'");
        return new RootCauseFilter(kind.Value, level.Value, OptionalBody(body)!);
    }

    private FilterExpr? OptionalBody(FilterScope scope)
    {
        if (!_token.Is("{"))
            return null;
        Advance();
        var body = Or(scope);
        Expect("}");
        return body;
    }

    private PredicateFilter Predicate(FilterScope scope)
    {
        var word = _token;
        var (info, key) = Keyword(word, scope);
        if ((info.Scopes & scope) == FilterScope.None)
            throw new FilterSyntaxException($"'{word.Text}' can't stand {FilterKeywords.Describe(scope)}", word.Position);
        var op = Operator();
        if (op == FilterOperator.Present)
        {
            if (info.Kind == KeywordKind.Number)
                throw Unexpected($"a comparison after '{word.Text}'");
            return new PredicateFilter(info.Keyword, key, FilterOperator.Present, null);
        }
        return new PredicateFilter(info.Keyword, key, op, Value(info, op, word));
    }

    private (KeywordInfo Info, string? Key) Keyword(FilterToken word, FilterScope scope)
    {
        const string Annotation = "annotation";
        var text = word.Text;
        if (scope == FilterScope.Edge && (text.StartsWith("source.", StringComparison.OrdinalIgnoreCase) || text.StartsWith("destination.", StringComparison.OrdinalIgnoreCase)))
            text = text[(text.IndexOf('.', StringComparison.Ordinal) + 1)..];
        if (text.Equals(Annotation, StringComparison.OrdinalIgnoreCase))
        {
            Advance();
            if (!_token.Is("["))
                throw new FilterSyntaxException("annotation needs a key: annotation.key or annotation[key]", word.Position);
            var bracketed = _lexer.BracketedKey(_token.Position);
            Advance();
            return (FilterKeywords.Annotation, bracketed);
        }
        Advance();
        if (text.StartsWith(Annotation + ".", StringComparison.OrdinalIgnoreCase))
        {
            var key = text[(Annotation.Length + 1)..];
            if (key.Length == 0 || key.Contains('.', StringComparison.Ordinal))
                throw new FilterSyntaxException("annotation keys with dots need brackets: annotation[a.b]", word.Position);
            return (FilterKeywords.Annotation, key);
        }
        return (FilterKeywords.Find(text) ?? throw new FilterSyntaxException($"Invalid input symbol '{word.Text}'", word.Position), null);
    }

    private FilterOperator Operator()
    {
        FilterOperator? op = _token.Kind switch
        {
            TokenKind.Comparison => _token.Text switch
            {
                "=" => FilterOperator.Equal,
                "!=" => FilterOperator.NotEqual,
                "<" => FilterOperator.Less,
                "<=" => FilterOperator.LessOrEqual,
                ">" => FilterOperator.Greater,
                _ => FilterOperator.GreaterOrEqual,
            },
            TokenKind.Word when _token.IsWord("contains") => FilterOperator.Contains,
            TokenKind.Word when _token.IsWord("beginswith") => FilterOperator.BeginsWith,
            TokenKind.Word when _token.IsWord("endswith") => FilterOperator.EndsWith,
            _ => null,
        };
        if (op is null)
            return FilterOperator.Present;
        Advance();
        return op.Value;
    }

    private object Value(KeywordInfo info, FilterOperator op, FilterToken word)
    {
        var token = _token;
        object value = token.Kind switch
        {
            TokenKind.String => token.Text,
            TokenKind.Number => token.Number,
            TokenKind.Word when token.IsWord("true") => true,
            TokenKind.Word when token.IsWord("false") => false,
            // One of AWS's own examples has a string without quotes.
            TokenKind.Word when info.Kind is KeywordKind.Text or KeywordKind.Any => token.Text,
            _ => throw Unexpected("a value"),
        };
        Advance();
        var text = op is FilterOperator.Contains or FilterOperator.BeginsWith or FilterOperator.EndsWith;
        var ordered = op is not (FilterOperator.Equal or FilterOperator.NotEqual) && !text;
        switch (info.Kind)
        {
            case KeywordKind.Bool when value is string s && bool.TryParse(s, out var flag) && !text && !ordered:
                return flag;
            case KeywordKind.Bool when value is bool && !text && !ordered:
            case KeywordKind.Number when value is double && !text:
            case KeywordKind.Text when value is string && !ordered:
            case KeywordKind.Any when text ? value is string : !ordered || value is double:
                return value;
            case KeywordKind.Bool:
                throw new FilterSyntaxException($"'{word.Text}' takes = or != and true or false", token.Position);
            case KeywordKind.Number:
                throw new FilterSyntaxException($"'{word.Text}' takes a comparison with a number", token.Position);
            case KeywordKind.Text:
                throw new FilterSyntaxException($"'{word.Text}' takes =, !=, CONTAINS, BEGINSWITH or ENDSWITH and a string in quotes", token.Position);
            default:
                throw new FilterSyntaxException("this operator does not fit the value", token.Position);
        }
    }

    private string TakeString()
    {
        if (_token.Kind != TokenKind.String)
            throw Unexpected("a string in quotes");
        var text = _token.Text;
        Advance();
        return text;
    }

    private void Expect(string symbol)
    {
        if (!_token.Is(symbol))
            throw Unexpected($"'{symbol}'");
        Advance();
    }

    private void Advance() => _token = _lexer.Next();

    private FilterSyntaxException Unexpected(string wanted) => new($"Invalid input symbol: found {_token}, where {wanted} was expected,", _token.Position);
}
