using System.Text;

namespace Weir.Features.Errors;

/// <summary>
/// Finds the content hashes that bundlers write into the names of scripts and style sheets, which are other ones in each build: <c>Settings-DbQ2xY9p.js</c>,
/// <c>Settings-Zz_9-kLm.js</c> (Vite, Rollup: 8 characters of base64url), <c>chunk-XQ3TYGTV.js</c> (esbuild: base32). Hexadecimal ones are ids in any text.
/// </summary>
internal static class BuildHashes
{
    private const int Length = 8;

    /// <summary>Case changes that a name in camel case of this length does not have.</summary>
    private const int LeastChanges = 4;

    private static readonly string[] Extensions = [".js", ".mjs", ".cjs", ".css", ".wasm"];

    /// <summary>Parts of a name that may be between the hash and the extension.</summary>
    private static readonly string[] Kinds = [".chunk", ".bundle", ".min"];

    /// <summary>The text with <c>*</c> in place of each hash; the same instance when there is none.</summary>
    public static string Removed(string text)
    {
        StringBuilder? result = null;
        var copied = 0;
        for (var dot = text.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = text.IndexOf('.', dot + 1))
        {
            if (!IsExtension(text, dot))
                continue;
            var end = dot;
            foreach (var kind in Kinds)
            {
                if (text.AsSpan(0, end).EndsWith(kind, StringComparison.Ordinal))
                    end -= kind.Length;
            }
            var start = end - Length;
            if (start <= copied || text[start - 1] is not ('-' or '.') || !IsHash(text.AsSpan(start, Length)))
                continue;
            result ??= new StringBuilder(text.Length);
            result.Append(text, copied, start - copied).Append('*');
            copied = end;
        }
        return result is null ? text : result.Append(text, copied, text.Length - copied).ToString();
    }

    private static bool IsExtension(string text, int dot)
    {
        foreach (var extension in Extensions)
        {
            var end = dot + extension.Length;
            if (string.CompareOrdinal(text, dot, extension, 0, extension.Length) == 0 && (end == text.Length || !char.IsAsciiLetterOrDigit(text[end])))
                return true;
        }
        return false;
    }

    private static bool IsHash(ReadOnlySpan<char> word)
    {
        var (digits, upper, changes) = (0, 0, 0);
        for (var i = 0; i < word.Length; i++)
        {
            var c = word[i];
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
            digits += char.IsAsciiDigit(c) ? 1 : 0;
            upper += char.IsAsciiLetterUpper(c) ? 1 : 0;
            changes += i > 0 && char.IsAsciiLetterUpper(c) != char.IsAsciiLetterUpper(word[i - 1]) ? 1 : 0;
        }
        // A version or a year at the end of a name ("report-2024", "vendor2") changes case at most once.
        return upper == word.Length || (digits > 0 && changes > 1) || changes >= LeastChanges;
    }
}
