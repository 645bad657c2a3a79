namespace Cruddur.Delivery;

/// <summary>HTTP clients of the adapters: short timeouts, and no spans of their own (an exporter must not trace itself).</summary>
internal static class AdapterHttp
{
    public static HttpClient Create(TimeSpan timeout) => new(
        new SocketsHttpHandler { ActivityHeadersPropagator = null, ConnectTimeout = TimeSpan.FromSeconds(2), PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = timeout,
    };
}
