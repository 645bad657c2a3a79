using System.Diagnostics;
using OpenTelemetry;

namespace Cruddur.Otel;

/// <summary>
/// HttpClient's activities carry today's semantic conventions; this adds the names of the conventions before them,
/// which the walkthrough's Python instrumentation still sends and its queries use.
/// </summary>
internal sealed class ClientTags : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Kind != ActivityKind.Client)
            return;
        Copy(data, "http.request.method", "http.method");
        Copy(data, "url.full", "http.url");
        Copy(data, "http.response.status_code", "http.status_code");
    }

    private static void Copy(Activity span, string from, string to)
    {
        if (span.GetTagItem(from) is { } value && span.GetTagItem(to) is null)
            span.SetTag(to, value);
    }
}
