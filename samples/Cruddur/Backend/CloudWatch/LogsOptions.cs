namespace Cruddur.CloudWatch;

/// <summary>Where log lines go and as whom; the variables are those of the AWS SDKs.</summary>
internal sealed record LogsOptions(Uri Endpoint, string Region, AwsCredentials Credentials, string Group, string Stream, TimeSpan SendEvery)
{
    public static LogsOptions From(IConfiguration settings)
    {
        var endpoint = First(settings, "AWS_ENDPOINT_URL_LOGS", "AWS_ENDPOINT_URL") ?? "http://127.0.0.1:7070";
        var credentials = new AwsCredentials(
            settings["AWS_ACCESS_KEY_ID"] is { Length: > 0 } key ? key : "cruddur",
            settings["AWS_SECRET_ACCESS_KEY"] is { Length: > 0 } secret ? secret : "cruddur",
            settings["AWS_SESSION_TOKEN"] is { Length: > 0 } token ? token : null);
        // watchtower's default stream: {machine_name}/{program_name}/{logger_name}/{process_id}
        var stream = settings["CRUDDUR_LOG_STREAM"] is { Length: > 0 } named ? named : $"{Environment.MachineName}/cruddur/{Hosting.AppLog.Category}/{Environment.ProcessId}";
        return new(
            new Uri(endpoint),
            First(settings, "AWS_REGION", "AWS_DEFAULT_REGION") ?? "us-east-1",
            credentials,
            settings["CRUDDUR_LOG_GROUP"] is { Length: > 0 } group ? group : "cruddur",
            stream,
            TimeSpan.FromSeconds(settings.GetValue("CRUDDUR_LOG_INTERVAL", 1.0)));
    }

    private static string? First(IConfiguration settings, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (settings[name] is { Length: > 0 } value)
                return value;
        }
        return null;
    }
}
