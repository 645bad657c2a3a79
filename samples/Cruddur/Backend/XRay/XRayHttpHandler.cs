namespace Cruddur.XRay;

/// <summary>Outgoing calls: a `remote` subsegment, and the trace header for the service that is called.</summary>
internal sealed class XRayHttpHandler(XRayRecorder recorder) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var scope = recorder.BeginSubsegment(request.RequestUri?.Host ?? "remote", "remote");
        if (scope.Entity is not { } subsegment)
            return await base.SendAsync(request, cancellationToken);
        var header = new TraceHeader(subsegment.TraceId, subsegment.Id, subsegment.IsSampled ? Sampled.Yes : Sampled.No);
        request.Headers.TryAddWithoutValidation(TraceHeader.Name, header.ToString());
        var block = new HttpBlock(request.Method.Method, request.RequestUri?.GetLeftPart(UriPartial.Path) ?? "") { Traced = true };
        subsegment.Http = block;
        var reply = await scope.Watch(() => base.SendAsync(request, cancellationToken));
        block.Status = (int)reply.StatusCode;
        block.ContentLength = reply.Content.Headers.ContentLength;
        subsegment.PutStatus((int)reply.StatusCode);
        return reply;
    }
}
