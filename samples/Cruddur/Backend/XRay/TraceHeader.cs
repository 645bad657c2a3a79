namespace Cruddur.XRay;

internal enum Sampled
{
    Unknown,
    Yes,
    No,
    Requested,
}

/// <summary>
/// <code>X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1</code>
/// `Sampled=?` asks the service to decide and to say so in its response. `Self` is a load balancer's and is ignored.
/// </summary>
internal readonly record struct TraceHeader(string? Root, string? Parent, Sampled Sampled)
{
    public const string Name = "X-Amzn-Trace-Id";

    public static TraceHeader Parse(string? text)
    {
        string? root = null;
        string? parent = null;
        var sampled = Sampled.Unknown;
        foreach (var part in (text ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                continue;
            var value = part[(equals + 1)..];
            switch (part[..equals].ToUpperInvariant())
            {
                case "ROOT" when IsTraceId(value):
                    root = value;
                    break;
                case "PARENT" when IsHex(value, 16):
                    parent = value;
                    break;
                case "SAMPLED":
                    sampled = value switch { "1" => Sampled.Yes, "0" => Sampled.No, "?" => Sampled.Requested, _ => Sampled.Unknown };
                    break;
                default:
                    break;
            }
        }
        return new(root, root is null ? null : parent, sampled);
    }

    public override string ToString()
    {
        var text = $"Root={Root}";
        if (Parent is not null)
            text += $";Parent={Parent}";
        return Sampled switch
        {
            Sampled.Yes => text + ";Sampled=1",
            Sampled.No => text + ";Sampled=0",
            Sampled.Requested => text + ";Sampled=?",
            _ => text,
        };
    }

    private static bool IsTraceId(string value) =>
        value.Length == 35 && value.StartsWith("1-", StringComparison.Ordinal) && value[10] == '-' && IsHex(value[2..10], 8) && IsHex(value[11..], 24);

    private static bool IsHex(string value, int length) => value.Length == length && value.All(char.IsAsciiHexDigit);
}
