using System.Text.Json;
using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Features.Errors;

namespace Weir.Protocols.Rollbar.In;

/// <summary>Writes an item as a row of occurrences.</summary>
internal static class ItemRows
{
    public static void Append(Item item, long receivedAt, ReadOnlySpan<byte> payload, OccurrenceBlock rows)
    {
        rows.Time.Append(item.Time);
        rows.ReceivedAt.Append(receivedAt);
        rows.OccurrenceId.Append(item.OccurrenceId);
        rows.ItemId.Append(ItemIdentity.Of(item.Environment, item.Service, item.Fingerprint));
        rows.Fingerprint.Append(item.Fingerprint);
        rows.Environment.Append(item.Environment);
        rows.Protocol.Append(WireProtocol.Rollbar);
        rows.Service.Append(item.Service);
        rows.Level.Append(item.Level);
        rows.Title.Append(item.Title);
        rows.ExceptionClass.Append(item.ExceptionClass);
        rows.Message.Append(item.Message);
        StackExceptionsJson.Append(item.Exceptions, rows.Exceptions);
        rows.TraceId.Append(item.Link.TraceId);
        rows.SpanId.Append(item.Link.SpanId);
        rows.TraceIdFrom.Append(item.Link.From);
        rows.Method.Append(item.Method);
        rows.Url.Append(item.Url);
        rows.UserIp.Append(item.UserIp);
        rows.Host.Append(item.Host);
        rows.Framework.Append(item.Framework);
        rows.Language.Append(item.Language);
        rows.CodeVersion.Append(item.CodeVersion);
        rows.Notifier.Append(item.Notifier);
        rows.PersonId.Append(item.PersonId);
        CustomAttributes.Write(item.Data, rows.Attributes);
        rows.Payload.Append(WithoutToken(payload));
        rows.EndRow();
    }

    /// <summary>The payload is shown to users who read errors; with the envelope's access token they could write.</summary>
    internal static ReadOnlySpan<byte> WithoutToken(ReadOnlySpan<byte> payload)
    {
        byte[]? copy = null;
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = 512 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return payload;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isToken = reader.ValueTextEquals("access_token"u8);
            if (!reader.Read())
                break;
            if (isToken && reader.TokenType == JsonTokenType.String)
            {
                copy ??= payload.ToArray();
                copy.AsSpan((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length).Fill((byte)'*');
            }
            reader.Skip();
        }
        return copy ?? payload;
    }
}
