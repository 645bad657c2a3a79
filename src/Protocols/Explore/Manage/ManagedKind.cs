using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Weir.Core.Access;
using Weir.Core.Settings;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// A kind of object with the usual calls: create, list, read, replace, delete. <see cref="Shape"/> turns a body into the model,
/// <see cref="Show"/> the model into what is answered.
/// </summary>
internal abstract class ManagedKind<T>(Documents<T> documents)
    where T : DatedDocument, IDocument<T>
{
    public Documents<T> Documents => documents;

    /// <summary>Of the path: <c>boards</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Objects belong to a dataset, which is in the path.</summary>
    public virtual bool HasDataset => true;

    /// <summary>What a key needs to list and read objects of this kind.</summary>
    public virtual KeyPermissions ToRead => KeyPermissions.Read;

    /// <summary>A list for <c>__all__</c> has the objects of every dataset.</summary>
    public virtual bool AllListsEveryDataset => true;

    public virtual int DeletedStatus => 204;

    /// <summary>The answer to a delete is the object.</summary>
    public virtual bool DeleteAnswersObject => false;

    public virtual int Most => 10_000;

    public virtual string NewId() => DocumentIds.New();

    /// <summary>The object of a body, without id and times. Throws <see cref="ManageException"/> for what is wrong with it.</summary>
    /// <param name="before">Null when it is being made.</param>
    public abstract Task<T> Shape(ManageCall call, ManageInput input, Stored<T>? before);

    /// <summary>What is answered: by default the members of the model, under the names that it is stored with.</summary>
    public virtual Task<JsonObject> Show(ManageCall call, Stored<T> stored) => Task.FromResult(Members(stored));

    /// <summary>Before it is deleted: throws when it may not be, and takes away what hangs on it.</summary>
    public virtual Task BeforeDelete(ManageCall call, Stored<T> stored) => Task.CompletedTask;

    /// <summary>Which of the listed objects are answered.</summary>
    public virtual bool Matches(ManageCall call, Stored<T> stored) => true;

    /// <summary>Objects that nobody made and that are there all the same, because the data tells of them; those that were made go before.</summary>
    public virtual Task<IReadOnlyList<Stored<T>>> Found(ManageCall call) => Task.FromResult<IReadOnlyList<Stored<T>>>([]);

    /// <summary>Picks the single object that a query parameter asks for, instead of a list; null when none is asked for.</summary>
    public virtual Func<T, bool>? Single(ManageCall call) => null;

    protected static JsonObject Members(Stored<T> stored) => (JsonObject)JsonSerializer.SerializeToNode(stored.Value, T.Json)!;

    /// <summary>The members of the model, and after them what is known beside it.</summary>
    protected static JsonObject Members<TMore>(Stored<T> stored, TMore more, JsonTypeInfo<TMore> type)
    {
        var members = Members(stored);
        foreach (var (name, value) in (JsonObject)JsonSerializer.SerializeToNode(more, type)!)
            members[name] = value?.DeepClone();
        return members;
    }
}
