namespace Weir.Store.Engine;

/// <summary>
/// How many statements of a kind run at a time; further ones wait in order of arrival. Reads, inserts and statements don't wait for each
/// other, and what stops or watches them waits for none.
/// </summary>
internal sealed class EngineLane(int most) : IDisposable
{
    private readonly SemaphoreSlim _free = new(most, most);

    public async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        await _free.WaitAsync(ct);
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
