using System.Globalization;

namespace Weir.Store.Engine;

/// <summary>The reason why the engine failed, as far as a caller can act on it.</summary>
public enum EngineFault
{
    Other,
    Syntax,
    UnknownTableOrColumn,
    TypeMismatch,
    TimeLimit,
    MemoryLimit,
    RowLimit,
    ReadOnly,

    /// <summary>The statement has too many parts, or is nested too deeply.</summary>
    TooComplex,

    /// <summary>Somebody killed the statement. Cancelling the caller's own token is an <see cref="OperationCanceledException"/> instead.</summary>
    Cancelled,

    /// <summary>Merges are behind: wait and insert again.</summary>
    TooManyParts,
    NoSpace,

    /// <summary>The engine cannot be opened or reached; <see cref="Exception.Message"/> contains advice.</summary>
    Unavailable,

    /// <summary>The bytes of the result do not match its format.</summary>
    MalformedResult,
}

/// <summary>A failure of the engine. <see cref="Code"/> is ClickHouse's error number, 0 when the failure is not ClickHouse's.</summary>
public sealed class EngineException : Exception
{
    public EngineException(EngineFault kind, string message, int code = 0, Exception? inner = null)
        : base(message, inner)
    {
        Kind = kind;
        Code = code;
    }

    public EngineFault Kind { get; }

    public int Code { get; }

    /// <summary>Retrying the same call later can succeed.</summary>
    public bool IsTransient => Kind is EngineFault.TooManyParts or EngineFault.NoSpace or EngineFault.Unavailable or EngineFault.MemoryLimit;

    /// <summary>
    /// Reads ClickHouse's text, such as
    /// <c>Code: 241. DB::Exception: Query memory limit exceeded: would use 96.56 MiB. (MEMORY_LIMIT_EXCEEDED)</c>.
    /// </summary>
    public static EngineException Parse(string text)
    {
        const string prefix = "Code: ";
        const string marker = "DB::Exception: ";
        var code = 0;
        var start = text.IndexOf(prefix, StringComparison.Ordinal);
        if (start >= 0)
        {
            var digits = text.AsSpan(start + prefix.Length);
            var end = digits.IndexOfAnyExceptInRange('0', '9');
            if (end > 0 && end < 9)
                code = int.Parse(digits[..end], NumberStyles.None, CultureInfo.InvariantCulture);
        }

        // Nested faults repeat the prefix: "Code: 164. DB::Exception: Code: 164. DB::Exception: Cannot modify ..."
        var at = text.IndexOf(marker, StringComparison.Ordinal);
        var message = at >= 0 ? text[(at + marker.Length)..] : text;
        while (message.StartsWith(prefix, StringComparison.Ordinal) && message.IndexOf(marker, StringComparison.Ordinal) is > 0 and var next)
            message = message[(next + marker.Length)..];
        // A server ends the text with " (version 26.5.1.1 (official build))".
        if (message.LastIndexOf(" (version ", StringComparison.Ordinal) is > 0 and var version)
            message = message[..version];
        message = message.Trim();
        return new EngineException(KindOf(code, message), message, code);
    }

    /// <summary>The same, where the text contains more information than the number: a full disk is reported with the number of the failed operation.</summary>
    private static EngineFault KindOf(int code, string message) => KindOf(code) switch
    {
        EngineFault.Other when message.Contains("No space left on device", StringComparison.OrdinalIgnoreCase)
            || message.Contains("errno: 122", StringComparison.Ordinal) => EngineFault.NoSpace,
        EngineFault.Other when message.Contains("Read-only file system", StringComparison.OrdinalIgnoreCase) => EngineFault.Unavailable,
        var kind => kind,
    };

    // Numbers of ClickHouse's ErrorCodes.cpp; they are stable across versions.
    internal static EngineFault KindOf(int code) => code switch
    {
        62 or 36 or 42 or 43 or 46 or 456 => EngineFault.Syntax,
        8 or 10 or 16 or 47 or 60 or 81 or 218 => EngineFault.UnknownTableOrColumn,
        6 or 27 or 26 or 38 or 41 or 53 or 69 or 70 or 72 or 117 or 321 or 349 or 386 or 427 or 457 => EngineFault.TypeMismatch,
        159 or 160 => EngineFault.TimeLimit,
        241 or 173 => EngineFault.MemoryLimit,
        158 or 396 or 307 => EngineFault.RowLimit,
        167 or 168 or 306 => EngineFault.TooComplex,
        164 => EngineFault.ReadOnly,
        394 or 734 => EngineFault.Cancelled,
        252 => EngineFault.TooManyParts,
        243 or 201 => EngineFault.NoSpace,
        // Busy (202, 439), aborted by a stop (236), network (198, 209, 210, 279, 425), permissions (192 to 194, 497, 516), read-only tables and keepers
        // (225, 242, 999), replicas and quorums (254, 285, 286, 289, 319), a session in use (373), and errors that a server does
        // not know (1002).
        202 or 439 or 236 or 209 or 210 or 279 or 425 or 192 or 193 or 194 or 497 or 516 or 225 or 242 or 999 or 254 or 285 or 286 or 289
            or 319 or 373 or 1002 or 198 or 473 or 700 or 722 => EngineFault.Unavailable,
        _ => EngineFault.Other,
    };
}
