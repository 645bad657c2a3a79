using System.Security.Cryptography;

namespace Cruddur.XRay;

internal static class TraceIds
{
    /// <summary>`1-{8 hex of epoch seconds}-{24 random hex}`.</summary>
    public static string NewTrace(DateTimeOffset now) =>
        $"1-{(uint)now.ToUnixTimeSeconds():x8}-{RandomNumberGenerator.GetHexString(24, lowercase: true)}";

    public static string NewEntity() => RandomNumberGenerator.GetHexString(16, lowercase: true);
}
