namespace Weir.Protocols.XRay.In;

/// <summary>
/// Why a document is not taken, in X-Ray's words: the entry of UnprocessedTraceSegments.
/// </summary>
/// <param name="Id">Id of the outermost entity as sent, null when it has none.</param>
/// <param name="Code">e.g. <c>MissingId</c>.</param>
/// <param name="Message">e.g. <c>Invalid segment. ErrorCode: MissingId</c>.</param>
internal sealed record SegmentReject(string? Id, string Code, string Message)
{
    /// <summary>An explanation in addition to X-Ray's message; null when there is none.</summary>
    public string? Detail { get; init; }

    // The codes and texts below are those clients of the real service report.
    public const string ParseError = "ParseError";
    public const string MissingId = "MissingId";
    public const string InvalidId = "InvalidId";
    public const string MissingName = "MissingName";
    public const string InvalidName = "InvalidName";
    public const string MissingTraceId = "MissingTraceId";
    public const string InvalidTraceId = "InvalidTraceId";
    public const string MissingStartTime = "MissingStartTime";
    public const string InvalidStartTime = "InvalidStartTime";
    public const string MissingEndTime = "MissingEndTime";
    public const string InvalidEndTime = "InvalidEndTime";
    public const string MissingParentId = "MissingParentId";
    public const string InvalidParentId = "InvalidParentId";
    public const string UnknownType = "UnknownType";
    public const string InProgressSegmentHasEndTime = "InProgressSegmentHasEndTime";
    public const string InProgressSubsegmentHasEndTime = "InProgressSubsegmentHasEndTime";
    public const string SegmentTooLarge = "SegmentTooLarge";

    /// <summary>Weir's own code: X-Ray has none for documents that are older than the retention.</summary>
    public const string SegmentExpired = "SegmentExpired";

    public static SegmentReject Segment(string? id, string code) => new(id, code, $"Invalid segment. ErrorCode: {code}");

    public static SegmentReject Subsegment(string? id, string code) => new(id, code, $"Invalid subsegment. ErrorCode: {code}, Cause: null");

    public static SegmentReject Unreadable(string why) => new(null, ParseError, $"Invalid entity. ErrorCode: {ParseError}. {why}");

    public static SegmentReject TooLarge(int bytes, int limit) =>
        new(null, SegmentTooLarge, $"Invalid entity. ErrorCode: {SegmentTooLarge}. The document has {bytes} bytes, the limit is {limit}");

    /// <param name="why">E.g. <c>older than the 30 days that spans are kept</c>.</param>
    public static SegmentReject Expired(string? id, string why) => new(id, SegmentExpired, $"Invalid segment. ErrorCode: {SegmentExpired}. Its start_time is {why}");

    /// <summary>Reason of the drop counters: the code in lower case with dashes.</summary>
    public string Reason => Code switch
    {
        ParseError => "parse-error",
        MissingId => "missing-id",
        InvalidId => "invalid-id",
        MissingName => "missing-name",
        InvalidName => "invalid-name",
        MissingTraceId => "missing-trace-id",
        InvalidTraceId => "invalid-trace-id",
        MissingStartTime => "missing-start-time",
        InvalidStartTime => "invalid-start-time",
        MissingEndTime => "missing-end-time",
        InvalidEndTime => "invalid-end-time",
        MissingParentId => "missing-parent-id",
        InvalidParentId => "invalid-parent-id",
        UnknownType => "unknown-type",
        InProgressSegmentHasEndTime or InProgressSubsegmentHasEndTime => "in-progress-has-end-time",
        SegmentTooLarge => "too-large",
        SegmentExpired => "expired",
        _ => "invalid",
    };
}
