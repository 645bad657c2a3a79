using System.Collections.Concurrent;

namespace Weir.Store.Engine;

/// <summary>
/// The one thread on which a connection's native calls run, for as long as the connection lives. libchdb gives each thread that runs a
/// statement state of its own, an alternate signal stack among it, and .NET does the same: threads that come and go with the statements
/// leave two memory mappings each behind, until the process has none left.
/// </summary>
internal sealed class ConnectionThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    internal ConnectionThread(string name)
    {
        var thread = new Thread(Loop) { Name = name, IsBackground = true };
        thread.Start();
    }

    /// <summary>Runs the work after what was given before; it must not outlive <see cref="Dispose"/>.</summary>
    internal Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                T result;
                using (SignalStack.Keep())
                    result = work();
                done.SetResult(result);
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
        return done.Task;
    }

    /// <summary>The thread ends after the work it has.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void Loop()
    {
        foreach (var work in _work.GetConsumingEnumerable())
            work();
        _work.Dispose();
    }
}
