using System.Globalization;
using System.Text.Json;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Graph;
using Weir.Features.Traces.Model;
using Weir.Features.Traces.Search;
using Weir.Protocols.Aws;
using Weir.Protocols.Wire;
using Weir.Protocols.XRay.Documents;
using Weir.Protocols.XRay.Out;

namespace Weir.Protocols.XRay.Retrieval;

/// <summary>
/// StartTraceRetrieval, ListRetrievedTraces, GetRetrievedTracesGraph, CancelTraceRetrieval. Where AWS runs a search over a log group, Weir
/// looks traces up by id: a retrieval is complete as soon as it is started.
/// </summary>
internal sealed class RetrievalOperations(Retrievals retrievals, TraceLoader loader, SpanDocumentReader spans)
{
    private const int TracesPerPage = 5;
    private const int SpansPerTrace = 100;

    private sealed record RetrievedTrace(TraceId Id, double? Duration, IReadOnlyList<(string Id, string Document)> Spans);

    public ValueTask<AwsReply> StartAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        var from = request.Time("StartTime")!.Value;
        var to = request.Time("EndTime")!.Value;
        if (to < from)
            return Refuse(XRayFaults.Invalid("End time cannot be earlier than start time"));
        var texts = request.Texts("TraceIds");
        if (texts.Count == 0)
            return Refuse(XRayFaults.Invalid("Zero trace ids provided"));
        if (BatchGetTraces.Parse(texts, out var ids) is { } fault)
            return Refuse(fault);
        // Both ends belong to the range.
        var token = retrievals.Start(ids, new TimeRange(from, to.AddTicks(1)), request.Caller.Environment);
        return token is null
            ? Refuse(XRayFaults.From(new Fault(FaultKind.Busy, "Too many trace retrievals are open; they end an hour after their start", TimeSpan.FromMinutes(1))))
            : ValueTask.FromResult(AwsReply.Json(json => json.WriteString("RetrievalToken", token)));
    }

    public async ValueTask<AwsReply> ListAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (Find(request, out var retrieval) is { } unknown)
            return unknown;
        var format = request.Text("TraceFormat") ?? "XRAY";
        var (trace, span) = (0, 0);
        if (request.Text("NextToken") is { } token && !TryPosition(token, retrieval.Ids.Count, out trace, out span))
            return XRayFaults.ForeignToken(token);
        List<RetrievedTrace> traces = [];
        string? next = null;
        if (!retrieval.Cancelled)
            next = await ReadPageAsync(retrieval, format, trace, span, traces, cancellationToken);
        return AwsReply.Json(json =>
        {
            json.WriteString("RetrievalStatus", retrieval.Status);
            json.WriteString("TraceFormat", format);
            json.WriteStartArray("Traces");
            foreach (var found in traces)
                Write(json, found);
            json.WriteEndArray();
            if (next is not null)
                json.WriteString("NextToken", next);
        });
    }

    /// <summary>The traces' service graph with each service in an object of its own, beside the links of its segments to other traces.</summary>
    public async ValueTask<AwsReply> GraphAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (Find(request, out var retrieval) is { } unknown)
            return unknown;
        var graph = new ServiceGraph();
        var links = new List<(string Service, TraceId From, TraceId To)>();
        foreach (var trace in retrieval.Cancelled ? [] : await LoadAsync(retrieval, retrieval.Ids, cancellationToken))
        {
            graph.Add(TraceMap.Of(trace));
            foreach (var top in trace.Tops)
                links.AddRange(top.All().SelectMany(entity => entity.Links.Select(link => (top.Name, trace.Id, link.TraceId))));
        }
        if (GraphPage.Of(graph, request.Text("NextToken")) is not { } page)
            return XRayFaults.ForeignToken(request.Text("NextToken") ?? "");
        using var services = JsonDocument.Parse(AwsJson.Object(json => graph.Write(json, page)));
        var written = services.RootElement.Clone();
        var linksOf = links.ToLookup(link => link.Service, StringComparer.Ordinal);
        return AwsReply.Json(json =>
        {
            json.WriteString("RetrievalStatus", retrieval.Status);
            json.WriteStartArray("Services");
            foreach (var service in written.GetProperty("Services").EnumerateArray())
            {
                json.WriteStartObject();
                json.WritePropertyName("Service");
                service.WriteTo(json);
                WriteLinks(json, service.TextOf("Type") == ServiceKey.Client ? [] : linksOf[service.TextOf("Name") ?? ""]);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (page.NextToken is { } next)
                json.WriteString("NextToken", next);
        });
    }

    public ValueTask<AwsReply> CancelAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (Find(request, out var retrieval) is { } unknown)
            return Refuse(unknown);
        retrieval.Cancelled = true;
        return ValueTask.FromResult(AwsReply.Empty);
    }

    private static ValueTask<AwsReply> Refuse(AwsFault fault) => ValueTask.FromResult<AwsReply>(fault);

    private AwsFault? Find(AwsRequest request, out TraceRetrieval retrieval)
    {
        var token = request.Text("RetrievalToken")!;
        retrieval = retrievals.Find(token, request.Caller.Environment)!;
        return retrieval is null ? XRayFaults.NoSuchResource("The retrieval token is unknown, or its hour is over", token) : null;
    }

    private async Task<IReadOnlyList<Trace>> LoadAsync(TraceRetrieval retrieval, IReadOnlyList<TraceId> ids, CancellationToken cancellationToken)
    {
        var (from, to) = (retrieval.Range.From.UnixNanoseconds(), retrieval.Range.To.UnixNanoseconds());
        return [.. (await loader.LoadAsync(ids, retrieval.Environment, cancellationToken)).Where(trace => trace.Start >= from && trace.Start < to)];
    }

    /// <summary>At most five traces with a hundred spans each; a longer trace goes on in the next page.</summary>
    private async Task<string?> ReadPageAsync(
        TraceRetrieval retrieval, string format, int trace, int span, List<RetrievedTrace> page, CancellationToken cancellationToken)
    {
        while (trace < retrieval.Ids.Count && page.Count < TracesPerPage)
        {
            var ids = retrieval.Ids.Skip(trace).Take(TracesPerPage).ToList();
            var found = (await LoadAsync(retrieval, ids, cancellationToken)).ToDictionary(t => t.Id);
            var documents = format == "OTEL" ? await spans.ReadAsync(found.Values, retrieval.Environment, cancellationToken) : null;
            foreach (var id in ids)
            {
                if (page.Count == TracesPerPage)
                    break;
                if (found.TryGetValue(id, out var loaded))
                {
                    var all = documents is null ? Documents(loaded) : documents[id];
                    page.Add(new RetrievedTrace(id, loaded.Duration, [.. all.Skip(span).Take(SpansPerTrace)]));
                    span += SpansPerTrace;
                    if (span < all.Count)
                        return Position(trace, span);
                }
                span = 0;
                trace++;
            }
        }
        return trace < retrieval.Ids.Count ? Position(trace, 0) : null;
    }

    private static List<(string Id, string Document)> Documents(Trace trace) =>
        [.. trace.Tops.Concat(trace.Inferred).Select(segment => (segment.Id.ToHex(), DocumentWriter.Write(trace, segment)))];

    private static string Position(int trace, int span) => string.Create(CultureInfo.InvariantCulture, $"{trace}-{span}");

    private static bool TryPosition(string token, int traces, out int trace, out int span)
    {
        span = 0;
        var parts = token.Split('-');
        return int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out trace) && trace < traces
            && parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out span);
    }

    private static void Write(Utf8JsonWriter json, RetrievedTrace trace)
    {
        json.WriteStartObject();
        json.WriteString("Id", trace.Id.ToXRay());
        if (trace.Duration is { } duration)
            json.WriteNumber("Duration", Math.Round(duration, 6));
        json.WriteStartArray("Spans");
        foreach (var (id, document) in trace.Spans)
        {
            json.WriteStartObject();
            json.WriteString("Id", id);
            json.WriteString("Document", document);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteLinks(Utf8JsonWriter json, IEnumerable<(string Service, TraceId From, TraceId To)> links)
    {
        json.WriteStartArray("Links");
        foreach (var link in links.ToLookup(link => link.From, link => link.To))
        {
            json.WriteStartObject();
            json.WriteString("ReferenceType", "link");
            json.WriteString("SourceTraceId", link.Key.ToXRay());
            json.WriteStartArray("DestinationTraceIds");
            foreach (var to in link.Distinct())
                json.WriteStringValue(to.ToXRay());
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
