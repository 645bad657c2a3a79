using System.Net.Http.Headers;
using System.Text.Json;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Server.Configuration;
using Weir.Store;

namespace Weir.Server.Commands;

/// <summary>
/// <c>weir journal</c>: segments with rows that the engine refused. Works on the data folder when no Weir uses it, otherwise through the API of the running
/// Weir on the port of --port or at --url, with the key of WEIR_UI_KEY if it requires keys.
/// </summary>
internal static class JournalCommand
{
    public const string KeyVariable = "WEIR_UI_KEY";

    public static Task<int> ListAsync(WeirOptions options, string? url, CancellationToken cancellationToken) => RunAsync(
        options,
        url,
        folder =>
        {
            Print([.. folder.List().Select(s => (s.Name, s.At.ToString("u"), s.Bytes, s.Rows.Select(r => (SignalTable.Name(r.Signal), r.Reason, r.Rows, r.Message)).ToList()))]);
            return 0;
        },
        async http =>
        {
            Print(SetAside(await http.GetFromJsonAsync<JsonElement>("api/journal", cancellationToken)));
            return 0;
        });

    /// <param name="retry">Load them again; otherwise delete them.</param>
    /// <param name="name">Name of a segment; null for all.</param>
    public static Task<int> ChangeAsync(WeirOptions options, string? url, bool retry, string? name, CancellationToken cancellationToken) => RunAsync(
        options,
        url,
        folder =>
        {
            var names = name is null ? folder.List().Select(s => s.Name).ToList() : [name];
            foreach (var one in names)
            {
                if (!(retry ? folder.Retry(one) is not null : folder.Drop(one)))
                    return Refuse($"there is no set-aside segment {one}");
            }
            Console.WriteLine(retry ? $"{names.Count} segments will be loaded when Weir starts" : $"{names.Count} segments are deleted");
            return 0;
        },
        async http =>
        {
            var names = name is null ? [.. SetAside(await http.GetFromJsonAsync<JsonElement>("api/journal", cancellationToken)).Select(s => s.Name)] : new List<string> { name };
            if (names.Count > 0)
            {
                using var answer = await http.PostAsJsonAsync(
                    retry ? "api/journal/retry" : "api/journal/drop", new Dictionary<string, List<string>>(StringComparer.Ordinal) { ["names"] = names }, cancellationToken);
                if (!answer.IsSuccessStatusCode)
                    return Refuse($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
            }
            Console.WriteLine(retry ? $"{names.Count} segments are being loaded" : $"{names.Count} segments are deleted");
            return 0;
        });

    private static async Task<int> RunAsync(WeirOptions options, string? url, Func<SetAsideFolder, int> onFolder, Func<HttpClient, Task<int>> onServer)
    {
        var folder = Path.Combine(options.DataFolder, "journal");
        try
        {
            if (url is null)
            {
                if (!Directory.Exists(folder))
                    return Refuse($"{folder} does not exist; set the data folder with --data, or the address of a running Weir with --url");
                using var taken = JournalLock.TryTake(folder);
                if (taken is not null)
                    return onFolder(new SetAsideFolder(folder, FolderSync.Sync));
            }
            using var http = new HttpClient { BaseAddress = new Uri(url is null ? $"http://127.0.0.1:{options.Port}/" : url.TrimEnd('/') + "/"), Timeout = TimeSpan.FromSeconds(30) };
            if (Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key)
                http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            return await onServer(http);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or HttpRequestException or JsonException or UriFormatException or TaskCanceledException)
        {
            return Refuse(url is null && error is HttpRequestException
                ? $"a running Weir uses {folder}, but there is no answer on port {options.Port}: {error.Message}; set --port or --url, and {KeyVariable} if it requires keys"
                : error.Message);
        }
    }

    private static List<(string Name, string At, long Bytes, List<(string Signal, string Reason, long Rows, string Message)> Rows)> SetAside(JsonElement status) =>
    [
        .. status.GetProperty("setAside").EnumerateArray().Select(s => (Text(s, "name"), Text(s, "at"), s.GetProperty("bytes").GetInt64(), s.GetProperty("rows").EnumerateArray()
            .Select(r => (Text(r, "signal"), Text(r, "reason"), r.GetProperty("rows").GetInt64(), Text(r, "message"))).ToList())),
    ];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static void Print(IReadOnlyList<(string Name, string At, long Bytes, List<(string Signal, string Reason, long Rows, string Message)> Rows)> segments)
    {
        if (segments.Count == 0)
            Console.WriteLine("no segments are set aside");
        foreach (var (name, at, bytes, rows) in segments)
        {
            Console.WriteLine($"{name}  {at}  {bytes} bytes");
            foreach (var row in rows)
                Console.WriteLine($"  {row.Rows} rows of {row.Signal}  {row.Reason}: {row.Message}");
        }
    }

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine($"weir journal: {reason}");
        return 1;
    }
}
