using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Weir.Features.Sampling;
using Weir.Protocols.Aws;

namespace Weir.Protocols.XRay.Sampling;

/// <summary>
/// Jaeger's remote sampling over HTTP, <c>GET /sampling?service=NAME</c>: the sampling rules for OpenTelemetry SDKs.
/// https://www.jaegertracing.io/docs/latest/architecture/apis/#remote-sampling-configuration
/// </summary>
internal sealed class RemoteSampling(XRayOptions options, ServiceStrategies strategies, IOptions<AwsOptions> aws)
{
    private const int MaxServiceName = 200;

    public async Task AnswerAsync(HttpContext context)
    {
        if (aws.Value.FindKey is not null && context.Connection.LocalPort != options.TcpPort && context.Connection.LocalPort != options.SamplingPort)
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "With keys required, sampling strategies are served on the X-Ray daemon's port and on --sampling-port only.");
            return;
        }
        if (context.Request.Query["service"] is not [{ Length: > 0 and <= MaxServiceName } service])
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "'service' parameter must be provided once");
            return;
        }
        var strategy = await strategies.OfAsync(service, context.RequestAborted);
        var bytes = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes, AwsJson.Writing))
            strategy.Write(json);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.WrittenCount;
        await context.Response.Body.WriteAsync(bytes.WrittenMemory, context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(why, context.RequestAborted);
    }
}
