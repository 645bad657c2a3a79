namespace Weir.Core.Access;

/// <summary>The permissions and the environment of each key. The keys can be replaced while requests are served.</summary>
public sealed class AccessKeys
{
    public const string DefaultEnvironment = "default";
    private const int LongestName = 32;
    private const int LongestKey = 1024;
    private volatile IReadOnlyList<KnownKey> _known = [];

    /// <summary>False in open mode: any key, or none, is accepted and may do everything.</summary>
    public bool Required { get; init; }

    /// <summary>The keys that are accepted when keys are required. A change takes effect with the next request.</summary>
    public IReadOnlyList<KnownKey> Known
    {
        get => _known;
        set => _known = value;
    }

    /// <summary>
    /// The access of a key, or null when keys are required and this key is unknown. In open mode a key that looks like a short name
    /// (lower-case letters and dashes, at most 32) is the name of the environment; every other key, and none, means "default".
    /// </summary>
    public KeyGrant? Find(string? key)
    {
        if (Required)
            return key is { Length: > 0 and <= LongestKey } ? Find(KeyHash.Of(key)) : null;
        return new KeyGrant(key is { Length: > 0 and <= LongestName } && IsName(key) ? key : DefaultEnvironment, KeyKind.Manage);
    }

    /// <summary>Compares with every known key, so that the time does not depend on the key.</summary>
    private KeyGrant? Find(KeyHash hash)
    {
        KeyGrant? grant = null;
        foreach (var known in _known)
        {
            if (known.Hash.Matches(hash))
                grant = new KeyGrant(known.Environment, known.Kind);
        }
        return grant;
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
