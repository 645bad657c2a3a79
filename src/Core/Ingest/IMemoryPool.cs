namespace Weir.Core.Ingest;

/// <summary>Keeps allocated memory for the next request and releases it after idle periods.</summary>
public interface IMemoryPool
{
    /// <summary>Releases all memory that is not in use. Thread-safe.</summary>
    void Trim();
}
