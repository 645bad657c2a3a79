using System.Security.Cryptography;
using System.Text;

namespace Weir.Features.Errors;

/// <summary>
/// What makes occurrences the same error: the class, and the file and method of each frame of the project, without lines, columns,
/// messages and parts of names that change between builds. Without frames: the class and the message without its values.
/// Any change splits all existing items, so it needs a new <see cref="Version"/> and a mapping from the old one.
/// </summary>
internal static class Fingerprints
{
    private const string Version = "weir-1";

    /// <summary>40 lower-case hex digits.</summary>
    public static string Of(string name, string? message, IReadOnlyList<StackFrame> frames) =>
        Of([new StackException(name, message, frames)]);

    /// <summary>The fingerprint of a chain, outermost first: every exception of it is used.</summary>
    /// <param name="withMessage">
    /// Adds the outermost message without its values even when there are frames: for window.onerror, whose single frame is not specific.
    /// </param>
    public static string Of(IReadOnlyList<StackException> chain, bool withMessage = false)
    {
        var key = new StringBuilder(Version);
        foreach (var exception in chain)
        {
            key.Append('\n').Append(exception.Class);
            if (!AppendFrames(key, exception.Frames))
                key.Append('\0').Append(FingerprintText.WithoutValues(exception.Message ?? ""));
        }
        if (withMessage && chain.Count > 0)
            key.Append('\n').Append(FingerprintText.WithoutValues(chain[0].Message ?? ""));
        return Hash(key.ToString());
    }

    /// <summary>A client's own fingerprint: kept when it has at most 40 characters, otherwise its SHA-1 as 40 hex digits.</summary>
    public static string Custom(string fingerprint) => fingerprint.Length <= 40 ? fingerprint : Hash(fingerprint);

    private static bool AppendFrames(StringBuilder key, IReadOnlyList<StackFrame> frames)
    {
        var project = false;
        foreach (var frame in frames)
            project |= frame.InProject && IsUsable(frame);
        var any = false;
        string? last = null;
        foreach (var frame in frames)
        {
            if ((project && !frame.InProject) || !IsUsable(frame))
                continue;
            var line = FingerprintText.File(frame.File ?? "") + "\0" + FingerprintText.Method(frame.Method ?? "");
            // Recursion of another depth is the same error.
            if (line == last)
                continue;
            key.Append('\n').Append(line);
            last = line;
            any = true;
        }
        return any;
    }

    private static bool IsUsable(StackFrame frame) =>
        !string.IsNullOrEmpty(frame.Method) || frame.File is { Length: > 0 } and not ("(unknown)" or "<unknown>" or "<anonymous>" or "???");

    // Rollbar shows item hashes as SHA-1, and clients send such hashes as fingerprints; they are not secret.
#pragma warning disable CA5350
    private static string Hash(string text) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
}
