namespace Weir.Store.Engine;

/// <summary>
/// Limits the concurrent statements of each kind; further ones wait in order of arrival. Queries, inserts and other statements don't wait for each
/// other, and statements that kill or watch others never wait.
/// </summary>
internal sealed class EngineLane(int most) : IDisposable
{
    private readonly SemaphoreSlim _free = new(most, most);
    private long _begun;

    /// <summary>Statements that were sent, failed and repeated ones too.</summary>
    public long Begun => Interlocked.Read(ref _begun);

    public async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        await _free.WaitAsync(ct);
        Interlocked.Increment(ref _begun);
        try
        {
            return await work();
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();
}
