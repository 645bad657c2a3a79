using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Filter;
using Weir.Features.Traces.Groups;
using Weir.Features.Traces.Search;
using Weir.Protocols.Aws;
using Weir.Protocols.XRay.Filter;

namespace Weir.Protocols.XRay.Ui;

/// <summary>What every question of the UI has: <c>start</c>, <c>end</c>, <c>filter</c>, <c>group</c>. Throws <see cref="FaultException"/>.</summary>
internal sealed class ReadingQuery(IQueryCollection query, DateTimeOffset now)
{
    private static readonly DateTimeOffset Latest = new(2262, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string? Text(string name) => query[name] is [{ Length: > 0 } text] ? text : null;

    public double? Number(string name) => Text(name) is not { } text
        ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number >= 0
            ? number
            : throw Invalid($"{name}: '{Short(text)}' is not a number of zero or more");

    /// <summary>ISO 8601, or seconds since 1970; the last hour where they are missing.</summary>
    public TimeRange Range()
    {
        var end = Time("end") ?? now;
        var start = Time("start") ?? end.AddHours(-1);
        return start < end ? new TimeRange(start, end) : throw Invalid("start must be before end");
    }

    /// <summary>The expression; of a group, the traces that it took as they came.</summary>
    public TraceQuestion Question(TraceGroupStore groups, string account)
    {
        var filter = FilterParser.Parse(Text("filter"), out var fault);
        if (fault is not null)
            throw new FaultException(fault);
        if (Text("group") is { } group && group != TraceGroup.DefaultName)
        {
            FilterExpr inGroup = groups.MembersOf(groups.Find(group) ?? throw Invalid($"There is no group {Short(group)}"));
            filter = filter is null ? inGroup : new AndFilter([inGroup, filter]);
        }
        return new TraceQuestion(Range(), TimeRangeType.TraceId, filter, account, Environment: null);
    }

    private DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && AwsRequest.ToTime(seconds) is { } time)
            return time;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed)
            && parsed >= DateTimeOffset.UnixEpoch && parsed <= Latest
            ? parsed
            : throw Invalid($"{name}: '{Short(text)}' is not a time such as 2026-03-01T12:00:00Z, or seconds since 1970");
    }

    public static FaultException Invalid(string message) => new(new Fault(FaultKind.Invalid, message));

    private static string Short(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
