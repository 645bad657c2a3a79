using System.Globalization;
using System.Security.Cryptography;

namespace Weir.Server.Access;

/// <summary>A password as stored: <c>pbkdf2-sha256:600000:&lt;salt&gt;:&lt;hash&gt;</c>, salt and hash in base64.</summary>
public sealed class PasswordHash
{
    public const string Prefix = "pbkdf2-sha256:";
    public const int DefaultIterations = 600_000;
    private const int LeastIterations = 100_000;
    private const int MostIterations = 10_000_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    private readonly int _iterations;
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash) => (_iterations, _salt, _hash) = (iterations, salt, hash);

    public static PasswordHash Of(string password, int iterations = DefaultIterations)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new PasswordHash(iterations, salt, Derive(password, salt, iterations));
    }

    /// <summary>Reads the text form; null when the text is not one, or when its number of rounds is implausible.</summary>
    public static PasswordHash? Parse(string text)
    {
        var parts = text.Split(':');
        if (parts.Length != 4 || parts[0] + ":" != Prefix
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            || iterations is < LeastIterations or > MostIterations)
            return null;
        var salt = new byte[SaltBytes];
        var hash = new byte[HashBytes];
        return Convert.TryFromBase64String(parts[2], salt, out var saltRead) && saltRead == SaltBytes
            && Convert.TryFromBase64String(parts[3], hash, out var hashRead) && hashRead == HashBytes
                ? new PasswordHash(iterations, salt, hash)
                : null;
    }

    /// <summary>Takes a tenth of a second or more, which makes guessing expensive.</summary>
    public bool Matches(string password) => CryptographicOperations.FixedTimeEquals(Derive(password, _salt, _iterations), _hash);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{_iterations}:{Convert.ToBase64String(_salt)}:{Convert.ToBase64String(_hash)}");

    private static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, HashBytes);
}
