namespace Weir.Core.Query;

/// <summary>One part of Weir that can say whether it works. All registered ones make up <c>/healthz</c>.</summary>
public interface IHealth
{
    /// <summary>What the part is called in the answer, e.g. <c>engine</c>.</summary>
    string Name { get; }

    /// <summary>Null when it works, else why not, in words for the operator. Must answer within two seconds and not throw.</summary>
    ValueTask<string?> CheckAsync(CancellationToken cancellationToken);

    /// <summary>What the operator should know of it though it works; null when there is nothing. Answers at once.</summary>
    string? Notice => null;
}
