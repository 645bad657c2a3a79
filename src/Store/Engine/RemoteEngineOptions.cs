namespace Weir.Store.Engine;

/// <summary>The HTTP address of a ClickHouse server, and how to use it.</summary>
/// <param name="Endpoint">http or https, host and port; a path when a proxy requires one.</param>
/// <param name="Database">The database of unqualified names; created if missing.</param>
public sealed record RemoteEngineOptions(Uri Endpoint, string Database)
{
    public string User { get; init; } = "default";

    public string Password { get; init; } = "";

    /// <summary>How long to wait for a connection to the server.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After this long without any answer the server counts as failed, and its running statements fail.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Queries that run in parallel; further ones wait.</summary>
    public int ReadConnections { get; init; } = 4;

    /// <summary>Block inserts that run in parallel, in addition to queries.</summary>
    public int InsertConnections { get; init; } = 2;

    /// <summary>Other statements that run in parallel.</summary>
    public int StatementConnections { get; init; } = 2;

    /// <summary>Bodies and responses are compressed (gzip), for a distant server.</summary>
    public bool Compress { get; init; }

    /// <summary>With TLS: a PEM file of the certificates that are trusted, instead of the system's.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>
    /// Reads <c>clickhouse://user:password@host:8123/database</c>, or <c>clickhouses://</c> for TLS. Port 8123 or 8443, user
    /// <c>default</c> and database <c>weir</c> may be left out. <c>?compression=gzip</c> compresses the traffic, <c>?ca=/path.pem</c> names the
    /// trusted certificates. False when the text is not such an address.
    /// </summary>
    public static bool TryParse(string text, out RemoteEngineOptions? options)
    {
        options = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return false;
        var tls = string.Equals(uri.Scheme, "clickhouses", StringComparison.Ordinal);
        if (!tls && !string.Equals(uri.Scheme, "clickhouse", StringComparison.Ordinal))
            return false;
        var database = uri.AbsolutePath.Trim('/');
        if (database.Length == 0)
            database = "weir";
        if (!SqlNames.IsIdentifier(database))
            return false;
        var (compress, certificates) = (false, (string?)null);
        foreach (var field in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (field.Split('=', 2))
            {
                case ["compression", "gzip" or "none"]:
                    compress = field.EndsWith("gzip", StringComparison.Ordinal);
                    break;
                case ["ca", { Length: > 0 } file] when tls:
                    certificates = Uri.UnescapeDataString(file);
                    break;
                default:
                    return false;
            }
        }

        var user = uri.UserInfo.Split(':', 2);
        var endpoint = new UriBuilder(tls ? "https" : "http", uri.Host, uri.Port > 0 ? uri.Port : tls ? 8443 : 8123).Uri;
        options = new RemoteEngineOptions(endpoint, database)
        {
            User = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : "default",
            Compress = compress,
            CertificateFile = certificates,
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "",
        };
        return true;
    }
}
