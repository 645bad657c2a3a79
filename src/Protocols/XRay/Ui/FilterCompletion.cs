using System.Text.RegularExpressions;
using Weir.Core.Query;
using Weir.Features.Traces.Analytics;
using Weir.Features.Traces.Filter;
using Weir.Features.Traces.Groups;
using Weir.Protocols.XRay.Filter;

namespace Weir.Protocols.XRay.Ui;

/// <summary>Suggestions for a position in a filter expression: keywords, and the names and values that the data has.</summary>
internal sealed partial class FilterCompletion(SpanValues values, TraceGroupStore groups)
{
    private static readonly string[] Comparisons = ["=", "!=", "<", "<=", ">", ">="];
    private static readonly string[] TextOperators = ["=", "!=", "CONTAINS", "BEGINSWITH", "ENDSWITH"];

    private static readonly UiSuggestion[] Words =
    [
        .. FilterKeywords.Words.Select(k => new UiSuggestion(k.Word, "keyword", Detail(k.Info))),
        new("annotation.", "keyword", "a value your code recorded"),
        new("service(\"", "keyword", "a service the trace touches; { } asks for more of it"),
        new("edge(\"", "keyword", "a call from one service to another"),
        .. from kind in (string[])["fault", "error", "responsetime"]
           from level in kind == "responsetime" ? (string[])["service", "entity"] : ["service", "entity", "exception"]
           select new UiSuggestion($"rootcause.{kind}.{level} {{ ", "keyword", "why it failed or was slow"),
    ];

    /// <param name="position">Of the cursor, 0-based.</param>
    public async Task<UiCompletion> OfAsync(string text, int position, TimeRange range, CancellationToken cancellationToken)
    {
        var before = text[..position];
        if (OpenQuote(before) is { } quote)
        {
            var suggestions = await ValuesAsync(before[..quote].TrimEnd(), range, cancellationToken);
            return Of(quote + 1, position, before[(quote + 1)..], suggestions, position);
        }
        var word = LastWord().Match(before).Value;
        var from = position - word.Length;
        if (AnnotationKey().Match(before) is { Success: true } key)
            return Of(key.Groups["key"].Index, position, key.Groups["key"].Value, await AnnotationKeysAsync(range, bracket: key.Groups["bracket"].Success, cancellationToken), position);
        var previous = LastWord().Match(before[..from].TrimEnd()).Value;
        if (FilterKeywords.Find(previous) is { } keyword && from > 0 && char.IsWhiteSpace(before[from - 1]))
            return Of(from, position, word, [.. Operators(keyword.Kind), .. Joiners(), .. Words], position);
        return Of(from, position, word, before[..from].TrimEnd() is [.., '"' or ')' or '}' or (>= '0' and <= '9')] ? [.. Joiners(), .. Words] : Words, position);
    }

    private static UiCompletion Of(int from, int to, string typed, IEnumerable<UiSuggestion> all, int position) => new(
        from, Math.Max(to, position),
        [.. all.Where(s => s.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Concat(typed.Length < 2 ? [] : all.Where(s => s.Text.IndexOf(typed, StringComparison.OrdinalIgnoreCase) > 0)).Take(SpanValues.Most)]);

    /// <summary>The start of the string literal that is open at the end of the text.</summary>
    private static int? OpenQuote(string text)
    {
        int? open = null;
        for (var i = 0; i < text.Length; i++)
        {
            if (open is { } start)
            {
                if (text[i] == '\\')
                    i++;
                else if (text[i] == text[start])
                    open = null;
            }
            else if (text[i] is '"' or '\'')
            {
                open = i;
            }
        }
        return open;
    }

    private async Task<IReadOnlyList<UiSuggestion>> ValuesAsync(string head, TimeRange range, CancellationToken cancellationToken)
    {
        if (ServiceName().IsMatch(head))
            return [.. (await values.ServicesAsync(range, cancellationToken)).Select(s => new UiSuggestion(s.Name, "service", s.Reported ? null : "known by its callers"))];
        if (BeforeType().IsMatch(head))
            return Suggestions("type", await values.TypesAsync(range, cancellationToken));
        if (BeforeValue().Match(head) is not { Success: true } comparison)
            return [];
        var keyword = comparison.Groups["keyword"].Value;
        if (keyword.Equals("group.name", StringComparison.OrdinalIgnoreCase))
            return [.. groups.List().Select(group => new UiSuggestion(group.GroupName, "group", group.FilterExpression))];
        if (comparison.Groups["key"] is { Success: true } key)
            return Suggestions("value", await values.OfAnnotationAsync(key.Value, range, cancellationToken));
        return FilterKeywords.Find(keyword) is { } known ? Suggestions("value", await values.OfAsync(known.Keyword, range, cancellationToken)) : [];
    }

    private static IReadOnlyList<UiSuggestion> Suggestions(string kind, IEnumerable<string> texts) => [.. texts.Select(text => new UiSuggestion(text, kind, null))];

    private async Task<IReadOnlyList<UiSuggestion>> AnnotationKeysAsync(TimeRange range, bool bracket, CancellationToken cancellationToken) =>
    [
        .. (await values.AnnotationsAsync(range, cancellationToken)).Where(a => bracket || !a.Key.Contains('.', StringComparison.Ordinal))
            .Select(a => new UiSuggestion(a.Key, "annotation", a.Example switch { string => "text", double => "number", _ => "true or false" })),
    ];

    private static IEnumerable<UiSuggestion> Operators(KeywordKind kind) => (kind switch
    {
        KeywordKind.Number => Comparisons,
        KeywordKind.Text => TextOperators,
        KeywordKind.Bool => ["= true", "= false"],
        _ => [.. Comparisons, "CONTAINS", "BEGINSWITH", "ENDSWITH"],
    }).Select(text => new UiSuggestion(text, "operator", null));

    private static UiSuggestion[] Joiners() => [new("AND", "operator", null), new("OR", "operator", null)];

    private static string Detail(KeywordInfo info) => info.Kind switch
    {
        KeywordKind.Bool => "true or false",
        KeywordKind.Number => info.Keyword is FilterKeyword.ResponseTime or FilterKeyword.Duration ? "seconds" : "number",
        _ => "text",
    };

    [GeneratedRegex(@"[\w.\-]*$", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex LastWord();

    [GeneratedRegex(@"\bannotation(\.(?<key>\w*)|(?<bracket>\[)\s*(?<key>[^\]""]*))$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex AnnotationKey();

    [GeneratedRegex(@"(\b(service|edge)\s*\(|\bedge\s*\(\s*""[^""]*""\s*,|\bname\s*(:|!?=|contains|beginswith|endswith))$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex ServiceName();

    [GeneratedRegex(@"\btype\s*(:|!?=|contains|beginswith|endswith)$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex BeforeType();

    [GeneratedRegex(@"(?<keyword>annotation(\.(?<key>\w+)|\[\s*(?<key>[^\]]+)\])|[\w.]+)\s*(!?=|contains|beginswith|endswith)$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex BeforeValue();
}
