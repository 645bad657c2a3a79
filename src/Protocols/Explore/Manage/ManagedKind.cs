using System.Text.Json.Nodes;
using Weir.Core.Access;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// A kind of object with the usual calls: create, list, read, replace, delete. <see cref="Shape"/> turns a body into what is stored,
/// <see cref="Show"/> what is stored into what is answered.
/// </summary>
internal abstract class ManagedKind
{
    /// <summary>Of the path and of the collection: <c>boards</c>.</summary>
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

    public virtual string NewId() => ManageCall.NewId();

    /// <summary>
    /// The body to store, without id and times. Throws <see cref="ManageException"/> for what is wrong with it.
    /// </summary>
    /// <param name="before">Null when it is being made.</param>
    public abstract Task<JsonObject> Shape(ManageCall call, ManageInput input, Managed? before);

    /// <summary>What is answered: by default what is stored.</summary>
    public virtual Task<JsonObject> Show(ManageCall call, Managed managed) => Task.FromResult((JsonObject)managed.Body.DeepClone());

    /// <summary>Before it is deleted: throws when it may not be, and takes away what hangs on it.</summary>
    public virtual Task BeforeDelete(ManageCall call, Managed managed) => Task.CompletedTask;

    /// <summary>Which of the listed objects are answered.</summary>
    public virtual bool Matches(ManageCall call, Managed managed) => true;

    /// <summary>Objects that nobody made and that are there all the same, because the data tells of them; those that were made go before.</summary>
    public virtual Task<IReadOnlyList<Managed>> Found(ManageCall call) => Task.FromResult<IReadOnlyList<Managed>>([]);

    /// <summary>The single object that a query parameter asks for, instead of a list: member and wanted text.</summary>
    public virtual (string Member, string Value)? Single(ManageCall call) => null;
}
