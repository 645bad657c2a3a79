namespace Cruddur.Activities;

/// <summary>Everything in memory; what expired is dropped when it is next looked at, and the newest 500 are kept.</summary>
internal sealed class CrudStore
{
    private const int Kept = 500;
    private readonly Lock _gate = new();
    private readonly List<Crud> _cruds = [];
    private readonly TimeProvider _time;

    public CrudStore(TimeProvider time)
    {
        _time = time;
        Seed();
    }

    public static IReadOnlyList<User> Users { get; } =
    [
        new("andrewbrown", "Andrew Brown", "Builds in public, breaks in public."),
        new("bayko", "Bayko", "Cloud, coffee, and postmortems."),
        new("worf", "Worf", "Today is a good day to deploy."),
        new("garek", "Garek", "A plain, simple tailor of dashboards."),
        new("londo", "Londo Mollari", "Ambassador to the on-call rotation."),
    ];

    public static User? FindUser(string handle) => Users.FirstOrDefault(u => string.Equals(u.Handle, handle, StringComparison.OrdinalIgnoreCase));

    public IReadOnlyList<Crud> Newest(int limit) => Read(_ => true, limit);

    public IReadOnlyList<Crud> By(string handle) => Read(c => string.Equals(c.Handle, handle, StringComparison.OrdinalIgnoreCase), 50);

    public IReadOnlyList<Crud> Matching(string term) => Read(c => c.Message.Contains(term, StringComparison.OrdinalIgnoreCase), 50);

    public Crud? Find(string uuid) => Read(c => string.Equals(c.Uuid, uuid, StringComparison.OrdinalIgnoreCase), 1) is [var found] ? found : null;

    public Crud Add(string handle, string message, TimeSpan ttl)
    {
        var now = _time.GetUtcNow();
        var crud = new Crud(Guid.NewGuid().ToString(), handle, message, now, now + ttl, 0, 0, 0, []);
        lock (_gate)
        {
            _cruds.Add(crud);
            if (_cruds.Count > Kept)
                _cruds.RemoveAt(0);
        }
        return crud;
    }

    public Reply? AddReply(string uuid, string handle, string message)
    {
        lock (_gate)
        {
            var at = _cruds.FindIndex(c => string.Equals(c.Uuid, uuid, StringComparison.OrdinalIgnoreCase));
            if (at < 0 || _cruds[at].ExpiresAt <= _time.GetUtcNow())
                return null;
            var crud = _cruds[at];
            var reply = new Reply(Guid.NewGuid().ToString(), crud.Uuid, handle, message, _time.GetUtcNow(), 0, 0, 0);
            _cruds[at] = crud with { Replies = [.. crud.Replies, reply], RepliesCount = crud.RepliesCount + 1 };
            return reply;
        }
    }

    private List<Crud> Read(Func<Crud, bool> wanted, int limit)
    {
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            _cruds.RemoveAll(c => c.ExpiresAt <= now);
            return [.. _cruds.Where(wanted).OrderByDescending(c => c.CreatedAt).Take(limit)];
        }
    }

    private void Seed()
    {
        var now = _time.GetUtcNow();
        var first = new Crud("68f126b0-1ceb-4a33-88be-d90fa7109eee", "andrewbrown", "Cloud is fun!", now.AddDays(-2), now.AddDays(5), 5, 1, 0, []);
        _cruds.Add(first with
        {
            Replies = [new("26e12864-1c26-5c3a-9658-97a10f8fea67", first.Uuid, "worf", "This post has no honor!", now.AddDays(-2), 0, 0, 0)],
        });
        _cruds.Add(new("66e12864-8c26-4c3a-9658-95a10f8fea67", "worf", "I am out of prune juice", now.AddDays(-1), now.AddDays(9), 2, 0, 0, []));
        _cruds.Add(new("248959df-3079-4947-b847-9e0892d1bab4", "garek", "My dear doctor, I am just simple tailor", now.AddHours(-1), now.AddHours(12), 0, 0, 1, []));
        _cruds.Add(new("1c1f2a56-6b1b-4f3c-9c31-7f5ed1dd3a52", "bayko", "Three dashboards said it was fine. The fourth was the outage.", now.AddMinutes(-42), now.AddDays(3), 11, 0, 4, []));
        _cruds.Add(new("5d0f8c1e-22a4-4f0a-8a0e-0a7b2f6e9b11", "londo", "If it is not on the timeline, did the request ever happen?", now.AddMinutes(-9), now.AddDays(1), 7, 0, 2, []));
    }
}
