using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Core.Model;

/// <summary>Which item an occurrence belongs to: the first 8 bytes of the SHA-256 of environment, service and fingerprint.</summary>
public static class ItemIdentity
{
    public static ulong Of(string environment, string service, string fingerprint) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{environment}\n{service}\n{fingerprint}")));

    /// <summary>16 lower-case hex digits, as the API shows it.</summary>
    public static string ToText(ulong itemId) => itemId.ToString("x16", CultureInfo.InvariantCulture);

    public static bool TryParse(string text, out ulong itemId) =>
        ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out itemId) && text.Length == 16;
}
