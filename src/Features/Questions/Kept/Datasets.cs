using System.Collections.Concurrent;
using System.Text;
using Weir.Core.Model;
using Weir.Core.Settings;

namespace Weir.Features.Questions.Kept;

/// <summary>What the sending side needs of a dataset.</summary>
/// <param name="Name">As it was first written.</param>
/// <param name="ExpandJsonDepth">Levels of nested objects that become columns; 0 to 10.</param>
internal sealed record Dataset(string Name, string Slug, int ExpandJsonDepth);

/// <summary>
/// Datasets by name, whatever its case: the first spelling is the one that is shown. The first event of a dataset makes it; looking
/// one up afterwards is cheap enough for every request.
/// </summary>
internal sealed class Datasets(Documents<DatasetDocument> documents, TimeProvider time)
{
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
        if (!IsName(name) || _known.Count >= Most)
            return new Dataset(name, SlugOf(name), 0);
        var stored = Find(environment, name);
        if (stored is null)
        {
            var made = Make(environment, name);
            if (time.GetUtcNow().UtcTicks < Interlocked.Read(ref _writesFrom))
                return Read(made);
            try
            {
                // When two first events arrive at once, the one that was stored defines the dataset.
                stored = await documents.TryPutAsync(made, cancellationToken) ?? Find(environment, name) ?? made;
            }
            catch (FaultException e) when (e.Fault.Kind == FaultKind.Unavailable)
            {
                Interlocked.Exchange(ref _writesFrom, time.GetUtcNow().UtcTicks + WritePause.Ticks);
                return Read(made);
            }
        }
        // Names that differ in more than case may share a slug; they stay separate datasets.
        var isSame = string.Equals(stored.Value.Name, name, StringComparison.OrdinalIgnoreCase);
        return _known[(environment, name)] = isSame ? Read(stored) : new Dataset(name, stored.Id, 0);
    }

    public static bool IsName(string name) => name.Length is > 0 and <= LongestName;

    /// <summary>Stores the dataset of a service, unless it is there.</summary>
    public async Task NoteAsync(string environment, string name, CancellationToken cancellationToken)
    {
        if (IsName(name) && Find(environment, name) is null)
            await documents.TryPutAsync(Make(environment, name), cancellationToken);
    }

    /// <summary>By its slug or its name; null when nobody made it.</summary>
    public Stored<DatasetDocument>? Find(string scope, string slugOrName) => documents.Find(scope, dataset: "", SlugOf(slugOrName));

    public IReadOnlyList<Stored<DatasetDocument>> List(string scope) => documents.List(scope);

    /// <summary>A new one, not stored.</summary>
    public Stored<DatasetDocument> Make(string environment, string name) => new(
        environment, "", SlugOf(name), new DatasetDocument(name, SlugOf(name), CreatedAt: time.GetUtcNow(), Settings: new DatasetSettings()));

    /// <summary>Stores changed settings; events that come now see them.</summary>
    public async Task PutAsync(Stored<DatasetDocument> dataset, CancellationToken cancellationToken)
    {
        await documents.PutAsync(dataset, cancellationToken);
        _known.Clear();
    }

    public async Task DeleteAsync(Stored<DatasetDocument> dataset, CancellationToken cancellationToken)
    {
        await documents.DeleteAsync(dataset, cancellationToken);
        _known.Clear();
    }

    private static Dataset Read(Stored<DatasetDocument> stored) => new(stored.Value.Name, stored.Id, Math.Clamp(stored.Value.ExpandJsonDepth, 0, 10));
}
