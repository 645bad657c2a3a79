using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>Of which type the values of a column are.</summary>
public enum ColumnKind : byte
{
    /// <summary>No column: the fact says that there is the dataset.</summary>
    None,
    String,
    Integer,
    Float,
    Boolean,
}

/// <summary>A dataset has a column, or (with an empty key) is there at all.</summary>
/// <param name="Signal">Which table.</param>
/// <param name="Day">Of the rows: days since 1970, UTC, 0 to 65535.</param>
/// <param name="Environment">Of the rows.</param>
/// <param name="Dataset">The service, for events the dataset, or what the sender's dataset header named.</param>
/// <param name="Key">The attribute's key; empty: the dataset itself.</param>
/// <param name="Kind">The type of the values.</param>
/// <param name="OnResource">The key is an attribute of the resource.</param>
public readonly record struct ColumnFact(
    Signal Signal, int Day, string Environment, string Dataset, string Key, ColumnKind Kind, bool OnResource)
{
    /// <summary>The resource attribute that keeps the dataset header of senders whose records go where the header says.</summary>
    public const string DatasetHeaderKey = "meta.dataset";
}
