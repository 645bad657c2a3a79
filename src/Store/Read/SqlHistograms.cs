using System.Globalization;
using Weir.Core.Query;

namespace Weir.Store.Read;

/// <summary>
/// Writes <see cref="HistogramParts"/>: data points with the one before it in its series beside each, and what was counted between the two as an array of parts.
/// The text of a data point's <c>detail</c> is the OTLP room's. The engine's analysis of an expression costs as much as all that stands below it, so
/// there is one level of rows, and names inside it are arguments of lambdas, which are analysed once, where an alias is as often as it is used.
/// </summary>
internal static class SqlHistograms
{
    /// <summary>Parts that the values of one bucket are spread over at most.</summary>
    private const int MostParts = 16;

    /// <summary>Where the numbers of exponential buckets begin: the bucket of number i is i further from zero, negative ones on the other side.</summary>
    private const string Origin = "2305843009213693952";

    private const string Detail =
        "Tuple(scale Int64, zeroCount Int64, counts Array(Int64), bounds Array(Float64), positive Tuple(offset Int64, counts Array(Int64)), negative Tuple(offset Int64, counts Array(Int64)), noMinMax Bool, noSum Bool)";

    public const string Condition = "type IN ('histogram', 'exponential_histogram') AND position(detail, '\"noRecordedValue\"') = 0";

