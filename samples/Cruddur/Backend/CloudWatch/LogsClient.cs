// The official package a reader would use instead: AWSSDK.CloudWatchLogs.
using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cruddur.Delivery;

namespace Cruddur.CloudWatch;

internal readonly record struct LogEvent(long Timestamp, string Message);

/// <summary>What the service said no to, by its own name, for instance `ResourceNotFoundException`.</summary>
internal sealed class LogsException(string type, string message, HttpStatusCode status) : Exception($"{type}: {message}")
{
    public string Type { get; } = type;

    /// <summary>True when the same call may succeed later.</summary>
    public bool IsTransient { get; } = (int)status >= 500 || status == HttpStatusCode.TooManyRequests || type is "ThrottlingException" or "ServiceUnavailableException";
}

/// <summary>
/// The calls of AWS JSON 1.1 that a log handler needs:
/// <code>POST / with X-Amz-Target: Logs_20140328.PutLogEvents and a JSON object as body</code>
/// </summary>
internal sealed class LogsClient(LogsOptions options, TimeProvider time) : IDisposable
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private const string ContentType = "application/x-amz-json-1.1";
    private readonly HttpClient _http = AdapterHttp.Create(TimeSpan.FromSeconds(10));
    private readonly SigV4Signer _signer = new(options.Credentials, options.Region, "logs");

    public async Task<bool> GroupExists(string group, CancellationToken stop)
    {
        string? token = null;
        do
        {
            var request = new JsonObject { ["logGroupNamePrefix"] = group };
            if (token is not null)
                request["nextToken"] = token;
            var reply = await Call("DescribeLogGroups", request, stop);
            foreach (var entry in reply["logGroups"] as JsonArray ?? [])
            {
                if (string.Equals(Text(entry, "logGroupName"), group, StringComparison.Ordinal))
                    return true;
            }
            token = Text(reply, "nextToken");
        }
        while (token is not null);
        return false;
    }

    public Task CreateGroup(string group, CancellationToken stop) => Call("CreateLogGroup", new() { ["logGroupName"] = group }, stop);

    public Task CreateStream(string group, string stream, CancellationToken stop) =>
        Call("CreateLogStream", new() { ["logGroupName"] = group, ["logStreamName"] = stream }, stop);

    /// <returns>The next sequence token, and the service's word on events it did not take, if any.</returns>
    public async Task<(string? NextToken, string? Rejected)> Put(string group, string stream, IReadOnlyList<LogEvent> events, string? token, CancellationToken stop)
    {
        var list = new JsonArray();
        foreach (var logged in events)
            list.Add(new JsonObject { ["timestamp"] = logged.Timestamp, ["message"] = logged.Message });
        var request = new JsonObject { ["logGroupName"] = group, ["logStreamName"] = stream, ["logEvents"] = list };
        if (token is not null)
            request["sequenceToken"] = token;
        var reply = await Call("PutLogEvents", request, stop);
        return (Text(reply, "nextSequenceToken"), reply["rejectedLogEventsInfo"]?.ToJsonString());
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonObject> Call(string operation, JsonObject body, CancellationToken stop)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, Plain);
        using var request = Request(operation, bytes);
        using var reply = await _http.SendAsync(request, stop);
        var text = await reply.Content.ReadAsByteArrayAsync(stop);
        JsonObject json = [];
        try
        {
            json = text.Length == 0 ? [] : JsonNode.Parse(text) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            // Not a service of this protocol; the status below tells the rest.
        }
        if (reply.IsSuccessStatusCode)
            return json;
        var type = Text(json, "__type") ?? reply.StatusCode.ToString();
        type = type[(type.LastIndexOf('#') + 1)..].Split(':')[0];
        var message = Text(json, "message") ?? Text(json, "Message") ?? "";
        throw new LogsException(type, message, reply.StatusCode);
    }

    private static string? Text(JsonNode? json, string name) =>
        json is JsonObject members && members[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private HttpRequestMessage Request(string operation, byte[] body)
    {
        var now = time.GetUtcNow();
        var target = $"Logs_20140328.{operation}";
        var host = options.Endpoint.IsDefaultPort ? options.Endpoint.Host : $"{options.Endpoint.Host}:{options.Endpoint.Port}";
        var signed = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["content-type"] = ContentType,
            ["host"] = host,
            ["x-amz-date"] = SigV4Signer.Stamp(now),
            ["x-amz-target"] = target,
        };
        if (options.Credentials.SessionToken is { } token)
            signed["x-amz-security-token"] = token;
        var path = options.Endpoint.AbsolutePath;
        var request = new HttpRequestMessage(HttpMethod.Post, options.Endpoint) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        request.Headers.Host = host;
        foreach (var (name, value) in signed)
        {
            if (name.StartsWith("x-amz-", StringComparison.Ordinal))
                request.Headers.TryAddWithoutValidation(name, value);
        }
        request.Headers.TryAddWithoutValidation("Authorization", _signer.Sign("POST", path, signed, body, now));
        return request;
    }
}
