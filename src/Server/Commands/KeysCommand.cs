using System.Security.Cryptography;
using System.Text;
using Weir.Core.Access;
using Weir.Server.Access;
using Weir.Server.Configuration;

namespace Weir.Server.Commands;

/// <summary><c>weir keys</c>: makes keys and the login. A key is shown once; the file has its hash.</summary>
internal static class KeysCommand
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string AwsIdLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    // Not 32: Honeycomb's libraries take a key of that length for one of the kind that has no environments.
    private const int KeyLength = 40;
    private const int ShortestPassword = 10;

    public static async Task<int> CreateAsync(WeirOptions options, string environment, bool aws, CancellationToken cancellationToken)
    {
        var isUi = environment == KeysFile.Ui;
        if (isUi && aws)
            return await RefuseAsync("the login has no AWS keys");
        if (!isUi && KeysFile.Check(environment) is { } wrong)
            return await RefuseAsync(wrong);
        if (await PathAsync(options) is not { } path)
            return 2;
        var key = RandomNumberGenerator.GetString(Letters, KeyLength);
        var id = aws ? "AKIA" + RandomNumberGenerator.GetString(AwsIdLetters, 16) : "";
        var line = aws ? $"{environment} aws {id} {key}" : $"{environment} {KeyHash.Of(key)}";
        if (!await AddAsync(path, line, static _ => false, cancellationToken))
            return 1;
        // Standard output is for scripts: the key alone, or the two lines that the AWS SDKs read.
        Console.WriteLine(aws ? $"AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={key}" : key);
        await Console.Error.WriteLineAsync(aws
            ? $"weir: {path} has the secret readable, signatures are checked with it; a running Weir takes the key after a restart"
            : $"weir: shown this once, {path} has only its hash; a running Weir takes the key after a restart");
        return 0;
    }

    public static async Task<int> SetPasswordAsync(WeirOptions options, CancellationToken cancellationToken)
    {
        if (await PathAsync(options) is not { } path)
            return 2;
        string password;
        if (Console.IsInputRedirected)
        {
            password = await Console.In.ReadLineAsync(cancellationToken) ?? "";
        }
        else
        {
            password = Ask("New password for the UI: ");
            if (Ask("Once more: ") != password)
                return await RefuseAsync("the two are not the same");
        }
        if (password.Length < ShortestPassword)
            return await RefuseAsync($"a password has at least {ShortestPassword} characters");
        var line = $"{KeysFile.Ui} {PasswordHash.Of(password)}";
        if (!await AddAsync(path, line, static l => l.TrimStart().StartsWith($"{KeysFile.Ui} {PasswordHash.Prefix}", StringComparison.Ordinal), cancellationToken))
            return 1;
        await Console.Error.WriteLineAsync($"weir: {path} has the password's hash; a running Weir takes it after a restart");
        return 0;
    }

    private static async Task<bool> AddAsync(string path, string line, Func<string, bool> replaced, CancellationToken cancellationToken)
    {
        try
        {
            await KeysFileLines.AddAsync(path, line, replaced, cancellationToken);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await RefuseAsync($"{path} can't be written: {error.Message}");
            return false;
        }
    }

    private static async Task<string?> PathAsync(WeirOptions options)
    {
        if (options.KeysFile is null)
            await RefuseAsync("name the file with --keys or WEIR_KEYS");
        return options.KeysFile;
    }

    private static async Task<int> RefuseAsync(string reason)
    {
        await Console.Error.WriteLineAsync($"weir keys: {reason}");
        return 2;
    }

    /// <summary>A line typed without being shown.</summary>
    private static string Ask(string prompt)
    {
        Console.Error.Write(prompt);
        var text = new StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace)
                text.Length = Math.Max(0, text.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                text.Append(key.KeyChar);
        }
        Console.Error.WriteLine();
        return text.ToString();
    }
}
