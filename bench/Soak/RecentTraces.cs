namespace Weir.Bench.Soak;

/// <summary>Ids of the traces that were sent last, for the readers. Thread-safe.</summary>
internal sealed class RecentTraces
{
    private const int Most = 500;
    private readonly Lock _gate = new();
    private readonly List<string> _ids = [];
    private int _next;

    public void Add(string id)
    {
        lock (_gate)
        {
            if (_ids.Count < Most)
                _ids.Add(id);
            else
                _ids[_next++ % Most] = id;
        }
    }

    /// <summary>Null before the first.</summary>
    private string? Any()
    {
        lock (_gate)
            return _ids.Count == 0 ? null : _ids[Random.Shared.Next(_ids.Count)];
    }

    /// <summary>One in the W3C form: 32 hex digits.</summary>
    public string Otlp() => Any() switch
    {
        null => new string('1', 32),
        ['1', '-', .. var rest] => rest.Replace("-", "", StringComparison.Ordinal),
        var id => id,
    };

    /// <summary>One in X-Ray's form, <c>1-5759e988-bd862e3fe1be46a994272793</c>.</summary>
    public string XRay()
    {
        var id = Otlp();
        return $"1-{id[..8]}-{id[8..]}";
    }
}
