using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Features.Traces.Model;
using Weir.Features.Traces.Search;
using Weir.Protocols.Aws;
using Weir.Protocols.XRay.Documents;

namespace Weir.Protocols.XRay.Out;

/// <summary><c>POST /Traces</c>: whole traces by id, every segment as a JSON document in a string.</summary>
internal sealed class BatchGetTraces(XRayOptions options, TraceLoader loader, IIngestPosition? written = null)
{
    public async ValueTask<AwsReply> InvokeAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (!request.Has("TraceIds"))
            return XRayFaults.Missing("traceIds");
        if (request.Has("NextToken"))
            return XRayFaults.Invalid("NextToken is currently not supported");
        var texts = request.Texts("TraceIds");
        if (texts.Count > options.MaxTraceIdsPerRequest)
            return XRayFaults.Invalid($"Exceeding maximum query size: {options.MaxTraceIdsPerRequest}");
        if (Parse(texts, out var ids) is { } fault)
            return fault;
        if (written is not null && ids.Count > 0)
            await written.WaitLoadedAsync(IIngestPosition.Patience, cancellationToken);
        var traces = ids.Count == 0 ? [] : await loader.LoadAsync(ids, request.Caller.Environment, cancellationToken);
        var found = traces.Select(trace => trace.Id).ToHashSet();
        return AwsReply.Json(json =>
        {
            json.WriteStartArray("Traces");
            foreach (var trace in traces)
                Write(json, trace);
            json.WriteEndArray();
            json.WriteStartArray("UnprocessedTraceIds");
            foreach (var (text, id) in texts.Zip(ids))
            {
                if (!found.Contains(id))
                    json.WriteStringValue(text);
            }
            json.WriteEndArray();
        });
    }

    /// <summary>Trace ids in X-Ray's form, or as 32 hex digits.</summary>
    public static AwsFault? Parse(IReadOnlyList<string> texts, out List<TraceId> ids)
    {
        ids = [];
        foreach (var text in texts)
        {
            if (!TraceId.TryParse(text, out var id))
                return XRayFaults.Invalid($"Invalid trace id {text}: incorrect id format");
            if (ids.Contains(id))
                return XRayFaults.Invalid("Containing duplicate trace ids");
            ids.Add(id);
        }
        return null;
    }

    private static void Write(System.Text.Json.Utf8JsonWriter json, Trace trace)
    {
        json.WriteStartObject();
        json.WriteString("Id", trace.Id.ToXRay());
        if (trace.Duration is { } duration)
            json.WriteNumber("Duration", Math.Round(duration, 6));
        json.WriteBoolean("LimitExceeded", trace.IsCut);
        json.WriteStartArray("Segments");
        foreach (var segment in trace.Tops.Concat(trace.Inferred))
        {
            json.WriteStartObject();
            json.WriteString("Id", segment.Id.ToHex());
            json.WriteString("Document", DocumentWriter.Write(trace, segment));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
