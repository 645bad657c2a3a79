using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Protocols.Api.Out;

namespace Weir.Tests.Api;

/// <summary>The room on a loopback port over a reader that answers as a test says, and records what it was asked.</summary>
internal sealed class ApiOverStub : IAsyncDisposable, ITelemetryReader, IStorageStatus, ISettings, IHealth, IBlockLoader, IColumnDirectory
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-api-").FullName;
    private RunningApi? _api;
    private IngestPipeline? _pipeline;

    public Func<TelemetryQuery, ResultTable> Answer { get; set; } = static query => Table(query);

    public List<TelemetryQuery> Asked { get; } = [];

    public IngestCounters Counters { get; } = new(new StoppedClock());

    public string? Sick { get; set; }

    public long StoredRows { get; set; }

    public HttpClient Client => _api!.Client;

    public static async Task<ApiOverStub> StartAsync(ResourceWatch? resources = null)
    {
        var stub = new ApiOverStub();
        stub._pipeline = new IngestPipeline(
            new JournalOptions { Folder = stub._folder }, stub, stub.Counters, TimeProvider.System, NullLogger<IngestPipeline>.Instance);
        stub._api = await RunningApi.StartAsync(stub, stub, stub, stub._pipeline, stub.Counters, new StoppedClock(), stub, [stub], resources);
        return stub;
    }

    /// <summary>A row a tuple; the columns are those that the query selects, missing values NULL.</summary>
    public static ResultTable Table(TelemetryQuery query, params Dictionary<string, object?>[] rows)
    {
        var names = query.Select.Select(selection => selection.Name).ToList();
        var ordinals = names.Select((name, index) => (name, index)).ToDictionary(entry => entry.name, entry => entry.index);
        return new ResultTable(
            names,
            [.. rows.Take(query.Limit).Select(row => new ResultRow(ordinals, [.. names.Select(name => row.GetValueOrDefault(name))]))],
            rows.Length > query.Limit,
            rows.Length,
            TimeSpan.Zero);
    }

    public Task<(HttpResponseMessage Response, JsonElement Body)> GetAsync(string path) => _api!.GetAsync(path);

    public Task<ResultTable> QueryAsync(TelemetryQuery query, CancellationToken cancellationToken)
    {
        lock (Asked)
            Asked.Add(query);
        return Task.FromResult(Answer(query));
    }

    /// <summary>Nothing lies ahead of the clock.</summary>
    public ValueTask<long?> NewestAsync(Signal signal, CancellationToken cancellationToken) => new(0L);

    public Task<StorageFigures> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(new StorageFigures(
        "embedded", "26.5.3", 1000, 20, 2000, 5000, [new TableFigures(Signal.Spans, StoredRows, 900, StoredRows > 0 ? StoppedClock.Noon : null)]));

    public string Name => "engine";

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => new(Sick);

    public Dictionary<(string Collection, string Key), byte[]> Documents { get; } = [];

    public SettingsEntry? Find(string collection, string key) => Documents.TryGetValue((collection, key), out var value)
        ? new SettingsEntry(collection, key, value, 1, StoppedClock.Noon)
        : null;

    public IReadOnlyList<SettingsEntry> List(string collection, string prefix = "") =>
    [
        .. Documents.Where(document => document.Key.Collection == collection && document.Key.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(document => new SettingsEntry(collection, document.Key.Key, document.Value, 1, StoppedClock.Noon)),
    ];

    public ValueTask<bool> PutAsync(
        string collection, string key, ReadOnlyMemory<byte> value, long? expectedRevision = null, CancellationToken cancellationToken = default)
    {
        Documents[(collection, key)] = value.ToArray();
        return new(true);
    }

    public ValueTask<bool> DeleteAsync(string collection, string key, long? expectedRevision = null, CancellationToken cancellationToken = default) =>
        new(Documents.Remove((collection, key)));

    public Task LoadAsync(
        Signal signal, TableLayout layout, IReadOnlyList<ReadOnlyMemory<byte>> blocks, string token, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task<IReadOnlyList<SeenColumn>> ColumnsAsync(ColumnQuestion question, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SeenColumn>>([]);

    public Task<long> CountAsync(ColumnQuestion question, CancellationToken cancellationToken) => Task.FromResult(0L);

    public Task<IReadOnlyList<SeenColumn>> FindAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SeenColumn>>([]);

    public Task<IReadOnlyList<SeenDataset>> DatasetsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SeenDataset>>([]);

    public async ValueTask DisposeAsync()
    {
        await _api!.DisposeAsync();
        await _pipeline!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
