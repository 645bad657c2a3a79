namespace Weir.Protocols.CloudWatchLogs.FilterPattern;

/// <summary>Reads <c>[ip, user, ..., request=*.html*, status=4* &amp;&amp; status!=404, size &gt; 1000]</c>.</summary>
internal sealed class FieldsPatternParser(string text)
{
    private const int MaxDepth = 50;
    private readonly PatternCursor _cursor = new(text);
    private string? _name;

    public LogPattern Parse()
    {
        _cursor.Expect("[", "at the start");
        var fields = new List<PatternField>();
        _cursor.SkipBlanks();
        if (!_cursor.TryTake("]"))
        {
            do
            {
                var at = _cursor.At;
                var field = Field();
                if (field.IsEllipsis && fields.Exists(static f => f.IsEllipsis))
                    throw new PatternException($"Invalid filter pattern: only one ... is allowed, a second is at character {at + 1}", at);
                fields.Add(field);
                _cursor.SkipBlanks();
            }
            while (_cursor.TryTake(","));
            _cursor.Expect("]", "at the end");
        }
        _cursor.SkipBlanks();
        return _cursor.AtEnd ? new FieldsPattern(fields) : throw _cursor.Error("nothing expected after the closing bracket");
    }

    private PatternField Field()
    {
        _cursor.SkipBlanks();
        if (_cursor.TryTake("..."))
            return new PatternField(null, null, IsEllipsis: true);
        _name = null;
        if (_cursor.Current is ',' or ']' or '\0')
            return new PatternField(null, null);
        if (_cursor.Current != '(')
        {
            _name = Name();
            _cursor.SkipBlanks();
            if (_cursor.Current is ',' or ']' or '\0')
                return new PatternField(_name, null);
        }
        var condition = Or(named: _cursor.Current != '(', 0);
        return new PatternField(_name, condition);
    }

    private FieldCondition Or(bool named, int depth)
    {
        var left = And(named, depth);
        for (_cursor.SkipBlanks(); _cursor.TryTake("||"); _cursor.SkipBlanks())
            left = new FieldOr(left, And(named: false, depth));
        return left;
    }

    private FieldCondition And(bool named, int depth)
    {
        var left = Operand(named, depth);
        for (_cursor.SkipBlanks(); _cursor.TryTake("&&"); _cursor.SkipBlanks())
            left = new FieldAnd(left, Operand(named: false, depth));
        return left;
    }

    /// <param name="named">The field's name was read already.</param>
    private FieldCondition Operand(bool named, int depth)
    {
        _cursor.SkipBlanks();
        if (_cursor.Current == '(')
        {
            if (depth == MaxDepth)
                throw _cursor.Error("too many parentheses inside one another");
            _cursor.Next();
            var inner = Or(named: false, depth + 1);
            _cursor.Expect(")", "to close the parenthesis");
            return inner;
        }
        if (!named)
        {
            var at = _cursor.At;
            var name = Name();
            if (name is not null && _name is not null && name != _name)
                throw new PatternException($"Invalid filter pattern: '{name}' is not the field '{_name}' at character {at + 1}", at);
            _name ??= name;
        }
        return new FieldCompare(PatternValue.Read(_cursor, ",]()&|"));
    }

    private string? Name()
    {
        var name = _cursor.TakeWhile(static c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '$' or '@' or '/');
        if (name.Length == 0 && _cursor.Current is not ('=' or '!' or '<' or '>'))
            throw _cursor.Error("a field name expected");
        return name.Length == 0 ? null : name;
    }
}
