using System.Globalization;
using System.Text;
using Weir.Store.Engine;

namespace Weir.Store.Read;

/// <summary>
/// Parses a type as ClickHouse writes it in a result's header, such as
/// <c>Map(LowCardinality(String), Array(Nullable(DateTime64(9, 'UTC'))))</c> or <c>Enum8('a' = 1, 'b' = -2)</c>.
/// </summary>
internal ref struct TypeParser
{
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<char> _text;
    private int _at;
    private int _depth;

    private TypeParser(ReadOnlySpan<char> text) => _text = text;

    internal static ValueType Parse(ReadOnlySpan<char> text)
    {
        var parser = new TypeParser(text);
        var type = parser.Type();
        parser.Spaces();
        if (parser._at != text.Length)
            throw parser.Unknown();
        return type;
    }

    private ValueType Type()
    {
        if (++_depth > MaxDepth)
            throw Unknown();
        Spaces();
        var name = Word();
        var type = name switch
        {
            "Nullable" => new ValueType(ValueKind.Nullable, Items: Arguments(1)),
            "LowCardinality" => Arguments(1)[0],
            "Array" => new ValueType(ValueKind.Array, Items: Arguments(1)),
            "Map" => new ValueType(ValueKind.Map, Items: Arguments(2)),
            "Tuple" => TupleType(),
            "Enum8" => new ValueType(ValueKind.Enum8, Members: EnumMembers()),
            "Enum16" => new ValueType(ValueKind.Enum16, Members: EnumMembers()),
            "FixedString" => new ValueType(ValueKind.FixedString, Number(1, 1 << 24)),
            "DateTime64" => new ValueType(ValueKind.DateTime64, Number(0, 9)),
            "SimpleAggregateFunction" => Aggregate(),
            _ when ValueType.TryGetPlain(name, out var kind) => Plain(kind),
            _ => throw Unknown(),
        };
        _depth--;
        return type;
    }

    // DateTime('UTC'), JSON(max_dynamic_paths = 16, a.b UInt32), Dynamic(max_types = 8): the arguments do not change the layout.
    private ValueType Plain(ValueKind kind)
    {
        SkipArguments();
        return new ValueType(kind);
    }

    private ValueType Aggregate()
    {
        Expect('(');
        Word();
        SkipArguments();
        Expect(',');
        var type = Type();
        Expect(')');
        return type;
    }

    private List<ValueType> Arguments(int count)
    {
        var items = new List<ValueType>(count);
        Expect('(');
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
                Expect(',');
            items.Add(Type());
        }

        Expect(')');
        return items;
    }

    // Tuple(UInt8, String) or Tuple(a UInt8, `b c` String)
    private ValueType TupleType()
    {
        var items = new List<ValueType>();
        var names = new List<string>();
        Expect('(');
        do
        {
            Spaces();
            if (Peek() == '`')
            {
                names.Add(Quoted('`'));
            }
            else
            {
                var start = _at;
                var word = Word().ToString();
                // A name is followed by a space and a type; a type by its arguments, a comma or the end.
                if (Peek() == ' ' && _at + 1 < _text.Length && (char.IsAsciiLetter(_text[_at + 1]) || _text[_at + 1] == '`'))
                    names.Add(word);
                else
                    _at = start;
            }

            items.Add(Type());
            Spaces();
        }
        while (Take(','));
        Expect(')');
        return new ValueType(ValueKind.Tuple, Items: items, Names: names.Count == items.Count ? names : null);
    }

    private Dictionary<int, string> EnumMembers()
    {
        var members = new Dictionary<int, string>();
        Expect('(');
        do
        {
            Spaces();
            var name = Quoted('\'');
            Expect('=');
            Spaces();
            members[Integer()] = name;
            Spaces();
        }
        while (Take(','));
        Expect(')');
        return members;
    }

    private int Number(int from, int to)
    {
        Expect('(');
        var number = Integer();
        if (number < from || number > to)
            throw Unknown();
        if (Take(','))
        {
            Spaces();
            Quoted('\'');
        }

        Expect(')');
        return number;
    }

    private int Integer()
    {
        var start = _at;
        Take('-');
        while (char.IsAsciiDigit(Peek()))
            _at++;
        return int.TryParse(_text[start.._at], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw Unknown();
    }

    private ReadOnlySpan<char> Word()
    {
        var start = _at;
        while (char.IsAsciiLetterOrDigit(Peek()) || Peek() == '_')
            _at++;
        return _at > start ? _text[start.._at] : throw Unknown();
    }

    private string Quoted(char quote)
    {
        if (!Take(quote))
            throw Unknown();
        var value = new StringBuilder();
        while (_at < _text.Length && _text[_at] != quote)
        {
            if (_text[_at] == '\\' && _at + 1 < _text.Length)
                _at++;
            value.Append(_text[_at++]);
        }

        return Take(quote) ? value.ToString() : throw Unknown();
    }

    private void SkipArguments()
    {
        if (Peek() != '(')
            return;
        var open = 0;
        do
        {
            if (_at >= _text.Length)
                throw Unknown();
            switch (_text[_at])
            {
                case '\'' or '`':
                    Quoted(_text[_at]);
                    continue;
                case '(':
                    open++;
                    break;
                case ')':
                    open--;
                    break;
            }

            _at++;
        }
        while (open > 0);
    }

    private readonly char Peek() => _at < _text.Length ? _text[_at] : '\0';

    private bool Take(char c)
    {
        if (Peek() != c || _at >= _text.Length)
            return false;
        _at++;
        return true;
    }

    private void Expect(char c)
    {
        Spaces();
        if (!Take(c))
            throw Unknown();
    }

    private void Spaces()
    {
        while (Peek() == ' ')
            _at++;
    }

    private readonly EngineException Unknown() =>
        new(EngineFault.MalformedResult, $"the type {(_text.Length > 200 ? _text[..200] : _text)} is not supported (position {_at})");
}
