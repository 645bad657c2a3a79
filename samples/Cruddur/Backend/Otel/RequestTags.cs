// The official package a reader would use instead: OpenTelemetry.Instrumentation.AspNetCore.
using System.Diagnostics;
using Cruddur.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace Cruddur.Otel;

/// <summary>
/// Gives the server activity of ASP.NET Core its attributes: the current semantic conventions, and the names before
/// them (`http.method`, `http.target`, `http.status_code`, `http.client_ip`) that the walkthrough groups by.
/// </summary>
internal sealed class RequestTags(RequestDelegate next)
{
    public async Task Invoke(HttpContext http)
    {
        var span = http.Features.Get<IHttpActivityFeature>()?.Activity;
        if (span is not { IsAllDataRequested: true })
        {
            await next(http);
            return;
        }
        Start(span, http);
        try
        {
            await next(http);
            Finish(span, http, http.Response.StatusCode);
        }
        catch (Exception error)
        {
            var status = error is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
            span.AddException(error);
            Finish(span, http, status);
            if (status >= 500)
            {
                span.SetTag("error.type", error.GetType().FullName);
                span.SetStatus(ActivityStatusCode.Error, error.Message);
            }
            throw;
        }
    }

    private static void Start(Activity span, HttpContext http)
    {
        var request = http.Request;
        var client = RequestFacts.ClientAddress(http);
        var target = RequestFacts.Target(request);
        var agent = request.Headers.UserAgent.ToString();

        span.SetTag("http.request.method", request.Method);
        span.SetTag("url.scheme", request.Scheme);
        span.SetTag("url.path", request.Path.Value);
        if (request.QueryString.HasValue)
            span.SetTag("url.query", request.QueryString.Value![1..]);
        span.SetTag("server.address", request.Host.Host);
        if (request.Host.Port is { } port)
            span.SetTag("server.port", port);
        span.SetTag("client.address", client);
        span.SetTag("user_agent.original", agent);
        span.SetTag("network.protocol.version", request.Protocol.Replace("HTTP/", "", StringComparison.Ordinal));

        span.SetTag("http.method", request.Method);
        span.SetTag("http.scheme", request.Scheme);
        span.SetTag("http.host", request.Host.Value);
        span.SetTag("http.target", target);
        span.SetTag("http.url", $"{request.Scheme}://{request.Host}{target}");
        span.SetTag("http.client_ip", client);
        span.SetTag("http.user_agent", agent);
        span.SetTag("http.flavor", request.Protocol.Replace("HTTP/", "", StringComparison.Ordinal));
    }

    private static void Finish(Activity span, HttpContext http, int status)
    {
        var route = RequestFacts.Route(http);
        if (route.Length > 0)
            span.SetTag("http.route", route);
        span.DisplayName = route.Length > 0 ? $"{http.Request.Method} {route}" : http.Request.Method;
        span.SetTag("http.response.status_code", status);
        span.SetTag("http.status_code", status);
        if (status >= 500)
        {
            span.SetTag("error.type", status.ToString());
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
