using Weir.Core.Query;

namespace Weir.Protocols.CloudWatchLogs.FilterPattern;

/// <summary>
/// Terms: <c>a b</c> both occur, <c>-a</c> doesn't, <c>?a ?b</c> at least one does. Optional terms beside other terms have
/// no effect, as on AWS.
/// </summary>
internal sealed class TermsPattern(IReadOnlyList<PatternTerm> all, IReadOnlyList<PatternTerm> none, IReadOnlyList<PatternTerm> any) : LogPattern
{
    public override Expr? Prefilter
    {
        get
        {
            var terms = all.Select(Condition).OfType<Expr>().ToList();
            // Only the absence of a text can be a condition: the engine's regular expressions may match where those of the service do not.
            terms.AddRange(none.Where(static t => t.Text is not null).Select(static t => !Contains(t.Text!)));
            if (all.Count == 0 && none.Count == 0 && any.Select(Condition).ToList() is var options && options.TrueForAll(static o => o is not null))
                terms.Add(new OrExpr([.. options.OfType<Expr>()]));
            return terms.Count switch
            {
                0 => null,
                1 => terms[0],
                _ => new AndExpr(terms),
            };
        }
    }

    private static Expr? Condition(PatternTerm term) =>
        term.Text is not null ? Contains(term.Text) : term.Regex!.Re2 is { } re2 ? Finds(re2) : null;

    public override bool Matches(string message, IDictionary<string, string>? extracted)
    {
        if (all.Count == 0 && none.Count == 0)
            return any.Any(t => t.Occurs(message));
        return all.All(t => t.Occurs(message)) && !none.Any(t => t.Occurs(message));
    }
}

/// <summary>A text or a regular expression that occurs anywhere in a line: inside words, too.</summary>
internal sealed record PatternTerm(string? Text, PatternRegex? Regex)
{
    public bool Occurs(string message) => Text is not null ? message.Contains(Text, StringComparison.Ordinal) : Regex!.IsMatch(message);
}

/// <summary>Reads <c>ERROR -"health check" ?a ?b %re%</c>.</summary>
internal sealed class TermsPatternParser(string text)
{
    private readonly PatternCursor _cursor = new(text);

    public LogPattern Parse()
    {
        List<PatternTerm> all = [], none = [], any = [];
        for (_cursor.SkipBlanks(); !_cursor.AtEnd; _cursor.SkipBlanks())
        {
            var into = all;
            if (_cursor.Current is '-' or '?')
            {
                into = _cursor.Current == '-' ? none : any;
                _cursor.Next();
            }
            into.Add(Term());
            if (!_cursor.AtEnd && !char.IsWhiteSpace(_cursor.Current))
                throw _cursor.Error("a blank expected between terms");
        }
        return new TermsPattern(all, none, any);
    }

    private PatternTerm Term()
    {
        if (_cursor.Current == '%')
            return new PatternTerm(null, _cursor.TakeRegex());
        if (_cursor.Current == '"')
            return new PatternTerm(_cursor.TakeQuoted(), null);
        var start = _cursor.At;
        var term = _cursor.TakeWhile(static c => !char.IsWhiteSpace(c));
        if (term.Length == 0)
            throw _cursor.Error("a term expected");
        if (!term.All(static c => char.IsLetterOrDigit(c) || c == '_'))
            throw new PatternException($"Invalid character(s) in term '{term}'", start);
        return new PatternTerm(term, null);
    }
}
