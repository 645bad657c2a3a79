using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Weir.Core.Model;

namespace Weir.Protocols.Explore.Manage;

/// <summary>A dataset's own settings, as far as the sending side needs them.</summary>
/// <param name="Name">As it was first written.</param>
/// <param name="ExpandJsonDepth">Levels of nested objects that become columns; 0 to 10.</param>
internal sealed record Dataset(string Name, string Slug, int ExpandJsonDepth);

/// <summary>
/// Datasets by name, whatever its case: the first spelling is the one that is shown. The first event of a dataset makes it; looking
/// one up afterwards is cheap enough for every request.
/// </summary>
internal sealed class Datasets(ManagedStore store, TimeProvider time)
{
    public const string Kind = "datasets";
    private const int LongestName = 255;

    /// <summary>Past so many, names are taken as they come and not remembered: a sender may make up any number.</summary>
    private const int Most = 5000;

    /// <summary>After settings could not be written, new datasets are not written for so long: their events wait for nothing.</summary>
    private static readonly TimeSpan WritePause = TimeSpan.FromSeconds(5);

    private long _writesFrom;

    private readonly ConcurrentDictionary<(string Environment, string Name), Dataset> _known = new();

    /// <summary>Lower case, and a dash for everything that is no letter or digit: <c>My Dataset!</c> is <c>my-dataset-</c>.</summary>
    public static string SlugOf(string name)
    {
        var slug = new StringBuilder(name.Length);
        foreach (var c in name)
            slug.Append(char.IsLetterOrDigit(c) || c == '_' ? char.ToLowerInvariant(c) : '-');
        return slug.ToString();
    }

    /// <summary>
    /// The dataset of an event; made when it is new. While settings can't be written its events are taken all the same, and one that comes
    /// later makes it.
    /// </summary>
    public async ValueTask<Dataset> TakeAsync(string environment, string name, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((environment, name), out var known))
            return known;
        if (name.Length is 0 or > LongestName || _known.Count >= Most)
            return new Dataset(name, SlugOf(name), 0);
        var stored = Find(environment, name);
        if (stored is null)
        {
            stored = Make(environment, name);
            var now = time.GetUtcNow().UtcTicks;
            if (now < Interlocked.Read(ref _writesFrom))
                return Read(stored);
            try
            {
                await store.PutAsync(Kind, stored, cancellationToken);
            }
            catch (FaultException e) when (e.Fault.Kind == FaultKind.Unavailable)
            {
                Interlocked.Exchange(ref _writesFrom, time.GetUtcNow().UtcTicks + WritePause.Ticks);
                return Read(stored);
            }
        }
        // Names that differ in more than case may share a slug: each keeps to itself.
        var isSame = string.Equals((string?)stored.Body["name"], name, StringComparison.OrdinalIgnoreCase);
        return _known[(environment, name)] = isSame ? Read(stored) : new Dataset(name, stored.Id, 0);
    }

    /// <summary>By its slug or its name; null when nobody made it.</summary>
    public Managed? Find(string scope, string slugOrName) =>
        store.Find(Kind, scope, dataset: null, SlugOf(slugOrName));

    public Managed Make(string environment, string name)
    {
        var now = ManagedTime.Text(time.GetUtcNow());
        return new Managed(environment, "", SlugOf(name), new JsonObject
        {
            ["name"] = name,
            ["slug"] = SlugOf(name),
            ["description"] = "",
            ["expand_json_depth"] = 0,
            ["regular_columns_count"] = 0,
            ["created_at"] = now,
            ["last_written_at"] = null,
            ["settings"] = new JsonObject { ["delete_protected"] = false },
        }, 0);
    }

    /// <summary>Settings changed: events that come now see them.</summary>
    public void Forget() => _known.Clear();

    private static Dataset Read(Managed stored) =>
        new((string)stored.Body["name"]!, stored.Id, Math.Clamp((int?)stored.Body["expand_json_depth"] ?? 0, 0, 10));
}
