using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Weir.Protocols.XRay.Filter;

/// <summary>Cuts a filter expression into tokens: <c>service("api") { fault } AND duration &gt;= 5</c></summary>
internal sealed class FilterLexer(string text)
{
    private int _at;

    public FilterToken Next()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;
        var start = _at;
        if (_at == text.Length)
            return new FilterToken(TokenKind.End, "", start);
        var c = text[_at];
        if (c is '"' or '\'')
            return Quoted(c);
        if (char.IsAsciiDigit(c) || (c is '-' or '+' or '.' && _at + 1 < text.Length && (char.IsAsciiDigit(text[_at + 1]) || text[_at + 1] == '.')))
            return Number();
        if (char.IsLetter(c) || c == '_')
            return Word();
        _at++;
        switch (c)
        {
            case '!' when Take('='):
                return new FilterToken(TokenKind.Comparison, "!=", start);
            case '<' or '>':
                return new FilterToken(TokenKind.Comparison, Take('=') ? c + "=" : c.ToString(), start);
            case '=':
                Take('=');
                return new FilterToken(TokenKind.Comparison, "=", start);
            case '(' or ')' or '{' or '}' or '[' or ']' or ',' or ':' or '!' or '#':
                return new FilterToken(TokenKind.Symbol, c.ToString(), start);
            default:
                throw new FilterSyntaxException($"Invalid input symbol '{c}'", start);
        }
    }

    /// <summary>The text between the bracket that was just read and the next closing one: a key, quoted or bare.</summary>
    public string BracketedKey(int position)
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;
        string key;
        if (_at < text.Length && text[_at] is '"' or '\'')
        {
            key = Quoted(text[_at]).Text;
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
                _at++;
        }
        else
        {
            var end = text.IndexOf(']', _at);
            if (end < 0)
                throw new FilterSyntaxException("the annotation key is not closed with ']'", position);
            key = text[_at..end].Trim();
            _at = end;
        }
        if (_at >= text.Length || text[_at] != ']')
            throw new FilterSyntaxException("the annotation key is not closed with ']'", position);
        _at++;
        return key.Length > 0 ? key : throw new FilterSyntaxException("the annotation key is empty", position);
    }

    /// <summary>The JSON value that starts here.</summary>
    public JsonElement Json(int position)
    {
        var utf8 = Encoding.UTF8.GetBytes(text[_at..]);
        try
        {
            var reader = new Utf8JsonReader(utf8, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = 64 }));
            var whole = reader.Read() && reader.TrySkip();
            if (!whole || reader.TokenType != JsonTokenType.EndArray)
                throw new FilterSyntaxException("'#' needs a JSON array", position);
            var used = (int)reader.BytesConsumed;
            var json = JsonElement.Parse(utf8.AsSpan(0, used));
            _at += Encoding.UTF8.GetCharCount(utf8, 0, used);
            return json;
        }
        catch (JsonException)
        {
            throw new FilterSyntaxException("'#' needs a JSON array", position);
        }
    }

    private FilterToken Quoted(char quote)
    {
        var start = _at++;
        var value = new StringBuilder();
        while (_at < text.Length)
        {
            var c = text[_at++];
            if (c == quote)
                return new FilterToken(TokenKind.String, value.ToString(), start);
            if (c == '\\' && _at < text.Length && (text[_at] is '"' or '\'' or '\\'))
                c = text[_at++];
            value.Append(c);
        }
        throw new FilterSyntaxException("the string is not closed", start);
    }

    private FilterToken Number()
    {
        var start = _at++;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '.' || (text[_at] is '-' or '+' && text[_at - 1] is 'e' or 'E')))
            _at++;
        var digits = text[start.._at];
        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? new FilterToken(TokenKind.Number, digits, start, number)
            : throw new FilterSyntaxException($"'{digits}' is not a number", start);
    }

    private FilterToken Word()
    {
        var start = _at++;
        while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_' or '.' or '-'))
            _at++;
        return new FilterToken(TokenKind.Word, text[start.._at], start);
    }

    private bool Take(char c)
    {
        if (_at >= text.Length || text[_at] != c)
            return false;
        _at++;
        return true;
    }
}

/// <summary>An error in an expression and its position. It is not thrown outside the parser.</summary>
internal sealed class FilterSyntaxException(string message, int position) : Exception(message)
{
    public int Position { get; } = position;
}
