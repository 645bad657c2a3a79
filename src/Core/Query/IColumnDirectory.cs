using Weir.Core.Model;

namespace Weir.Core.Query;

/// <summary>What is known of the stored columns without reading a row.</summary>
public interface IColumnDirectory
{
    /// <summary>
    /// Attribute keys, those that begin with the text first, then those in most datasets and days. Throws <see cref="FaultException"/>
    /// (Unavailable).
    /// </summary>
    Task<IReadOnlyList<SeenColumn>> ColumnsAsync(ColumnQuestion question, CancellationToken cancellationToken);

    /// <summary>How many keys there are of the question, whatever its limit and offset. Throws as the others do.</summary>
    Task<long> CountAsync(ColumnQuestion question, CancellationToken cancellationToken);

    /// <summary>What is known of these keys, whatever the dataset; those nobody has seen are left out. Throws as the others do.</summary>
    Task<IReadOnlyList<SeenColumn>> FindAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken);

    /// <summary>Datasets of one answer; of more, those that were written to last.</summary>
    public const int MostDatasets = 10_000;

    /// <summary>
    /// Datasets, the one that was written to last first, at most <see cref="MostDatasets"/>. Throws <see cref="FaultException"/> (Unavailable).
    /// </summary>
    Task<IReadOnlyList<SeenDataset>> DatasetsAsync(CancellationToken cancellationToken);

    /// <summary>The same of one environment, or of all when it is null, with how many attributes each has.</summary>
    Task<IReadOnlyList<SeenDataset>> DatasetsAsync(string? environment, CancellationToken cancellationToken) => DatasetsAsync(cancellationToken);
}

/// <param name="Datasets">Services and events datasets, by exact name; null for all.</param>
/// <param name="Signals">Empty for all.</param>
/// <param name="Part">Keys that have this somewhere, whatever the case; empty for all.</param>
/// <param name="Since">Only keys of this UTC day and later ones.</param>
public sealed record ColumnQuestion(IReadOnlyList<string>? Datasets, IReadOnlyList<Signal> Signals, string Part, DateOnly? Since, int Limit)
{
    /// <summary>Null for all.</summary>
    public string? Environment { get; init; }

    /// <summary>So many keys are left out, in the order of the answer.</summary>
    public int Offset { get; init; }

    /// <summary>Only keys that begin with <see cref="Part"/>, whatever the case.</summary>
    public bool Begins { get; init; }

    /// <summary>Keys that are left out.</summary>
    public IReadOnlyCollection<string> Except { get; init; } = [];

    /// <summary>Only these keys; null for all.</summary>
    public IReadOnlyCollection<string>? Among { get; init; }
}

/// <param name="Types">Each type that values of the key had.</param>
/// <param name="OnResource">It is an attribute of the resource, of the record too perhaps.</param>
public sealed record SeenColumn(string Key, IReadOnlyList<SeenType> Types, IReadOnlyList<Signal> Signals, bool OnResource, DateTimeOffset LastSeen)
{
    /// <summary>The UTC day of its first row, as far as the rows' times tell.</summary>
    public DateTimeOffset FirstSeen { get; init; }
}

public enum SeenType
{
    String,
    Integer,
    Float,
    Boolean,
}

/// <summary>A service, or a dataset of events.</summary>
/// <param name="LastWritten">To about ten seconds.</param>
public sealed record SeenDataset(string Name, IReadOnlyList<Signal> Signals, DateTimeOffset LastWritten)
{
    /// <summary>How many attributes; 0 where nobody counted.</summary>
    public int Attributes { get; init; }
}
