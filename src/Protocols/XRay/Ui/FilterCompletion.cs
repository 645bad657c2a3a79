using System.Text.RegularExpressions;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Protocols.XRay.Filter;
using Weir.Protocols.XRay.Groups;
using Weir.Protocols.XRay.Out;

namespace Weir.Protocols.XRay.Ui;

/// <summary>What may stand at a place in a filter expression: keywords, and the names and values that the data has.</summary>
internal sealed partial class FilterCompletion(ITelemetryReader reader, MatchingTraces traces, GroupStore groups)
{
    private const int Most = 50;
    private const int SampledTraces = 50;
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
            var values = await ValuesAsync(before[..quote].TrimEnd(), range, cancellationToken);
            return Of(quote + 1, position, before[(quote + 1)..], values, position);
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
            .Concat(typed.Length < 2 ? [] : all.Where(s => s.Text.IndexOf(typed, StringComparison.OrdinalIgnoreCase) > 0)).Take(Most)]);

    /// <summary>Where the string begins that the end of the text stands in.</summary>
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
            return await ServicesAsync(range, cancellationToken);
        if (BeforeType().IsMatch(head))
        {
            return
            [
                .. await TopAsync(EntityRows.Origin, EntityRows.IsSegment, range, "type", cancellationToken),
                .. await TopAsync(CallTarget.RowType, EntityRows.IsCall, range, "type", cancellationToken),
            ];
        }
        if (BeforeValue().Match(head) is not { Success: true } comparison)
            return [];
        var keyword = comparison.Groups["keyword"].Value;
        if (keyword.Equals("group.name", StringComparison.OrdinalIgnoreCase))
            return [.. groups.List().Select(group => new UiSuggestion(group.GroupName, "group", group.FilterExpression))];
        if (comparison.Groups["key"] is { Success: true } key)
            return await TopAsync(EntityRows.Text("annotation." + key.Value), new ConstExpr(true), range, "value", cancellationToken);
        Expr? value = FilterKeywords.Find(keyword)?.Keyword switch
        {
            FilterKeyword.HttpMethod => EntityRows.Method,
            FilterKeyword.HttpUrl => EntityRows.Url,
            FilterKeyword.HttpUserAgent => EntityRows.UserAgent,
            FilterKeyword.HttpClientIp => EntityRows.ClientIp,
            FilterKeyword.User => EntityRows.User,
            FilterKeyword.AvailabilityZone => EntityRows.AvailabilityZone,
            FilterKeyword.InstanceId => EntityRows.InstanceId,
            FilterKeyword.ResourceArn => EntityRows.ResourceArn,
            _ => null,
        };
        return value is null ? [] : await TopAsync(value, EntityRows.IsSegment, range, "value", cancellationToken);
    }

    private async Task<IReadOnlyList<UiSuggestion>> ServicesAsync(TimeRange range, CancellationToken cancellationToken)
    {
        var reported = await TopAsync(EntityRows.Service, EntityRows.IsSegment, range, "service", cancellationToken);
        var called = await TopAsync(CallTarget.RowName, EntityRows.IsCall, range, "service", cancellationToken);
        var known = reported.Select(s => s.Text).ToHashSet(StringComparer.Ordinal);
        return [.. reported, .. called.Where(s => !known.Contains(s.Text)).Select(s => s with { Detail = "known by its callers" })];
    }

    /// <summary>The most frequent values, most first.</summary>
    private async Task<IReadOnlyList<UiSuggestion>> TopAsync(Expr value, Expr where, TimeRange range, string kind, CancellationToken cancellationToken)
    {
        var result = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Spans,
                Select = [new Selection("value", value), new Selection("count", EntityRows.Call(Function.Count))],
                Where = where & EntityRows.Compare(CompareOp.NotEqual, value, ""),
                Range = range,
                GroupBy = [value],
                OrderBy = [new Ordering(new FieldExpr("count"), Descending: true)],
                Limit = Most,
            },
            cancellationToken);
        return [.. result.Page(out _).Select(row => new UiSuggestion(row.Text("value"), kind, null))];
    }

    private async Task<IReadOnlyList<UiSuggestion>> AnnotationKeysAsync(TimeRange range, bool bracket, CancellationToken cancellationToken)
    {
        var question = new TraceQuestion(range, TimeRangeType.TraceId, null, "", Environment: null);
        var page = await traces.PageAsync(question, null, SampledTraces, cancellationToken);
        return
        [
            .. page.Traces.SelectMany(t => t.Trace.Entities).SelectMany(e => e.Searchable)
                .GroupBy(a => a.Key, StringComparer.Ordinal).OrderByDescending(g => g.Count())
                .Where(g => bracket || !g.Key.Contains('.', StringComparison.Ordinal))
                .Select(g => new UiSuggestion(g.Key, "annotation", g.First().Value switch { string => "text", double => "number", _ => "true or false" })),
        ];
    }

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
