using System.Globalization;
using System.Text;

namespace Weir.Tests.Wire;

/// <summary>Frames made by libzstd 1.5.4 at level 3.</summary>
internal static class ZstdText
{
    public static readonly byte[] Plain = Encoding.UTF8.GetBytes(string.Concat(
        Enumerable.Range(0, 300).Select(i => string.Create(CultureInfo.InvariantCulture, $"line {i * 7919 % 1000} of a zstd body\n"))));

    public static readonly byte[] Packed = Convert.FromBase64String(
        "KLUv/WD9Gq0OAIaaOBOgmw7QH1X/PQAwykq5K+JVh+cKPAAvADAAbh2zV7FRICYsUlrz8YXSN2yErAIed+K7gMAlb0IyQnKpa/FwrgM4FCwQBB"
        + "Q0MDwEDAQcLAQIBBgoICQE84Y2AQ4bIat8e+SULk/ImAh0Wu9VjFQ8LFJa8/EltAlw2AhZBTzuyCldnpAhuQQauRCQkTa8EfhcI0Nqz7UxJgKd"
        + "1jK8Rioelja8EfhcI0Nqz6UxpNM6ZtcYIbVG4AGeS2OI1PNrjJB6ro0hrefSGCL1/BoZUs+1MaT1XGOI1KORIfXMtTEm6mvL8AGBLKhxkHz9Oz"
        + "GHEpUkDxEkBL9C0LD1A0gr0tj/r2tlE9cqvf9+/K3m/+dZ2fXef58VD45V+f33+5Oa/59jZXakyuz+Ps8KdaryuQJn/T+/Cp1Vcv9XeTuzF8G7"
        + "5SrYWCGgzmOXx87//2wV3ars3q1igAb4wDutVTSvgoCmb5fPnP//XBVdquz+flUu1HvO8Fol89++igH3DCeYX2meDi6PYn7HL4YX+ff9lc4MQt"
        + "ktAJwbzdPUcj5WapvPsewhf4B7i2Qex7fz4dMdTmdC0Lkl8udwthN+3DypTu9Y+UiIVPjhD6dIDT/8Lfw1g18CZhU=");

    /// <summary>A frame that holds the bytes as they are: RFC 8878, one raw block; at most 128 KiB.</summary>
    public static byte[] Stored(byte[] bytes)
    {
        // Magic, a header of one segment with 4 bytes of content size, then the block's header: last, raw, its size.
        var block = (bytes.Length << 3) | 1;
        return
        [
            0x28, 0xb5, 0x2f, 0xfd, 0xa0, .. BitConverter.GetBytes(bytes.Length), (byte)block, (byte)(block >> 8), (byte)(block >> 16), .. bytes,
        ];
    }

    /// <summary>2,048 zeros.</summary>
    public static readonly byte[] Packed2048 = Convert.FromBase64String("KLUv/WAAB00AABAAAAEA+/8ACw==");
}
