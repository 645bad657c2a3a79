namespace Weir.Features.Requests.Facts;

/// <summary>
/// The route of a framework, which describes many paths: <c>/users/&lt;int:id&gt;</c> (Flask), <c>/users/{id}</c> (ASP.NET, Spring, FastAPI),
/// <c>/users/:id</c> (Express, Rails), <c>/files/*</c>. A parameter stands for part of one segment; <c>&lt;path:x&gt;</c>, <c>{x:path}</c>,
/// <c>{*x}</c> and <c>*x</c> for several.
/// </summary>
public static class RouteTemplate
{
    private const char One = '\uE000';
    private const char Many = '\uE001';
    private const int Longest = 1_024;

    public static bool HasParameters(string route) => route.AsSpan().ContainsAny("<{*") || route.Contains("/:", StringComparison.Ordinal);

    /// <param name="path">By <see cref="RequestPath"/>.</param>
    public static bool Matches(string route, string path)
    {
        if (!HasParameters(route))
            return string.Equals(RequestPath.Of(route), path, StringComparison.Ordinal);
        return Matches(Pattern(route).AsSpan(), path.AsSpan());
    }

    /// <summary>The route with one character for each parameter.</summary>
    private static string Pattern(string route)
    {
        var pattern = new System.Text.StringBuilder(route.Length);
        for (var i = 0; i < route.Length; i++)
        {
            switch (route[i])
            {
                case '<' or '{':
                    var end = Close(route, i);
                    if (end < 0)
                        goto default;
                    var inside = route.AsSpan(i + 1, end - i - 1);
                    pattern.Append(
                        inside.StartsWith("path:", StringComparison.Ordinal) || inside.EndsWith(":path", StringComparison.Ordinal) || inside.StartsWith('*')
                        || inside.Contains(".*", StringComparison.Ordinal) || inside.Contains(".+", StringComparison.Ordinal) ? Many : One);
                    i = end;
                    break;
                case ':' when i > 0 && route[i - 1] == '/':
                    pattern.Append(One);
                    i = WordEnd(route, i + 1) - 1;
                    break;
                case '*':
                    pattern.Append(Many);
                    i = WordEnd(route, i + 1) - 1;
                    break;
                default:
                    pattern.Append(route[i]);
                    break;
            }
        }
        return RequestPath.Of(pattern.ToString());
    }

    // A regular expression in a parameter may hold braces of its own.
    private static int Close(string route, int open)
    {
        var (from, to) = route[open] == '<' ? ('<', '>') : ('{', '}');
        var depth = 0;
        for (var i = open; i < route.Length; i++)
        {
            if (route[i] == from)
                depth++;
            else if (route[i] == to && --depth == 0)
                return i;
        }
        return -1;
    }

    private static int WordEnd(string route, int i)
    {
        while (i < route.Length && (char.IsLetterOrDigit(route[i]) || route[i] is '_' or '*'))
            i++;
        return i;
    }

    /// <summary>Whole path against whole pattern, both bounded, in the product of their lengths.</summary>
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path)
    {
        if (pattern.Length > Longest || path.Length > Longest)
            return false;
        // reached[i]: the pattern up to here matches the first i characters of the path.
        Span<bool> reached = stackalloc bool[path.Length + 1];
        reached[0] = true;
        for (var p = 0; p < pattern.Length; p++)
        {
            var c = pattern[p];
            if (c is One or Many)
            {
                // One stands for at least one character of a segment, Many for any number of any.
                var open = false;
                for (var i = 0; i <= path.Length; i++)
                {
                    var before = reached[i];
                    if (c is One)
                    {
                        reached[i] = open && path[i - 1] != '/';
                        open = before || reached[i];
                    }
                    else
                        reached[i] = open |= before;
                }
            }
            else if (c == '/' && p + 2 == pattern.Length && pattern[p + 1] is Many && reached[path.Length])
                return true;
            else
            {
                for (var i = path.Length; i > 0; i--)
                    reached[i] = reached[i - 1] && path[i - 1] == c;
                reached[0] = false;
            }
        }
        return reached[path.Length];
    }
}
