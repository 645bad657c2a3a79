using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Weir.Store.Engine;

namespace Weir.Tests.Support;

/// <summary>
/// ClickHouse's HTTP interface in front of an embedded engine: checks what a server would refuse, then lets the engine answer.
/// It answers 400 to a request without credentials, database or the settings a query must have, so the contract fails on them.
/// </summary>
public sealed class ClickHouseStub : IAsyncDisposable
{
    public const string User = "weir";
    public const string Password = "s3cret:with colon";
    public const string Database = "weir";

    private readonly IEngine _engine;
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, string> _structures = new(StringComparer.Ordinal);

    private ClickHouseStub(IEngine engine)
    {
        _engine = engine;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static o =>
        {
            o.Limits.MaxRequestLineSize = 1 << 20;
            o.Limits.MaxRequestBufferSize = 1 << 21;
            o.Limits.MaxRequestBodySize = null;
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public Uri Endpoint => new(_app.Urls.First());

    public ConcurrentQueue<StubRequest> Requests { get; } = new();

    public int Kills { get; private set; }

    /// <summary>Answers the next query instead of the engine.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    public static async Task<ClickHouseStub> StartAsync(IEngine engine)
    {
        var stub = new ClickHouseStub(engine);
        await stub._app.StartAsync();
        return stub;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var request = new StubRequest(Fields(context.Features.Get<IHttpRequestFeature>()!.RawTarget), body.ToArray());
        Requests.Enqueue(request);
        if (context.Request.Headers.Authorization != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")))
        {
            await FailAsync(context, 403, 516, "weir: Authentication failed: password is incorrect, or there is no user with such name");
            return;
        }

        if (Instead is { } instead)
        {
            Instead = null;
            await instead(context);
            return;
        }

        try
        {
            await ForwardAsync(context, request);
        }
        catch (EngineException e)
        {
            await FailAsync(context, e.Code is 60 or 81 ? 404 : 500, e.Code, e.Message);
        }
        catch (InvalidOperationException e)
        {
            await FailAsync(context, 400, 36, e.Message);
        }
    }

    private async Task ForwardAsync(HttpContext context, StubRequest request)
    {
        var sql = Encoding.UTF8.GetString(request.Body);
        if (request.Text("query") is { } insert)
        {
            await InsertAsync(insert, request);
        }
        else if (sql.StartsWith("KILL QUERY", StringComparison.Ordinal))
        {
            Kills++;
            if (_running.TryGetValue(request.Text("param_id") ?? "", out var victim))
                await victim.CancelAsync();
        }
        else if (sql is "SELECT version()")
        {
            await context.Response.WriteAsync(_engine.Version + "\n");
        }
        else if (sql.Contains("FROM system.processes WHERE query_id = {id:String}", StringComparison.Ordinal))
        {
            // The engine behind has ids of its own and knows a query by the name it begins with.
            sql = sql.Replace("query_id = {id:String}", "startsWith(query, concat('/*weir:', {id:String}, '*/'))", StringComparison.Ordinal);
            using var found = await _engine.QueryAsync(sql, request.Parameters, request.Text("default_format")!, QueryLimits.Default, CancellationToken.None);
            await context.Response.Body.WriteAsync(found.Bytes);
        }
        else if (request.Text("readonly") is null)
        {
            await _engine.ExecuteAsync(sql, request.Parameters, CancellationToken.None);
        }
        else
        {
            await QueryAsync(context, request, sql);
        }
    }

    private async Task QueryAsync(HttpContext context, StubRequest request, string sql)
    {
        Require(request.Text("database") == Database, "database");
        Require(request.Text("readonly") == "1", "readonly");
        Require(request.Text("wait_end_of_query") == "1", "wait_end_of_query");
        var limits = new QueryLimits(
            TimeSpan.FromSeconds(double.Parse(request.Text("max_execution_time")!, CultureInfo.InvariantCulture)),
            long.Parse(request.Text("max_memory_usage")!, CultureInfo.InvariantCulture),
            long.Parse(request.Text("max_result_rows")!, CultureInfo.InvariantCulture),
            request.Text("result_overflow_mode") == "break" ? RowOverflow.Break : RowOverflow.Throw)
        {
            Name = request.Text("query_id")!.Replace("-", "", StringComparison.Ordinal),
        };
        using var cancel = new CancellationTokenSource();
        _running[request.Text("query_id")!] = cancel;
        try
        {
            using var result = await _engine.QueryAsync(sql, request.Parameters, request.Text("default_format")!, limits, cancel.Token);
            context.Response.Headers["X-ClickHouse-Summary"] = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"read_rows":"{{result.RowsRead}}","read_bytes":"{{result.BytesRead}}","elapsed_ns":"{{(long)result.Elapsed.TotalNanoseconds}}"}""");
            context.Response.Headers["X-ClickHouse-Exception-Tag"] = "rndtag";
            await context.Response.Body.WriteAsync(result.Bytes);
        }
        catch (OperationCanceledException)
        {
            await FailAsync(context, 500, 394, "Query was cancelled.");
        }
        finally
        {
            _running.TryRemove(request.Text("query_id")!, out _);
        }
    }

    // INSERT INTO t (a, b) FORMAT Native
    private async Task InsertAsync(string insert, StubRequest request)
    {
        Require(insert.EndsWith(" FORMAT Native", StringComparison.Ordinal), "format");
        Require(request.Text("insert_deduplicate") == "1", "insert_deduplicate");
        Require(request.Text("async_insert") == "0", "async_insert");
        var open = insert.IndexOf('(', StringComparison.Ordinal);
        var table = insert["INSERT INTO ".Length..open].Trim();
        var columns = insert[(open + 1)..insert.IndexOf(')', StringComparison.Ordinal)];
        if (!_structures.TryGetValue(table, out var structure))
            _structures[table] = structure = await StructureAsync(table);
        await _engine.InsertAsync(table, columns, structure, [request.Body], request.Text("insert_deduplication_token")!, CancellationToken.None);
    }

    private async Task<string> StructureAsync(string table)
    {
        using var types = await _engine.QueryAsync(
            "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {t:String} ORDER BY position",
            [EngineParameter.Text("t", table)], "TSVRaw", QueryLimits.Default, CancellationToken.None);
        return string.Join(", ", Encoding.UTF8.GetString(types.Bytes.Span).Trim().Split('\n').Select(static l => l.Replace('\t', ' ')));
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
            throw new InvalidOperationException($"the request has no proper {what}");
    }

    private static async Task FailAsync(HttpContext context, int status, int code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["X-ClickHouse-Exception-Code"] = code.ToString(CultureInfo.InvariantCulture);
        await context.Response.WriteAsync($"Code: {code}. DB::Exception: {message} (version 26.5.1.1)\n");
    }

    private static Dictionary<string, byte[]> Fields(string target)
    {
        var fields = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var pair in target[(target.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                fields[pair[..equals]] = Decode(pair[(equals + 1)..]);
        }

        return fields;
    }

    private static byte[] Decode(string value)
    {
        var bytes = new List<byte>(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '%')
            {
                bytes.Add(Convert.FromHexString(value.AsSpan(i + 1, 2))[0]);
                i += 2;
            }
            else
            {
                bytes.Add((byte)value[i]);
            }
        }

        return [.. bytes];
    }
}

/// <summary>A request the stub received: the fields of its query string, decoded to bytes, and its body.</summary>
public sealed record StubRequest(IReadOnlyDictionary<string, byte[]> Fields, byte[] Body)
{
    public IReadOnlyList<EngineParameter> Parameters =>
        [.. Fields.Where(static f => f.Key.StartsWith("param_", StringComparison.Ordinal)).Select(static f => EngineParameter.FromEncoded(f.Key[6..], f.Value))];

    public string? Text(string name) => Fields.TryGetValue(name, out var value) ? Encoding.UTF8.GetString(value) : null;
}
