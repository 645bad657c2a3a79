namespace Weir.Store.Engine.Host;

/// <summary>Details of ClickHouse's HTTP interface.</summary>
internal static class HttpAnswers
{
    /// <summary>An INSERT in the address takes its rows from the body; every other statement continues in the body.</summary>
    public static bool IsInsert(string sql) => sql.AsSpan().TrimStart().StartsWith("INSERT", StringComparison.OrdinalIgnoreCase);

    /// <summary>The status that a server returns for an error number; 500 for most.</summary>
    public static int StatusOf(int code) => code switch
    {
        194 => 401,
        192 or 193 or 497 or 516 => 403,
        6 or 10 or 15 or 26 or 27 or 36 or 38 or 41 or 44 or 53 or 62 or 69 or 72 or 117 or 167 or 168 or 376 or 427 or 467 => 400,
        46 or 47 or 50 or 56 or 60 or 63 or 73 or 81 or 115 or 336 => 404,
        159 => 408,
        48 => 501,
        381 => 411,
        439 or 209 or 76 => 503,
        _ => 500,
    };

    public static string Reason(int status) => status switch
    {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        408 => "Request Time-out",
        411 => "Length Required",
        413 => "Request Entity Too Large",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };
}
