using Weir.Core.Query;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Api.In;

/// <summary>
/// A search text as a condition on a text column. Every word must be present as a whole word (using the text index); text
/// with punctuation or in quotes must also be present literally, in either letter case.
/// <c>timeout "GET /users" id-7</c>: the words timeout, GET, users, id and 7, the text <c>GET /users</c> and the text <c>id-7</c>.
/// </summary>
internal static class TextSearch
{
    private const int MostTerms = 20;

    /// <summary>Null when the text has nothing to look for.</summary>
    public static Expr? Words(string field, string text)
    {
        var conditions = new List<Expr>();
        foreach (var term in BoundedTerms(text))
        {
            var words = WordsOf(term);
            conditions.AddRange(words.Select(word => Core.Query.Terms.Compare(CompareOp.HasToken, field, word)));
            if (words.Count != 1 || words[0].Length != term.Length)
                conditions.Add(Core.Query.Terms.Compare(CompareOp.ContainsIgnoreCase, field, term));
        }
        return Core.Query.Terms.All(conditions);
    }

    /// <summary>The same, but a word may also be part of a longer one. No index serves this. Null when there is nothing to look for.</summary>
    public static Expr? Parts(string field, string text) =>
        Core.Query.Terms.All([.. BoundedTerms(text).Select(term => Core.Query.Terms.Compare(CompareOp.ContainsIgnoreCase, field, term))]);

    private static List<string> BoundedTerms(string text)
    {
        var terms = Terms(text);
        return terms.Count <= MostTerms
            ? terms
            : throw new Core.Model.FaultException(ApiFaults.Invalid("text: more than 20 words; put a phrase in quotes or use fewer words"));
    }

    /// <summary>Parts between blanks; a part in double quotes keeps its blanks. A quote that is not closed ends with the text.</summary>
    internal static List<string> Terms(string text)
    {
        var terms = new List<string>();
        var at = 0;
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            int end, next;
            if (text[at] == '"')
            {
                at++;
                end = text.IndexOf('"', at);
                end = end < 0 ? text.Length : end;
                next = end + 1;
            }
            else
            {
                end = at;
                while (end < text.Length && !char.IsWhiteSpace(text[end]))
                    end++;
                next = end;
            }
            if (text.AsSpan(at, end - at).Trim() is { IsEmpty: false } term)
                terms.Add(term.ToString());
            at = next;
        }
        return terms;
    }

    /// <summary>Splits words like the text index: everything except ASCII letters, digits and non-ASCII characters is a separator.</summary>
    internal static List<string> WordsOf(string term)
    {
        var words = new List<string>();
        var start = -1;
        for (var i = 0; i <= term.Length; i++)
        {
            var inside = i < term.Length && (char.IsAsciiLetterOrDigit(term[i]) || !char.IsAscii(term[i]));
            if (inside && start < 0)
                start = i;
            if (!inside && start >= 0)
            {
                words.Add(term[start..i]);
                start = -1;
            }
        }
        return words;
    }
}
