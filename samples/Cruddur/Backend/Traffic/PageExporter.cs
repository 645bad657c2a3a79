using System.Text;
using System.Text.Json.Nodes;
using Cruddur.Delivery;

namespace Cruddur.Traffic;

/// <summary>Sends the traces of imitated pages where the page would: OTLP over HTTP with JSON. Nobody there is no error.</summary>
internal sealed class PageExporter(IConfiguration settings) : IDisposable
{
    private readonly HttpClient _http = AdapterHttp.Create(TimeSpan.FromSeconds(2));
    private readonly Uri _traces = new((settings["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } given ? given.TrimEnd('/') : "http://localhost:4318") + "/v1/traces");
    private readonly string[] _headers = (settings["OTEL_EXPORTER_OTLP_HEADERS"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public async Task Send(JsonObject export, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _traces) { Content = new StringContent(export.ToJsonString(), Encoding.UTF8, "application/json") };
        foreach (var header in _headers)
        {
            var (name, value) = header.Split('=', 2) is [var left, var right] ? (left, right) : (header, "");
            request.Headers.TryAddWithoutValidation(name, Uri.UnescapeDataString(value));
        }
        try
        {
            using var reply = await _http.SendAsync(request, stop);
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            // The imitated page goes on without.
        }
    }

    public void Dispose() => _http.Dispose();
}
