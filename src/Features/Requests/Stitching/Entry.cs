using Weir.Features.Requests.Facts;

namespace Weir.Features.Requests.Stitching;

/// <summary>Which part of a request an entry is.</summary>
public enum EntryKind
{
    /// <summary>The whole of it: a server span or a segment.</summary>
    Span,

    /// <summary>A log line, which names its request or does not.</summary>
    Line,

    /// <summary>An error's report without a trace id. Its time is when it came in.</summary>
    Report,
}

/// <summary>One recording of a request, or of something that happened during one.</summary>
/// <param name="Id">Unique within its kind; two entries with one id are one entry.</param>
/// <param name="Recorder">Who recorded it: protocol and service, log group, or reporter. Each pair of recorders has its own offsets.</param>
/// <param name="Facts">What it says about the request; for a line or report possibly nothing.</param>
/// <param name="StartNs">Since 1970. The time of a line or report.</param>
/// <param name="EndNs">Equal to the start for a line or report.</param>
/// <param name="ResolutionNs">The true time is up to this much later.</param>
public sealed record Entry(EntryKind Kind, string Id, string Recorder, RequestFacts Facts, long StartNs, long EndNs, long ResolutionNs = 1)
{
    /// <summary>The template of all access lines: their facts tell them apart.</summary>
    public const string AccessTemplate = "access";

    /// <summary>A log line without a trace id.</summary>
    /// <param name="recorder">Its log group, or the service.</param>
    /// <param name="access">What an access line says; null for another line.</param>
    /// <param name="timeNs">A time of whole milliseconds or microseconds was cut to them.</param>
    public static Entry OfLine(string id, string recorder, string stream, string body, RequestFacts? access, long timeNs)
    {
        var failed = access is null ? LineText.FailedRequest(body) : null;
        var facts = failed is { } one ? RequestFacts.Of(one.Method, one.Target, null, AddressSet.None) : access;
        var resolution = timeNs % 1_000_000 == 0 ? 1_000_000 : timeNs % 1_000 == 0 ? 1_000 : 1;
        return new Entry(EntryKind.Line, id, recorder, facts ?? RequestFacts.Partly(null, null, null, AddressSet.None), timeNs, timeNs, resolution)
        {
            Stream = stream,
            Template = access is not null ? AccessTemplate : failed is not null ? "failed" : LineText.Template(body),
            Exceptions = failed?.Exception is { } exception ? [exception] : [],
        };
    }

    /// <summary>An error's report without a trace id.</summary>
    /// <param name="title">What it says, when it is no exception.</param>
    /// <param name="receivedNs">When it came in.</param>
    public static Entry OfReport(string id, string recorder, RequestFacts facts, ExceptionIdentity? exception, string title, long receivedNs) =>
        new(EntryKind.Report, id, recorder, facts, receivedNs, receivedNs)
        {
            Template = exception is null ? LineText.Template(title) : $"{exception.Class}: {exception.Message}",
            Exceptions = exception is null ? [] : [exception],
        };

    /// <summary>Spans with one trace id need no match between each other.</summary>
    public string TraceId { get; init; } = "";

    /// <summary>Spans of one protocol are never matched with each other: what belongs together has one trace id there.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>Of a line: where in its recorder it was written. What one process writes stands in one stream.</summary>
    public string Stream { get; init; } = "";

    /// <summary>Exceptions that it recorded.</summary>
    public IReadOnlyList<ExceptionIdentity> Exceptions { get; init; } = [];

    /// <summary>For a line or report: what makes it one of many alike, such as the text without ids.</summary>
    public string Template { get; init; } = "";

    /// <summary>Whether it names its request, by a path, a route or an exception.</summary>
    internal bool IsNamed => Facts.Path.Length > 0 || Facts.Route is not null || Exceptions.Count > 0;

    /// <summary>The path without ids.</summary>
    internal string PathTemplate { get; } = LineText.Template(Facts.Path);

    /// <summary>Requests of one kind are recorded alike: a route may have a sampling rule of its own.</summary>
    internal string Block { get; } = $"{Facts.Method} {LineText.Template(Facts.Path)} {Facts.Status / 100}";

    /// <summary>The middle of where its true time may lie.</summary>
    internal long TimeNs => StartNs + (ResolutionNs / 2);
}