    /// <summary>What stands before the table's name; between this and <see cref="After"/> are its joins and conditions.</summary>
    /// <remarks>
    /// The kind of a data point: 0 is its difference to the one before it, 1 a count of its own, 2 of unknown length. A series whose bounds change without
    /// a new start is of unknown length too.
    /// </remarks>
    public static string Before(long sinceNs) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        (SELECT *, JSONExtract(detail, '{Detail}') AS h_d, h_d.7 OR NOT isFinite(min + max) AS h_open,
          lagInFrame((1, start_time, count, sum, h_d)) OVER ({SqlRowFunctions.Series} ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS h_b,
          multiIf(temporality != 'cumulative', 1, h_b.1 = 0, if(toUnixTimestamp64Nano(start_time) >= {sinceNs}, 1, 2),
            start_time > h_b.2 OR count < h_b.3, 1, h_d.4 != h_b.5.4, 2, 0) AS h_kind
        FROM 
        """);

    public static void AddColumns(Dictionary<string, string> columns)
    {
        columns[HistogramParts.Part.Name] = "h_part.1";
        columns[HistogramParts.Value.Name] = "h_part.2";
        columns[HistogramParts.Weight.Name] = "h_part.3";
    }

    public static string After(IReadOnlySet<HistogramPart> wanted)
    {
        var facts = Facts(wanted);
        var ofBuckets = OfBuckets(wanted);
        var parts = (facts, ofBuckets) switch
        {
            (null, null) => throw SqlExpressions.Invalid("a histogram is read for one of its parts at least"),
            ({ } only, null) => only,
            (null, { } only) => Buckets(only),
            _ => $"arrayConcat({facts}, {Buckets(ofBuckets)})",
        };
        return $") ARRAY JOIN if(h_kind < 2, arrayFilter(h_x -> isFinite(h_x.2), {With("h_count, h_sum", parts, Count, Sum)}[1]), []) AS h_part";
    }

    private const string Count = "toInt64(count) - if(h_kind = 0, toInt64(h_b.3), 0)";
    private const string Sum = "sum - if(h_kind = 0, h_b.4, 0)";

    /// <summary>An array of one: the body, in which the names stand for the values.</summary>
    private static string With(string names, string body, params IEnumerable<string> values) => $"arrayMap(({names}) -> {body}, {string.Join(", ", values.Select(v => $"[{v}]"))})";

    private static string? Facts(IReadOnlySet<HistogramPart> wanted)
    {
        var lists = new List<string>();
        if (wanted.Contains(HistogramPart.Count))
            lists.Add($"[({Kind(HistogramPart.Count)}, toFloat64(h_count), toUInt64(1))]");
        if (wanted.Contains(HistogramPart.Sum))
            lists.Add($"if(h_count > 0 AND NOT h_d.8, [({Kind(HistogramPart.Sum)}, h_sum, toUInt64(1))], [])");
        if (wanted.Contains(HistogramPart.Mean))
            lists.Add($"if(h_count > 0 AND NOT h_d.8, [({Kind(HistogramPart.Mean)}, h_sum / h_count, toUInt64(h_count))], [])");
        return Concatenated(lists);
    }

    /// <summary>Of one bucket: from, to and how many.</summary>
    private static string? OfBuckets(IReadOnlySet<HistogramPart> wanted)
    {
        var lists = new List<string>();
        if (wanted.Contains(HistogramPart.Values))
            lists.Add(Values);
        if (wanted.Contains(HistogramPart.Least))
            lists.Add(End(HistogramPart.Least, "min", "h_from"));
        if (wanted.Contains(HistogramPart.Greatest))
            lists.Add(End(HistogramPart.Greatest, "max", "h_to"));
        return Concatenated(lists);
    }

    private static string? Concatenated(List<string> lists) => lists.Count switch
    {
        0 => null,
        1 => lists[0],
        _ => $"arrayConcat({string.Join(", ", lists)})",
    };

    // The least of all buckets' beginnings is the least value; that of all data points is the question's.
    private static string End(HistogramPart part, string sent, string edge) =>
        $"if(h_n > 0, [({Kind(part)}, if(h_kind = 1 AND NOT h_open, {sent}, {edge}), toUInt64(1))], [])";

    // Buckets of exponential histograms grow by a factor, so their values do as well.
    private static readonly string Values = $"""
        arrayMap(h_j -> ({Kind(HistogramPart.Values)},
          if(type = 'exponential_histogram' AND h_to / h_from BETWEEN 1e-300 AND 1e300, h_from * pow(h_to / h_from, (h_j + 0.5) / {Pieces}),
            h_from * (1 - (h_j + 0.5) / {Pieces}) + h_to * (h_j + 0.5) / {Pieces}),
          toUInt64(intDiv(h_n, {Pieces}) + (h_j < h_n % {Pieces}))), range(toUInt64(greatest({Pieces}, 0))))
        """;

    private static string Pieces => string.Create(CultureInfo.InvariantCulture, $"least(h_n, {MostParts})");

    private static string Kind(HistogramPart part) => string.Create(CultureInfo.InvariantCulture, $"toUInt8({(int)part})");

    private static string Buckets(string ofBucket)
    {
        var edges = $"arrayFlatten(arrayMap((h_from, h_to, h_n) -> {ofBucket}, arrayMap(h_i -> {Edge("h_i")}, h_m.1), arrayMap(h_i -> {Edge("h_i + 1")}, h_m.1), h_m.2))";
        var merged = With("h_m, h_edges", edges, $"arrayReduce('sumMap', [arrayPushBack({Numbers}, 1)], [arrayPushBack({Counts}, if(type = 'histogram' AND empty(h_d.3), h_count, 0))])", Edges);
        return $"{With("h_scale", $"{merged}[1]", "if(h_kind = 0, least(h_d.1, h_b.5.1), h_d.1)")}[1]";
    }

    /// <summary>
    /// Numbers of the buckets of both data points, at the coarser scale: 0 has zeros, explicit buckets begin with 1, and exponential ones lie
    /// around <see cref="Origin"/> so that a greater number is a greater value.
    /// </summary>
    private const string Numbers = $"""
        arrayFlatten(arrayMap(h_x -> arrayConcat([0], arrayEnumerate(h_x.3),
          arrayMap(h_i -> {Origin} + bitShiftRight(h_x.5.1 + h_i - 1, least(greatest(h_x.1 - h_scale, 0), 62)), arrayEnumerate(h_x.5.2)),
          arrayMap(h_i -> -{Origin} - 1 - bitShiftRight(h_x.6.1 + h_i - 1, least(greatest(h_x.1 - h_scale, 0), 62)), arrayEnumerate(h_x.6.2))), [h_d, h_b.5]))
        """;

    private const string Counts = "arrayFlatten(arrayMap((h_x, h_w) -> arrayMap(h_i -> h_i * h_w, arrayConcat([h_x.2], h_x.3, h_x.5.2, h_x.6.2)), [h_d, h_b.5], [1, -(h_kind = 0)]))";

    /// <summary>
    /// Of explicit buckets. One without an end has the least or greatest value that was sent for one. Else the first begins at 0, or is as narrow as it can be
    /// where it ends below, and the last is all at its beginning; a histogram of one bucket has its mean.
    /// </summary>
    private const string Edges = """
        if(h_open, if(empty(h_d.4), arrayMap(h_i -> if(h_d.8, nan, h_sum / h_count), [1, 2]), arrayConcat([least(h_d.4[1], 0)], h_d.4, [h_d.4[-1]])), arrayConcat([-inf], h_d.4, [inf]))
        """;

    private static string Edge(string number) => $"""
        least(greatest(if(type = 'exponential_histogram', sign({number}) * exp2((abs({number}) - {Origin}) * exp2(-h_scale)), h_edges[{number}]),
          if(h_open, -1.7976931348623157e308, min)), if(h_open, 1.7976931348623157e308, max))
        """;
}
