using System.Text;
using Weir.Core.Query.Text;

namespace Weir.Features.Questions.Fields;

/// <summary>
/// Cuts a calculated field into tokens. In a bare column name <c>- + = / : ?</c> are letters: <c>$a-1</c> is one column, <c>$a - 1</c>
/// a subtraction.
/// </summary>
internal sealed class FieldLexer(string text)
{
    private readonly TextCursor _cursor = new(text);

    public FieldToken Next()
    {
        _cursor.SkipWhiteSpace();
        var start = _cursor.At;
        if (_cursor.IsAtEnd)
            return new FieldToken(FieldTokenKind.End, "", new SourceSpan(start, 0));
        var c = _cursor.Current;
        if (c == '$')
            return Column();
        if (c == '"')
            return Quoted(start);
        if (c == '`')
            return Raw(start);
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(_cursor.Following)))
            return Number();
        if (char.IsAsciiLetter(c))
        {
            _cursor.SkipWhile(static n => char.IsAsciiLetterOrDigit(n) || n == '_');
            return Token(FieldTokenKind.Word, start);
        }
        _cursor.Read();
        switch (c)
        {
            case '!' or '<' or '>':
                _cursor.Take('=');
                return Token(FieldTokenKind.Symbol, start);
            case '(' or ')' or ',' or '*' or '/' or '%' or '-' or '+' or '=':
                return Token(FieldTokenKind.Symbol, start);
            default:
                throw new ParseException($"unexpected character '{c}'", start);
        }
    }

    private FieldToken Token(FieldTokenKind kind, int start) => new(kind, _cursor.From(start), _cursor.SpanFrom(start));

    private FieldToken Column()
    {
        var start = _cursor.At;
        _cursor.Read();
        var token = _cursor.Current switch
        {
            '"' => Quoted(start),
            '`' => Raw(start),
            _ => Name(start),
        };
        return token.Text.Length > 0
            ? token with { Kind = FieldTokenKind.Column }
            : throw new ParseException("a column name is missing after '$'", start);
    }

    private FieldToken Name(int start)
    {
        _cursor.SkipWhile(static c => char.IsLetter(c) || char.IsDigit(c) || char.IsSurrogate(c) || "_./:=+?-".Contains(c, StringComparison.Ordinal));
        return new FieldToken(FieldTokenKind.Column, _cursor.From(start + 1), _cursor.SpanFrom(start));
    }

    private FieldToken Raw(int start)
    {
        _cursor.Read();
        var from = _cursor.At;
        _cursor.SkipWhile(static c => c != '`');
        var value = _cursor.From(from);
        return _cursor.Take('`')
            ? new FieldToken(FieldTokenKind.String, value, _cursor.SpanFrom(start))
            : throw new ParseException("the string is not closed with '`'", start);
    }

    private FieldToken Number()
    {
        var start = _cursor.At;
        var kind = FieldTokenKind.Integer;
        _cursor.SkipWhile(char.IsAsciiDigit);
        if (_cursor.Current == '.' && char.IsAsciiDigit(_cursor.Following))
        {
            kind = FieldTokenKind.Float;
            _cursor.Read();
            _cursor.SkipWhile(char.IsAsciiDigit);
        }
        if (_cursor.Current is 'e' or 'E')
        {
            kind = FieldTokenKind.Float;
            _cursor.Read();
            if (!_cursor.Take('+'))
                _cursor.Take('-');
            if (!char.IsAsciiDigit(_cursor.Current))
                throw new ParseException($"'{_cursor.From(start)}' is not a number", start);
            _cursor.SkipWhile(char.IsAsciiDigit);
        }
        if (char.IsAsciiLetter(_cursor.Current) || _cursor.Current is '_' or '.')
            throw new ParseException($"'{_cursor.From(start)}{_cursor.Current}' is not a number", start);
        return Token(kind, start);
    }

    private FieldToken Quoted(int start)
    {
        _cursor.Read();
        var value = new StringBuilder();
        // Octal and hexadecimal escapes are bytes, so the text is put together as UTF-8.
        var bytes = new List<byte>();
        while (!_cursor.IsAtEnd)
        {
            var at = _cursor.At;
            var c = _cursor.Read();
            if (c == '\\' && Escape(at) is { } escaped)
            {
                if (escaped is { IsByte: true })
                {
                    bytes.Add((byte)escaped.Value);
                    continue;
                }
                Flush(value, bytes);
                value.Append(char.ConvertFromUtf32(escaped.Value));
                continue;
            }
            Flush(value, bytes);
            if (c == '"')
                return new FieldToken(FieldTokenKind.String, value.ToString(), _cursor.SpanFrom(start));
            value.Append(c);
        }
        throw new ParseException("the string is not closed with '\"'", start);
    }

    private static void Flush(StringBuilder value, List<byte> bytes)
    {
        if (bytes.Count == 0)
            return;
        value.Append(Encoding.UTF8.GetString([.. bytes]));
        bytes.Clear();
    }

    private (int Value, bool IsByte)? Escape(int at)
    {
        var c = _cursor.IsAtEnd ? '\0' : _cursor.Current;
        if (c is >= '0' and <= '7')
            return _cursor.Digits(3, 8) is { } octal and < 256 ? (octal, true) : throw Unknown(at);
        if (_cursor.IsAtEnd)
            throw Unknown(at);
        _cursor.Read();
        var plain = c switch
        {
            'a' => '\a',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            '\\' or '\'' or '"' => c,
            _ => '\0',
        };
        if (plain != '\0')
            return (plain, false);
        return c switch
        {
            'x' when _cursor.Digits(2, 16) is { } value => (value, true),
            'u' when _cursor.Digits(4, 16) is { } value && Rune.IsValid(value) => (value, false),
            'U' when _cursor.Digits(8, 16) is { } value && Rune.IsValid(value) => (value, false),
            _ => throw Unknown(at),
        };
    }

    private static ParseException Unknown(int at) => new("unknown escape in the string; a backslash itself is written \\\\, or quote the text with backticks", at);
}
