using System.Security.Cryptography;
using System.Text;

namespace Weir.Core.Access;

/// <summary>
/// SHA-256 of a key, stored instead of the key. Sufficient for long random keys, not for passwords. Text form: <c>sha256:</c> and 64
/// hexadecimal digits.
/// </summary>
public sealed class KeyHash
{
    public const string Prefix = "sha256:";
    private readonly byte[] _digest;

    private KeyHash(byte[] digest) => _digest = digest;

    public static KeyHash Of(string key) => new(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Reads the text form; null when the text is not one.</summary>
    public static KeyHash? Parse(string text)
    {
        var digest = new byte[SHA256.HashSizeInBytes];
        return text.StartsWith(Prefix, StringComparison.Ordinal)
            && text.Length == Prefix.Length + 2 * digest.Length
            && Convert.FromHexString(text.AsSpan(Prefix.Length), digest, out _, out _) == System.Buffers.OperationStatus.Done
                ? new(digest)
                : null;
    }

    /// <summary>Takes constant time, independent of the first difference.</summary>
    public bool Matches(KeyHash other) => CryptographicOperations.FixedTimeEquals(_digest, other._digest);

    public override string ToString() => Prefix + Convert.ToHexStringLower(_digest);
}

/// <summary>A key by its hash, with the environment of its data and its permissions.</summary>
public sealed record KnownKey(KeyHash Hash, string Environment, KeyKind Kind = KeyKind.Ingest);
