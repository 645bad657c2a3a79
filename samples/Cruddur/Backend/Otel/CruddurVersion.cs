namespace Cruddur.Otel;

internal static class CruddurVersion
{
    public static string Text { get; } = typeof(CruddurVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
