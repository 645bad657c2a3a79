using System.Text;

namespace Weir.Features.Errors;

/// <summary>Removes parts of names and messages that change although the error is the same.</summary>
internal static class FingerprintText
{
    private const int MaxMessage = 2048;

    /// <summary>
    /// A file's path without scheme, host and query, folders of installed packages shortened to the package, hashes and versions removed.
    /// </summary>
    public static string File(string file)
    {
        var path = file.Replace('\\', '/');
        if (path.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme)
        {
            var slash = path.IndexOf('/', scheme + 3);
            path = slash < 0 ? "/" : path[slash..];
        }
        if (path.IndexOfAny(['?', '#']) is > 0 and var query)
            path = path[..query];
        foreach (var folder in (ReadOnlySpan<string>)["site-packages/", "dist-packages/", "node_modules/", "/gems/"])
        {
            if (path.LastIndexOf(folder, StringComparison.Ordinal) is >= 0 and var at)
                path = path[(at + folder.Length)..];
        }
        return Join(BuildHashes.Removed(path), isPath: true);
    }

    /// <summary>A method without parameters, closures' numbers and the words around blocks.</summary>
    public static string Method(string method)
    {
        var text = method.AsSpan().Trim();
        if (text.StartsWith("async ", StringComparison.Ordinal))
            text = text["async ".Length..];
        // Ruby: "block (2 levels) in list", "rescue in list"
        if ((text.StartsWith("block ", StringComparison.Ordinal) || text.StartsWith("rescue ", StringComparison.Ordinal)
                || text.StartsWith("ensure ", StringComparison.Ordinal))
            && text.LastIndexOf(" in ", StringComparison.Ordinal) is > 0 and var block)
            text = text[(block + " in ".Length)..];
        // Parameters come last; "(*Server).Serve" is a Go receiver, "[anonymous]" a whole name.
        if (text.EndsWith(")", StringComparison.Ordinal) && text.IndexOf('(') is > 0 and var open && (open < 2 || text[open - 1] != '.'))
            text = text[..open];
        if (text.IndexOf(" [as ", StringComparison.Ordinal) is > 0 and var alias)
            text = text[..alias];
        var name = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                name.Append(text[i++]);
                continue;
            }
            var end = i;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
                end++;
            // "<List>b__0_1", "list$2", "func1" of Go closures, "anonymous12": numbers assigned by the compiler.
            var given = end - i >= 2 || (i > 0 && text[i - 1] is '_' or '$' or '>' or '`')
                || (i >= 5 && text[..i].EndsWith(".func", StringComparison.Ordinal));
            if (!given)
                name.Append(text[i..end]);
            i = end;
        }
        return name.ToString();
    }

    /// <summary>A message with numbers, ids, addresses, dates and quoted values replaced by <c>*</c>.</summary>
    public static string WithoutValues(string message) => Join(BuildHashes.Removed(StackTraces.CutAt(message, MaxMessage)), isPath: false);

    private static string Join(string text, bool isPath)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (!isPath && c is '\'' or '"' or '`' && Quoted(text, i) is > 0 and var close)
            {
                Star(result);
                i = close + 1;
                continue;
            }
            if (!char.IsAsciiLetterOrDigit(c))
            {
                result.Append(c);
                i++;
                continue;
            }
            if (text.Length - i >= 36 && Guid.TryParseExact(text.AsSpan(i, 36), "D", out _))
            {
                Star(result);
                i += 36;
                continue;
            }
            var end = i;
            while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
                end++;
            Word(result, text.AsSpan(i, end - i), isPath);
            i = end;
        }
        return result.ToString();
    }

    private static void Word(StringBuilder result, ReadOnlySpan<char> word, bool isPath)
    {
        var digits = word.Length - WithoutDigits(word);
        if (digits == 0)
        {
            result.Append(word);
            return;
        }
        if (digits == word.Length ? !isPath || word.Length >= 2 : IsId(word, isPath ? 7 : 4))
        {
            Star(result);
            return;
        }
        for (var i = 0; i < word.Length;)
        {
            var end = i;
            while (end < word.Length && char.IsAsciiDigit(word[end]))
                end++;
            if (end - i >= 2)
                result.Append('*');
            else
                result.Append(word[i..Math.Max(end, i + 1)]);
            i = Math.Max(end, i + 1);
        }
    }

    // Adjacent values are one: 10:20:30, 1.5, 2026-11-20T10:20:30.123Z, 127.0.0.1, 8-4-4-4-12.
    private static void Star(StringBuilder result)
    {
        var end = result.Length;
        while (end > 0 && result[end - 1] is ':' or '.' or '-' or '/' or ',' or '+')
            end--;
        if (end < result.Length && end > 0 && result[end - 1] == '*')
        {
            result.Length = end;
            return;
        }
        // A minus sign is part of the number.
        if (result.Length > 0 && result[^1] == '-' && (result.Length == 1 || result[^2] == ' '))
            result.Length--;
        result.Append('*');
    }

    /// <summary>Hex digits that include a number, 0x…, or a number with a unit or a date's letters (<c>20T10</c>, <c>30s</c>).</summary>
    private static bool IsId(ReadOnlySpan<char> word, int least)
    {
        if (word.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return true;
        var hex = true;
        var dateLike = char.IsAsciiDigit(word[0]);
        var switches = 0;
        for (var i = 0; i < word.Length; i++)
        {
            hex &= char.IsAsciiHexDigit(word[i]);
            if (i > 0 && char.IsAsciiDigit(word[i]) != char.IsAsciiDigit(word[i - 1]))
                switches++;
        }
        return (hex && word.Length >= least) || (dateLike && switches <= 2 && word.Length <= 8) || (word.Length >= 16 && switches >= 4);
    }

    private static int WithoutDigits(ReadOnlySpan<char> word)
    {
        var count = 0;
        foreach (var c in word)
            count += char.IsAsciiDigit(c) ? 0 : 1;
        return count;
    }

    /// <summary>The position of the quote that closes the one at <paramref name="open"/>, or -1: the apostrophe of "can't" opens none.</summary>
    private static int Quoted(string text, int open)
    {
        if (open > 0 && char.IsLetterOrDigit(text[open - 1]))
            return -1;
        var limit = Math.Min(text.Length, open + 400);
        for (var i = open + 1; i < limit; i++)
        {
            if ((text[i] == text[open] || (text[open] == '`' && text[i] == '\'')) && (i + 1 == text.Length || !char.IsLetterOrDigit(text[i + 1])))
                return i;
        }
        return -1;
    }
}
