namespace Weir.Core.Access;

/// <summary>Which key may send, and to which environment its data goes.</summary>
public sealed class AccessKeys
{
    public const string DefaultEnvironment = "default";
    private const int LongestName = 32;
    private const int LongestKey = 1024;

    /// <summary>False in open mode: any key or none is accepted.</summary>
    public bool Required { get; init; }

    /// <summary>The keys that may send when keys are required.</summary>
    public IReadOnlyList<KnownKey> Known { get; init; } = [];

    /// <summary>
    /// The environment of a key's data, or null when keys are required and this is not one. In open mode a key that looks like a
    /// short name (lower-case letters and dashes, at most 32) names the environment; every other key, and none, means "default".
    /// </summary>
    public string? EnvironmentOf(string? key)
    {
        if (Required)
            return key is { Length: > 0 and <= LongestKey } ? Find(KeyHash.Of(key)) : null;
        return key is { Length: > 0 and <= LongestName } && IsName(key) ? key : DefaultEnvironment;
    }

    /// <summary>Looks at every known key, so that the time it takes doesn't tell which one was near.</summary>
    private string? Find(KeyHash hash)
    {
        string? environment = null;
        foreach (var known in Known)
        {
            if (known.Hash.Matches(hash))
                environment = known.Environment;
        }
        return environment;
    }

    private static bool IsName(string key)
    {
        if (!char.IsAsciiLetterLower(key[0]))
            return false;
        foreach (var c in key)
        {
            if (!char.IsAsciiLetterLower(c) && c != '-')
                return false;
        }
        return true;
    }
}
