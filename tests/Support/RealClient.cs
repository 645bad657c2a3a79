using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Weir.Tests.Support;

/// <summary>
/// A real client as a process of its own: the scripts of tests/clients and the AWS command line. They are told where Weir is by the
/// environment variables and options that their users set.
/// </summary>
internal static class RealClient
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "clients");

    /// <summary>Runs <c>tests/clients/{script}</c> and returns the JSON line it prints at the end.</summary>
    public static async Task<JsonNode> NodeAsync(WeirProcess weir, string script, params (string Name, string Value)[] more) =>
        LastLine(await RunAsync("node", [script], Folder, [.. Environment(weir), .. more]));

    /// <summary>The same with Debian's Python and its packages.</summary>
    public static async Task<JsonNode> PythonAsync(WeirProcess weir, string script, params (string Name, string Value)[] more) =>
        LastLine(await RunAsync("/usr/bin/python3", ["-s", script], Folder, [.. Environment(weir), .. more]));

    /// <summary>Debian's awscli; relative files are those of samples/Cruddur. Returns what it printed.</summary>
    public static async Task<string> AwsAsync(WeirProcess weir, params string[] arguments) => (await RunAsync(
        "/usr/bin/aws", ["--endpoint-url", weir.Url, .. arguments], Path.Combine(Repository.Root, "samples", "Cruddur"), Environment(weir))).Output;

    public static async Task<JsonNode> AwsJsonAsync(WeirProcess weir, params string[] arguments) => JsonNode.Parse(await AwsAsync(weir, arguments))!;

    /// <summary>An AWS command that is meant to be refused: what it said.</summary>
    public static async Task<string> AwsRefusedAsync(WeirProcess weir, params string[] arguments) => (await RunAsync(
        "/usr/bin/aws", ["--endpoint-url", weir.Url, .. arguments], Folder, Environment(weir), expectedCode: 254)).Errors;

    /// <summary>An AWS command with other credentials: all it said, done or refused.</summary>
    public static async Task<string> AwsWithAsync(WeirProcess weir, string id, string secret, params string[] arguments)
    {
        var (output, errors) = await RunAsync(
            "/usr/bin/aws",
            ["--endpoint-url", weir.Url, .. arguments],
            Folder,
            [.. Environment(weir), ("AWS_ACCESS_KEY_ID", id), ("AWS_SECRET_ACCESS_KEY", secret)],
            expectedCode: null);
        return output + errors;
    }

    private static (string, string)[] Environment(WeirProcess weir) =>
    [
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ENDPOINT_URL", weir.Url),
        ("AWS_XRAY_DAEMON_ADDRESS", $"127.0.0.1:{weir.XRayPort}"),
        ("ROLLBAR_ENDPOINT", $"{weir.Url}/api/1/item/"),
        ("ROLLBAR_ACCESS_TOKEN", "token-of-the-test"),
        // Nothing of this machine's own set-up: no profile, no cloud it might run in, no proxy.
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_PAGER", ""),
        ("NO_PROXY", "127.0.0.1"),
        ("no_proxy", "127.0.0.1"),
    ];

    private static JsonNode LastLine((string Output, string Errors) said) => JsonNode.Parse(said.Output.TrimEnd().Split('\n')[^1])!;

    private static async Task<(string Output, string Errors)> RunAsync(
        string program, string[] arguments, string folder, (string Name, string Value)[] environment, int? expectedCode = 0)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        start.Environment.Remove("PYTHONPATH");
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Waiting.Patience);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} ran longer than {Waiting.Patience.TotalSeconds} s", late);
        }
        return expectedCode is null || process.ExitCode == expectedCode
            ? (await output, await errors)
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}, not {expectedCode}\n{await output}\n{await errors}");
    }
}
