namespace Cruddur.XRay;

/// <summary>X-Ray's patterns: `*` is any text, `?` any one character, case does not matter. Linear but for backtracking to the last star.</summary>
internal static class Wildcard
{
    public static bool Matches(string pattern, string? text)
    {
        // A field the request does not have fits every rule.
        if (text is null)
            return true;
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || char.ToUpperInvariant(pattern[p]) == char.ToUpperInvariant(text[t])))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }
        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }
}
