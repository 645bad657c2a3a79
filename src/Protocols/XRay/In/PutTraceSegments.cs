using System.Text.Json;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Aws;

namespace Weir.Protocols.XRay.In;

/// <summary>
/// <c>POST /TraceSegments</c>: documents as strings in a list. Answers after the good ones are on disk; the others are listed with
/// X-Ray's codes.
/// </summary>
internal sealed class PutTraceSegments(
    XRayOptions options, OwnerCache owners, SeenSegments seen, IngestCounters counters, IngestBatchPool batches, ITelemetrySink sink,
    RetentionWindow retention, TimeProvider time)
{
    public async ValueTask<AwsReply> InvokeAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        var documents = new DocumentBatch();
        if (ReadDocuments(request.Body.Span, documents, out var count) is { } malformed)
            return Refuse(malformed, 1);
        if (count > options.MaxDocumentsPerRequest)
            return Refuse(XRayFaults.Invalid($"Exceeding maximum segment count: {options.MaxDocumentsPerRequest}"), count);
        if (documents.Count == 0)
            return XRayFaults.Invalid("Segments can not be empty");
        var rejects = new List<SegmentReject>();
        var rows = batches.Rent(WireProtocol.XRay);
        var intake = new SegmentIntake(options, owners, counters, seen, retention);
        try
        {
            intake.Decode([documents], datagrams: false, rows, request.Caller.Environment, time.UnixNanoseconds(), (_, reject) => rejects.Add(reject));
        }
        catch
        {
            rows.Dispose();
            throw;
        }
        var taken = intake.TakenKeys();
        rows.Identify("xray", request.Caller.Environment, request.Body.Span);
        rows.DocumentKeys = SeenSegments.Documents(taken);
        if (rows.Rows == 0)
            rows.Dispose();
        else if (await sink.CommitAsync(rows, cancellationToken) is { } fault)
            return XRayFaults.From(fault);
        seen.Add(taken);
        return AwsReply.Json(json => WriteRejects(json, rejects));
    }

    private AwsFault Refuse(AwsFault fault, int documents)
    {
        counters.Received(WireProtocol.XRay, Signal.Spans, documents);
        counters.Dropped(WireProtocol.XRay, Signal.Spans, "malformed", documents, fault.Message);
        return fault;
    }

    /// <summary><c>{"TraceSegmentDocuments":["{…}","{…}"]}</c></summary>
    private AwsFault? ReadDocuments(ReadOnlySpan<byte> body, DocumentBatch documents, out int count)
    {
        count = 0;
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return AwsFault.Serialization("the request body is not a JSON object");
            var found = false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var wanted = reader.ValueTextEquals("TraceSegmentDocuments"u8);
                reader.Read();
                if (!wanted || reader.TokenType == JsonTokenType.Null)
                {
                    reader.Skip();
                    continue;
                }
                if (reader.TokenType != JsonTokenType.StartArray)
                    return AwsFault.Serialization("TraceSegmentDocuments is not a list");
                found = true;
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (reader.TokenType != JsonTokenType.String)
                        return AwsFault.Serialization("TraceSegmentDocuments holds something that is not a string");
                    // Documents past the limit are only counted.
                    if (++count <= options.MaxDocumentsPerRequest)
                        documents.AddUnquoted(body[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]);
                }
            }
            reader.Read();
            return found ? null : XRayFaults.Missing("traceSegmentDocuments");
        }
        catch (JsonException)
        {
            return AwsFault.Serialization("the request body is not JSON");
        }
    }

    private static void WriteRejects(Utf8JsonWriter json, List<SegmentReject> rejects)
    {
        json.WriteStartArray("UnprocessedTraceSegments");
        foreach (var reject in rejects)
        {
            json.WriteStartObject();
            if (reject.Id is { } id)
                json.WriteString("Id", id);
            json.WriteString("ErrorCode", reject.Code);
            json.WriteString("Message", reject.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
