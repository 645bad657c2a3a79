using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>The type of a column's values.</summary>
public enum ColumnKind : byte
{
    /// <summary>No column: the fact states that the dataset exists.</summary>
    None,
    String,
    Integer,
    Float,
    Boolean,
}

/// <summary>States that a dataset has a column, or (with an empty key) that the dataset exists.</summary>
/// <param name="Signal">Which table.</param>
/// <param name="Day">Of the rows: days since 1970, UTC, 0 to 65535.</param>
/// <param name="Environment">Of the rows.</param>
/// <param name="Dataset">The service, for events the dataset, or the value of the sender's dataset header.</param>
/// <param name="Key">The attribute's key; empty: the dataset itself.</param>
/// <param name="Kind">The type of the values.</param>
/// <param name="OnResource">The key is an attribute of the resource.</param>
public readonly record struct ColumnFact(
    Signal Signal, int Day, string Environment, string Dataset, string Key, ColumnKind Kind, bool OnResource)
{
    /// <summary>The resource attribute that stores the dataset header where the header determines the dataset.</summary>
    public const string DatasetHeaderKey = "meta.dataset";
}
