using System.Buffers;
using System.Text;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.In;

/// <summary>What X-Ray demands of the entities of a document, in the order it looks.</summary>
internal static class EntityRules
{
    private const int MaxNameChars = 200;
    private static readonly SearchValues<byte> AsciiName =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \t\r\n\v\f_.:/%&#=+-@"u8);

    /// <summary>A description of the characters that X-Ray accepts in names.</summary>
    public const string NameCharacters = "letters, digits, blanks and _ . : / % & # = + - @";

    private const int MaxTold = 60;

    /// <summary>Checks every entity and fills in its id and times; null when all are valid.</summary>
    /// <param name="now">Nanoseconds since 1970.</param>
    /// <param name="oddName">
    /// Where nobody waits for an answer: takes the place of the refusal of a name with characters that X-Ray does not take, with the first such
    /// name. Null: those are refused as X-Ray refuses them.
    /// </param>
    public static SegmentReject? Check(
        ReadOnlySpan<byte> document, Span<Entity> entities, long now, out TraceId traceId, out SpanId parentId, OddName? oddName = null)
    {
        traceId = default;
        parentId = default;
        if (entities.IsEmpty)
            return SegmentReject.Segment(null, SegmentReject.MissingId);
        ref var top = ref entities[0];
        var subsegment = IsSubsegment(document, top);
        var id = IdText(document, top);
        var code = CheckOne(document, ref top, now, subsegment, ref traceId, outermost: true, oddName)
            ?? CheckParent(document, top, subsegment, ref parentId);
        if (code is not null)
            return (subsegment ? SegmentReject.Subsegment(id, code) : SegmentReject.Segment(id, code)) with { Detail = DetailOf(document, top, code) };
        for (var i = 1; i < entities.Length; i++)
        {
            if (CheckOne(document, ref entities[i], now, subsegment: true, ref traceId, outermost: false, oddName) is { } nested)
                return SegmentReject.Subsegment(id, nested) with { Detail = DetailOf(document, entities[i], nested) };
        }
        return null;
    }

    /// <summary>True for an independent subsegment.</summary>
    public static bool IsSubsegment(ReadOnlySpan<byte> document, in Entity top) =>
        top.TypeToken.IsString(document) && top.TypeToken.Of(document).SequenceEqual("\"subsegment\""u8);

    /// <summary>An explanation of a refusal in addition to X-Ray's message, which does not say which name is invalid.</summary>
    private static string? DetailOf(ReadOnlySpan<byte> document, in Entity entity, string code) => code == SegmentReject.InvalidName
        ? $"the name '{Told(document, entity)}'; X-Ray takes {NameCharacters}"
        : null;

    private static string Told(ReadOnlySpan<byte> document, in Entity entity)
    {
        var text = Encoding.UTF8.GetString(entity.NameToken.Of(document));
        return text.Length > MaxTold ? text[..MaxTold] + "…" : text.Trim('"');
    }

    private static string? CheckOne(
        ReadOnlySpan<byte> document, ref Entity entity, long now, bool subsegment, ref TraceId traceId, bool outermost, OddName? oddName)
    {
        if (IsAbsent(document, entity.IdToken))
            return SegmentReject.MissingId;
        if (!entity.IdToken.IsString(document) || !SpanId.TryParse(entity.IdToken.Of(document)[1..^1], out entity.Id) || entity.Id.IsEmpty)
            return SegmentReject.InvalidId;
        if (IsAbsent(document, entity.NameToken))
            return SegmentReject.MissingName;
        if (!entity.NameToken.IsString(document) || entity.NameToken.Length == 2)
            return SegmentReject.InvalidName;
        if (!IsName(entity.NameToken.Of(document)))
        {
            if (oddName is null)
                return SegmentReject.InvalidName;
            oddName.Text ??= Told(document, entity);
        }
        if (outermost && CheckTraceId(document, entity, ref traceId) is { } code)
            return code;
        if (IsAbsent(document, entity.StartToken))
            return SegmentReject.MissingStartTime;
        if (!JsonTokens.TryEpochSeconds(entity.StartToken.Of(document), now, out entity.Start, out var correctedStart))
            return SegmentReject.InvalidStartTime;
        entity.CorrectedTime = correctedStart;
        if (IsAbsent(document, entity.EndToken))
            return entity.InProgress ? null : SegmentReject.MissingEndTime;
        if (entity.InProgress)
            return subsegment ? SegmentReject.InProgressSubsegmentHasEndTime : SegmentReject.InProgressSegmentHasEndTime;
        return JsonTokens.TryEpochSeconds(entity.EndToken.Of(document), now, out entity.End, out _) ? null : SegmentReject.InvalidEndTime;
    }

