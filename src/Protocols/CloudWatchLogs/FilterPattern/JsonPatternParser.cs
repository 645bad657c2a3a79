using System.Globalization;
using System.Text.Json;

namespace Weir.Protocols.CloudWatchLogs.FilterPattern;

/// <summary>
/// Reads <c>{ ($.a = 1 || $.b.c != "x*") &amp;&amp; $.d[0] IS TRUE &amp;&amp; $.e NOT EXISTS }</c>; <c>&amp;&amp;</c> binds tighter than <c>||</c>.
/// </summary>
internal sealed class JsonPatternParser(string text)
{
    private const int MaxDepth = 50;
    private const int MaxWildcards = 3;

    private readonly PatternCursor _cursor = new(text);
    private readonly List<JsonSelector> _selectors = [];
    private int _wildcards;

    public LogPattern Parse()
    {
        _cursor.Expect("{", "at the start");
        var root = Or(0);
        _cursor.Expect("}", "at the end");
        _cursor.SkipBlanks();
        return _cursor.AtEnd ? new JsonPattern(root, _selectors) : throw _cursor.Error("nothing expected after the closing brace");
    }

    private JsonCondition Or(int depth)
    {
        var operands = new List<JsonCondition> { And(depth) };
        for (_cursor.SkipBlanks(); _cursor.TryTake("||"); _cursor.SkipBlanks())
            operands.Add(And(depth));
        return operands.Count == 1 ? operands[0] : new JsonOr(operands);
    }

    private JsonCondition And(int depth)
    {
        var operands = new List<JsonCondition> { Operand(depth) };
        for (_cursor.SkipBlanks(); _cursor.TryTake("&&"); _cursor.SkipBlanks())
            operands.Add(Operand(depth));
        return operands.Count == 1 ? operands[0] : new JsonAnd(operands);
    }

    private JsonCondition Operand(int depth)
    {
        _cursor.SkipBlanks();
        if (_cursor.Current == '(')
        {
            if (depth == MaxDepth)
                throw _cursor.Error("too many parentheses inside one another");
            _cursor.Next();
            var inner = Or(depth + 1);
            _cursor.Expect(")", "to close the parenthesis");
            return inner;
        }
        var selector = Selector();
        if (_cursor.TryTakeWord("IS"))
        {
            if (_cursor.TryTakeWord("NULL"))
                return new JsonIs(selector, JsonValueKind.Null);
            if (_cursor.TryTakeWord("TRUE"))
                return new JsonIs(selector, JsonValueKind.True);
            if (_cursor.TryTakeWord("FALSE"))
                return new JsonIs(selector, JsonValueKind.False);
            throw _cursor.Error("NULL, TRUE or FALSE expected after IS");
        }
        if (_cursor.TryTakeWord("NOT"))
            return _cursor.TryTakeWord("EXISTS") ? new JsonNotExists(selector) : throw _cursor.Error("EXISTS expected after NOT");
        return new JsonCompare(selector, PatternValue.Read(_cursor, "()&|}"));
    }

    private JsonSelector Selector()
    {
        _cursor.SkipBlanks();
        var start = _cursor.At;
        if (!_cursor.TryTake("$"))
            throw _cursor.Error("a selector starting with $ expected");
        var steps = new List<JsonStep>();
        while (_cursor.Current is '.' or '[')
            steps.Add(_cursor.Current == '.' ? Member() : Bracket());
        var selector = new JsonSelector(text[start.._cursor.At], steps);
        _selectors.Add(selector);
        return selector;
    }

    private JsonStep Member()
    {
        _cursor.Next();
        if (_cursor.TryTake("*"))
            return Wildcard();
        if (_cursor.Current == '[')
            return Bracket();
        var name = _cursor.TakeWhile(static c => char.IsLetterOrDigit(c) || c is '-' or '_' or '@');
        return name.Length > 0 ? new JsonStep(name, 0, false) : throw _cursor.Error("a property name expected after the dot");
    }

    private JsonStep Bracket()
    {
        _cursor.Next();
        JsonStep step;
        if (_cursor.TryTake("*"))
        {
            step = Wildcard();
        }
        else if (_cursor.Current is '\'' or '"')
        {
            var quote = _cursor.Current;
            _cursor.Next();
            step = new JsonStep(_cursor.TakeWhile(c => c != quote), 0, false);
            _cursor.Expect(quote.ToString(), "to close the property name");
        }
        else
        {
            var digits = _cursor.TakeWhile(char.IsAsciiDigit);
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                throw _cursor.Error("an index, * or a quoted name expected in brackets");
            step = new JsonStep(null, index, false);
        }
        _cursor.Expect("]", "to close the bracket");
        return step;
    }

    private JsonStep Wildcard() =>
        ++_wildcards <= MaxWildcards ? new JsonStep(null, 0, true) : throw _cursor.Error($"at most {MaxWildcards} wildcards are allowed");
}
