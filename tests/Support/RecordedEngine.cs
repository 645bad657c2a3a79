using System.Text;
using Weir.Core.Query;
using Weir.Store.Engine;

namespace Weir.Tests.Support;

/// <summary>An engine whose questions are written down, with their parameters, on their way to it.</summary>
internal sealed class RecordedEngine(IEngine engine) : IEngine
{
    private readonly Lock _lock = new();
    private readonly List<string> _statements = [];

    public string Version => engine.Version;

    public EngineStatus Status => engine.Status;

    /// <summary>What was asked since the last call: each statement once, in the order of their texts, because some are asked at the same time.</summary>
    public IReadOnlyList<string> Take()
    {
        lock (_lock)
        {
            IReadOnlyList<string> taken = [.. _statements.Distinct().Order(StringComparer.Ordinal)];
            _statements.Clear();
            return taken;
        }
    }

    public Task<EngineResult> QueryAsync(string sql, IReadOnlyList<EngineParameter> parameters, string format, QueryLimits limits, CancellationToken ct)
    {
        lock (_lock)
            _statements.Add(Written(sql, parameters));
        return engine.QueryAsync(sql, parameters, format, limits, ct);
    }

    public Task<QueryProgress?> ProgressAsync(string name, CancellationToken ct) => engine.ProgressAsync(name, ct);

    public Task ExecuteAsync(string sql, IReadOnlyList<EngineParameter> parameters, CancellationToken ct) => engine.ExecuteAsync(sql, parameters, ct);

    public Task InsertAsync(
        string table, string columns, string structure, IReadOnlyList<ReadOnlyMemory<byte>> blocks, string deduplicationToken, CancellationToken ct) =>
        engine.InsertAsync(table, columns, structure, blocks, deduplicationToken, ct);

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    private static string Written(string sql, IReadOnlyList<EngineParameter> parameters)
    {
        var text = new StringBuilder(SqlLayout.Of(sql)).Append('\n');
        foreach (var parameter in parameters)
            text.Append("-- ").Append(parameter.Name).Append(" = ").Append(Encoding.UTF8.GetString(parameter.Encoded.Span)).Append('\n');
        return text.ToString();
    }
}
