namespace Cruddur.XRay;

/// <summary>
/// What a segment is called: the host when it fits the pattern of AWS_XRAY_URL (as the SDKs' dynamic naming does),
/// otherwise AWS_XRAY_TRACING_NAME, otherwise `backend-flask`.
/// </summary>
internal sealed class SegmentNaming(IConfiguration settings)
{
    private const string Default = "backend-flask";
    private const string Allowed = "_.:/%&#=+\\-@ ";
    private readonly string _fixed = settings["AWS_XRAY_TRACING_NAME"] is { Length: > 0 } name ? name : Default;
    private readonly string? _pattern = settings["AWS_XRAY_URL"] is { Length: > 0 } pattern ? pattern : null;

    public string For(string host) => _pattern is not null && host.Length > 0 && Wildcard.Matches(_pattern, host) ? host : _fixed;

    public static string Clean(string name)
    {
        var clean = string.Concat(name.Where(c => char.IsLetterOrDigit(c) || Allowed.Contains(c, StringComparison.Ordinal)));
        return clean.Length switch { 0 => "unnamed", > 200 => clean[..200], _ => clean };
    }
}
