using System.Globalization;
using System.Text;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Api.In;

/// <summary>The possible meanings of a search text. Several can be set: 32 hex digits are a trace id or an occurrence's.</summary>
/// <param name="Text">Trimmed.</param>
/// <param name="OccurrenceId">32 lower-case hex digits, as stored.</param>
/// <param name="Counter">The small number of an item, written <c>#12</c>.</param>
/// <param name="ClientText">UTF-8 of a text that may be an id of a Honeycomb client: one word; null for several words.</param>
internal sealed record SearchTerm(
    string Text, TraceId? TraceId, SpanId? SpanId, string? OccurrenceId, ulong? ItemId, long? Counter, byte[]? ClientText = null)
{
    private const int Longest = 500;

    public bool IsId => TraceId is not null || SpanId is not null || OccurrenceId is not null || ItemId is not null || Counter is not null;

    public static SearchTerm Read(string text)
    {
        text = text.Trim().Trim('"', '\'', ',', ';', '<', '>').Trim();
        if (text.Length > Longest)
            throw new FaultException(ApiFaults.Invalid("q: longer than 500 characters; enter an id, a name or a few words"));
        var id = Unwrap(text);
        TraceId? traceId = Core.Model.TraceId.TryParse(id, out var trace) && !trace.IsEmpty ? trace : null;
        SpanId? spanId = Core.Model.SpanId.TryParse(id, out var span) && !span.IsEmpty ? span : null;
        var occurrence = Guid.TryParseExact(id, "D", out var uuid) || Guid.TryParseExact(id, "N", out uuid)
            ? uuid.ToString("n")
            : null;
        ulong? itemId = ItemIdentity.TryParse(id, out var item) ? item : null;
        long? counter = text.Length > 1 && text[0] == '#'
            && long.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
        var clientText = counter is null && text.Length > 0 && !text.Any(char.IsWhiteSpace) ? Encoding.UTF8.GetBytes(text) : null;
        return new SearchTerm(text, traceId, spanId, occurrence, itemId, counter, clientText);
    }

    /// <summary>
    /// The id inside a header: <c>Root=1-5759e988-bd862e3fe1be46a994272793;Parent=…</c> of X-Ray, or
    /// <c>00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01</c> of W3C.
    /// </summary>
    private static string Unwrap(string text)
    {
        const string Root = "Root=";
        var root = text.IndexOf(Root, StringComparison.OrdinalIgnoreCase);
        if (root >= 0)
        {
            var end = text.IndexOf(';', root);
            return text[(root + Root.Length)..(end < 0 ? text.Length : end)].Trim();
        }
        return text is { Length: 55 } && text[2] == '-' && text[35] == '-' && text[52] == '-' ? text[3..35] : text;
    }
}
