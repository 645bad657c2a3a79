namespace Weir.Features.Errors;

/// <summary>Splits <c>Class: message</c>, the first line of most stack traces.</summary>
internal static class ExceptionHeader
{
    private static readonly string[] Prefixes = ["PHP Fatal error:  ", "Fatal error: ", "Unhandled exception. ", "Unhandled Exception: ", "Uncaught ", "(in promise) "];

    /// <summary>The class is empty when the text does not begin with one; then the whole text is the message.</summary>
    public static (string Class, string? Message) Split(string text)
    {
        text = text.Trim();
        foreach (var prefix in Prefixes)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
                text = text[prefix.Length..].TrimStart();
        }
        const string Thread = "Exception in thread \"";
        if (text.StartsWith(Thread, StringComparison.Ordinal) && text.IndexOf("\" ", Thread.Length, StringComparison.Ordinal) is > 0 and var quote)
            text = text[(quote + 2)..];
        var end = 0;
        while (end < text.Length && IsClassCharacter(text, end))
            end++;
        if (end == 0 || end > 200 || char.IsAsciiDigit(text[0]))
            return ("", text.Length == 0 ? null : text);
        var name = text[..end].TrimEnd(':');
        if (name.Length == 0)
            return ("", text);
        if (end == text.Length)
            return LooksLikeClass(name) ? (name, name.Length < end ? "" : null) : ("", text);
        if (text[end] is ':')
            return (name, text[(end + 1)..].Trim());
        // .NET puts the HRESULT between them: System.Net.Sockets.SocketException (111): Connection refused
        if (text[end] is ' ' && end + 1 < text.Length && text[end + 1] is '(' && text.IndexOf("): ", end, StringComparison.Ordinal) is > 0 and var code
            && code - end < 24)
            return (name, text[(code + 3)..].Trim());
        if (text[end] is '\n' or '\r' && LooksLikeClass(name))
            return (name, text[end..].Trim());
        return ("", text);
    }

    // Ruby and PHP names contain "::" and "\", so a colon is part of the name only when it is doubled.
    private static bool IsClassCharacter(string text, int at) => text[at] switch
    {
        '.' or '_' or '$' or '\\' or '+' or '`' or '/' or '*' => true,
        ':' => (at + 1 < text.Length && text[at + 1] == ':') || (at > 0 && text[at - 1] == ':'),
        var c => char.IsLetterOrDigit(c),
    };

    private static bool LooksLikeClass(string name) =>
        char.IsUpper(name[0]) || (name.Contains('.', StringComparison.Ordinal) && char.IsLetter(name[0]) && name[^1] != '.');
}

/// <summary>Small parsers shared by the formats.</summary>
internal static class TraceText
{
    /// <summary>Splits <c>file:line:column</c> or <c>file:line</c>; false when there is no number at the end.</summary>
    public static bool TryLocation(ReadOnlySpan<char> text, out string file, out int line, out int? column)
    {
        file = "";
        line = 0;
        column = null;
        if (!TryLastNumber(text, out var before, out var last))
            return false;
        if (TryLastNumber(before, out var path, out var first) && path.Length > 0)
        {
            file = path.ToString();
            line = first;
            column = last;
            return true;
        }
        file = before.ToString();
        line = last;
        return file.Length > 0;
    }

    /// <summary>Splits <c>…:number</c>.</summary>
    public static bool TryLastNumber(ReadOnlySpan<char> text, out ReadOnlySpan<char> before, out int number)
    {
        before = default;
        number = 0;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || colon == text.Length - 1 || !TryNumber(text[(colon + 1)..], out number))
            return false;
        before = text[..colon];
        return true;
    }

    public static bool TryNumber(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        return text.Length is > 0 and <= 10 && char.IsAsciiDigit(text[0])
            && int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out number);
    }

    public static int Indent(string line)
    {
        var at = 0;
        while (at < line.Length && line[at] is ' ' or '\t')
            at++;
        return at;
    }
}
