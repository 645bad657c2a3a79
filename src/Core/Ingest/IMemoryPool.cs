namespace Weir.Core.Ingest;

/// <summary>Keeps grown memory for the next request. When nothing comes for a while it is asked to let go of it.</summary>
public interface IMemoryPool
{
    /// <summary>Lets go of everything that is not in use. Thread-safe.</summary>
    void Trim();
}