    private static string? CheckTraceId(ReadOnlySpan<byte> document, in Entity entity, ref TraceId traceId)
    {
        if (IsAbsent(document, entity.TraceIdToken))
            return SegmentReject.MissingTraceId;
        // Only the 35-character form is an X-Ray trace id; the epoch in it is not checked, as in the service today.
        var valid = entity.TraceIdToken.IsString(document)
            && entity.TraceIdToken.Length == 37
            && TraceId.TryParse(entity.TraceIdToken.Of(document)[1..^1], out traceId)
            && !traceId.IsEmpty;
        return valid ? null : SegmentReject.InvalidTraceId;
    }

    private static string? CheckParent(ReadOnlySpan<byte> document, in Entity top, bool subsegment, ref SpanId parentId)
    {
        var type = top.TypeToken;
        if (!IsAbsent(document, type) && !subsegment && !(type.IsString(document) && type.Of(document).SequenceEqual("\"segment\""u8)))
            return SegmentReject.UnknownType;
        if (IsAbsent(document, top.ParentIdToken))
            return subsegment ? SegmentReject.MissingParentId : null;
        return top.ParentIdToken.IsString(document) && SpanId.TryParse(top.ParentIdToken.Of(document)[1..^1], out parentId)
            ? null
            : SegmentReject.InvalidParentId;
    }

    private static bool IsAbsent(ReadOnlySpan<byte> document, JsonSlice slice) =>
        slice.IsEmpty || slice.Of(document).SequenceEqual("null"u8);

    public static string? IdText(ReadOnlySpan<byte> document, in Entity top) =>
        top.IdToken.IsString(document) && top.IdToken.Length is > 2 and <= 66
            ? Encoding.UTF8.GetString(top.IdToken.Of(document)[1..^1])
            : null;

    /// <summary>Unicode letters, numbers, white space and <c>_ . : / % &amp; # = + - @</c>; not empty.</summary>
    private static bool IsName(ReadOnlySpan<byte> token)
    {
        var text = token[1..^1];
        if (text.IndexOfAnyExcept(AsciiName) < 0)
            return !text.IsEmpty;
        if (text.Length > 16 << 10)
            return false;
        Span<byte> scratch = new byte[token.Length];
        var rest = JsonTokens.Unquote(token, scratch);
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(rest, out var rune, out var used) != OperationStatus.Done)
                return false;
            var good = rune.IsAscii
                ? AsciiName.Contains((byte)rune.Value)
                : Rune.IsLetter(rune) || Rune.IsNumber(rune) || Rune.IsWhiteSpace(rune);
            if (!good)
                return false;
            rest = rest[used..];
        }
        return true;
    }

    /// <summary>Names are truncated to 200 characters, not refused.</summary>
    public static ReadOnlySpan<byte> CutName(ReadOnlySpan<byte> name)
    {
        if (name.Length <= MaxNameChars)
            return name;
        var rest = name;
        for (var i = 0; i < MaxNameChars && !rest.IsEmpty; i++)
        {
            _ = Rune.DecodeFromUtf8(rest, out _, out var used);
            rest = rest[used..];
        }
        return name[..^rest.Length];
    }
}

/// <summary>The first name in a document that X-Ray would refuse the document for.</summary>
internal sealed class OddName
{
    /// <summary>Shortened for display; null when there was none.</summary>
    public string? Text { get; set; }
}
