using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Weir.Core.Model;
using Weir.Core.Settings;

namespace Weir.Features.Questions;

/// <summary>What was asked: the last 200 distinct questions, newest first.</summary>
internal sealed partial class QueryHistory(ISettings settings, TimeProvider time, ILogger<QueryHistory> log) : IDisposable
{
    private const string Collection = "explore-history";
    private const int Most = 200;
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>The same, where the answer does not hang on it: with a full disk a question is answered and not noted. Null, or what to tell of that.</summary>
    public async Task<string?> TryAddAsync(JsonElement query, string dataset, double elapsedMs, long rows, CancellationToken cancellationToken)
    {
        try
        {
            await AddAsync(query, dataset, elapsedMs, rows, cancellationToken);
            return null;
        }
        catch (FaultException error)
        {
            LogNotKept(log, error.Fault.Message);
            return "The question is not in the history: the settings can't be written just now.";
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "a question was answered and is not in the history: {Reason}")]
    private static partial void LogNotKept(ILogger logger, string reason);

    private async Task AddAsync(JsonElement query, string dataset, double elapsedMs, long rows, CancellationToken cancellationToken)
    {
        var spec = Bytes(query.WriteTo);
        var identity = Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(dataset + "\n"), .. spec]))[..16];
        var entry = Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("id", identity);
            json.WritePropertyName("query");
            query.WriteTo(json);
            json.WriteString("dataset", dataset);
            json.WriteString("at", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteNumber("elapsedMs", elapsedMs);
            json.WriteNumber("rows", rows);
            json.WriteEndObject();
        });
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await settings.PutAsync(Collection, identity, entry, expectedRevision: null, cancellationToken);
            foreach (var old in settings.List(Collection).OrderByDescending(e => e.Revision).Skip(Most).ToList())
                await settings.DeleteAsync(Collection, old.Key, expectedRevision: null, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    private static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes))
            write(json);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>JSON objects, newest first.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> List() => settings.List(Collection).OrderByDescending(e => e.Revision).Take(Most).Select(e => e.Value);
}
