using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Weir.Core.Query;

namespace Weir.Store.Engine;

/// <summary>
/// A ClickHouse server over its HTTP interface: https://clickhouse.com/docs/interfaces/http. Settings and bound parameters are in the
/// query string, the statement or the blocks are the body. A parameter may have 128 KiB, the server's http_max_field_value_size.
/// </summary>
public sealed class RemoteEngine : IEngine
{
    private const int MaxResultBytes = 1 << 30;
    private const int MaxErrorBytes = 1 << 16;

    private readonly RemoteEngineOptions _options;
    private readonly HttpClient _http;

    private RemoteEngine(RemoteEngineOptions options)
    {
        _options = options;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            UseCookies = false,
        })
        {
            // The engine's own limits end a query; a timeout here would leave it running.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{options.Password}")));
    }

    public string Version { get; private set; } = "";

    /// <summary>Asks the server for its version and creates the database when absent. Throws <see cref="EngineException"/>.</summary>
    public static async Task<RemoteEngine> OpenAsync(RemoteEngineOptions options, CancellationToken ct)
    {
        var engine = new RemoteEngine(options);
        try
        {
            using (var version = await engine.SendAsync(new RemoteAddress(options.Endpoint).Add("default_format", "TSVRaw"), Statement("SELECT version()"), ct))
                engine.Version = Encoding.UTF8.GetString(version.Bytes.Span).Trim();
            // Without the database in the address: a server refuses to talk about one that is absent.
            var create = $"CREATE DATABASE IF NOT EXISTS {SqlText.RequireIdentifier(options.Database)}";
            (await engine.SendAsync(new RemoteAddress(options.Endpoint), Statement(create), ct)).Dispose();
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    public async Task<EngineResult> QueryAsync(
        string sql, IReadOnlyList<EngineParameter> parameters, string format, QueryLimits limits, CancellationToken ct)
    {
        var id = limits.Name ?? Guid.NewGuid().ToString();
        var address = Address(parameters)
            .Add("default_format", format)
            .Add("query_id", id)
            // The server then reports a failure as a status and not in the middle of a body.
            .Add("wait_end_of_query", "1")
            .Add("cancel_http_readonly_queries_on_client_close", "1");
        foreach (var (name, value) in SqlText.ReadSettings(limits))
            address.Add(name, value);
        return await SendKillableAsync(address, sql, id, ct);
    }

    public async Task<QueryProgress?> ProgressAsync(string name, CancellationToken ct)
    {
        var address = Address([EngineParameter.Text("id", name)]).Add("default_format", EngineProgress.Format);
        using var result = await SendAsync(address, Statement(EngineProgress.Sql("query_id = {id:String}")), ct);
        return EngineProgress.Read(result.Bytes.Span);
    }

    public async Task ExecuteAsync(string sql, IReadOnlyList<EngineParameter> parameters, CancellationToken ct)
    {
        var id = Guid.NewGuid().ToString();
        var address = Address(parameters).Add("query_id", id).Add("wait_end_of_query", "1");
        (await SendKillableAsync(address, sql, id, ct)).Dispose();
    }

    public async Task InsertAsync(
        string table, string columns, string structure, IReadOnlyList<ReadOnlyMemory<byte>> blocks, string deduplicationToken, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(deduplicationToken);
        if (blocks.All(static b => b.IsEmpty))
            return;
        ct.ThrowIfCancellationRequested();
        var address = Address([]).Add(
            "query", $"INSERT INTO {SqlText.RequireIdentifier(table)} ({SqlText.RequireColumnList(columns)}) FORMAT Native");
        address.Add("async_insert", "0");
        foreach (var (name, value) in SqlText.InsertSettings(deduplicationToken))
            address.Add(name, value);
        using var body = new BlocksContent(blocks);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        // A started insert runs to its end, as in the embedded engine.
        (await SendAsync(address, body, CancellationToken.None)).Dispose();
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static StringContent Statement(string sql) => new(sql, Encoding.UTF8, "text/plain");

    private RemoteAddress Address(IReadOnlyList<EngineParameter> parameters)
    {
        var address = new RemoteAddress(_options.Endpoint).Add("database", _options.Database);
        foreach (var parameter in parameters)
            address.Add("param_" + parameter.Name, parameter.Encoded.Span);
        return address;
    }

    private async Task<EngineResult> SendKillableAsync(RemoteAddress address, string sql, string id, CancellationToken ct)
    {
        try
        {
            return await SendAsync(address, Statement(sql), ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await KillAsync(id);
            throw;
        }
    }

    /// <summary>The server notices a closed connection of a read query by itself, in time; this does not leave it to that.</summary>
    private async Task KillAsync(string id)
    {
        using var patience = new CancellationTokenSource(_options.ConnectTimeout);
        try
        {
            var address = Address([EngineParameter.Text("id", id)]);
            (await SendAsync(address, Statement("KILL QUERY WHERE query_id = {id:String} ASYNC"), patience.Token)).Dispose();
        }
        catch (Exception e) when (e is EngineException or OperationCanceledException)
        {
            // The caller has given up already; its time limit ends the query.
        }
    }

    private async Task<EngineResult> SendAsync(RemoteAddress address, HttpContent body, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address.ToUri()) { Content = body };
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (response.StatusCode != HttpStatusCode.OK)
                throw await FaultAsync(response, ct);
            var bytes = await ReadAsync(response.Content, MaxResultBytes, ct);
            ThrowIfFailedMidway(response, bytes);
            var (rowsRead, bytesRead, elapsed) = Summary(response);
            return new EngineResult(bytes, rowsRead, bytesRead, elapsed, owner: null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new EngineException(
                EngineFault.Unavailable, $"ClickHouse at {_options.Endpoint.Authority} does not answer: {e.Message}", 0, e);
        }
    }

    private static async Task<EngineException> FaultAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var text = Encoding.UTF8.GetString((await ReadAsync(response.Content, MaxErrorBytes, ct, cut: true)).Span);
        var fault = EngineException.Parse(text);
        if (fault.Code != 0)
            return fault;
        if (Header(response, "X-ClickHouse-Exception-Code") is { } header && int.TryParse(header, CultureInfo.InvariantCulture, out var code))
            return new EngineException(EngineException.KindOf(code), text.Trim(), code);
        return new EngineException(EngineFault.Unavailable, $"the server answered {(int)response.StatusCode} {response.ReasonPhrase}: {text.Trim()}");
    }

    /// <summary>
    /// A server that has begun its answer can fail only inside it. Since 25.11 it then ends the body with the tag of the
    /// X-ClickHouse-Exception-Tag header, as in
    /// <c>__exception__\r\nTAG\r\nCode: 395. DB::Exception: ... \r\nLENGTH TAG\r\n__exception__\r\n</c>.
    /// </summary>
    private static void ThrowIfFailedMidway(HttpResponseMessage response, ReadOnlyMemory<byte> bytes)
    {
        if (Header(response, "X-ClickHouse-Exception-Tag") is not { Length: > 0 } tag)
            return;
        var tail = Encoding.UTF8.GetString(bytes.Span[Math.Max(0, bytes.Length - MaxErrorBytes)..]);
        var opening = tail.LastIndexOf($"__exception__\r\n{tag}\r\n", StringComparison.Ordinal);
        if (opening >= 0 && tail.TrimEnd().EndsWith($"{tag}\r\n__exception__", StringComparison.Ordinal))
        {
            var text = tail[(opening + tag.Length + 17)..];
            throw EngineException.Parse(text[..text.LastIndexOf($" {tag}", StringComparison.Ordinal)].TrimEnd("0123456789\r\n ".ToCharArray()));
        }
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    // {"read_rows":"100","read_bytes":"800","written_rows":"0","elapsed_ns":"662334"}
    private static (long RowsRead, long BytesRead, TimeSpan Elapsed) Summary(HttpResponseMessage response)
    {
        if (Header(response, "X-ClickHouse-Summary") is not { } header)
            return default;
        try
        {
            using var summary = JsonDocument.Parse(header);
            return (Number("read_rows"), Number("read_bytes"), TimeSpan.FromMicroseconds(Number("elapsed_ns") / 1000.0));

            long Number(string name) =>
                summary.RootElement.TryGetProperty(name, out var value) && long.TryParse(value.ToString(), CultureInfo.InvariantCulture, out var number)
                    ? number : 0;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, int limit, CancellationToken ct, bool cut = false)
    {
        await using var stream = await content.ReadAsStreamAsync(ct);
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
        {
            if (bytes.Length + read > limit)
                return cut ? bytes.GetBuffer().AsMemory(0, (int)bytes.Length) : throw new EngineException(EngineFault.RowLimit, $"the result has more than {limit} bytes");
            bytes.Write(buffer, 0, read);
        }

        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }
}
