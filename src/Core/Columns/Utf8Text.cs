namespace Weir.Core.Columns;

/// <summary>Text as bytes of UTF-8.</summary>
public static class Utf8Text
{
    /// <summary>The first bytes, at most so many, ending between two characters.</summary>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> utf8, int most)
    {
        if (utf8.Length <= most)
            return utf8;
        var end = most;
        // A character has at most three bytes after its first; bytes that are no UTF-8 are cut anywhere.
        while (end > most - 4 && (utf8[end] & 0xc0) == 0x80)
            end--;
        return utf8[..end];
    }
}
