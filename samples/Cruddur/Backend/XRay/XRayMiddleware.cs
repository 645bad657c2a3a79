using Cruddur.Hosting;
using Cruddur.XRay.Sampling;

namespace Cruddur.XRay;

/// <summary>A segment a request, with its http block, status and exception.</summary>
internal sealed class XRayMiddleware(RequestDelegate next, XRayRecorder recorder)
{
    public async Task Invoke(HttpContext http)
    {
        var request = http.Request;
        var upstream = TraceHeader.Parse(request.Headers[TraceHeader.Name]);
        using var scope = recorder.BeginSegment(
            upstream, new SamplingRequest(request.Host.Value, request.Method, request.Path.Value, ServiceName: null, ServiceType: null));
        var segment = scope.Entity!;
        var block = new HttpBlock(request.Method, RequestFacts.UrlWithoutQuery(request))
        {
            UserAgent = request.Headers.UserAgent.ToString(),
            ClientIp = RequestFacts.ClientAddress(http),
            // The forwarded-headers middleware leaves this one behind when it took the client from a proxy.
            XForwardedFor = request.Headers.ContainsKey("X-Original-For"),
        };
        segment.Http = block;
        http.Response.OnStarting(static state =>
        {
            var (response, header, segment) = ((HttpResponse, TraceHeader, Entity))state;
            var answer = header.Sampled == Sampled.Requested ? (segment.IsSampled ? Sampled.Yes : Sampled.No) : Sampled.Unknown;
            response.Headers[TraceHeader.Name] = new TraceHeader(segment.TraceId, null, answer).ToString();
            return Task.CompletedTask;
        }, (http.Response, upstream, segment));
        try
        {
            await next(http);
            block.Status = http.Response.StatusCode;
            block.ContentLength = http.Response.ContentLength;
        }
        catch (Exception error)
        {
            block.Status = error is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
            if (block.Status >= 500)
                segment.PutException(error);
            throw;
        }
        finally
        {
            segment.PutStatus(block.Status ?? StatusCodes.Status500InternalServerError);
        }
    }
}
