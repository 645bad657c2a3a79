namespace Weir.Core.Columns;

/// <summary>UTF-8 text as bytes.</summary>
public static class Utf8Text
{
    /// <summary>The text truncated to at most the given number of bytes, at a character boundary.</summary>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> utf8, int most)
    {
        if (utf8.Length <= most)
            return utf8;
        var end = most;
        // A character has at most three bytes after its first; invalid UTF-8 is cut anywhere.
        while (end > most - 4 && (utf8[end] & 0xc0) == 0x80)
            end--;
        return utf8[..end];
    }
}
