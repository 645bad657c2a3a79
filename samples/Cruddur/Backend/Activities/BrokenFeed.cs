namespace Cruddur.Activities;

/// <summary>
/// The handler that is broken on purpose: <see cref="Load"/> reads the feed and forgets to hand it back, so the
/// caller's <c>First()</c> fails. This is the error, with its traceback, that the walkthrough looks for.
/// </summary>
internal sealed class BrokenFeed(CrudStore store)
{
    public Crud Newest() => Load().First();

    private IEnumerable<Crud> Load()
    {
        _ = store.Newest(25);
        return [];
    }
}
