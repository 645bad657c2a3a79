using System.Security.Cryptography;
using System.Text;
using Weir.Core.Access;
using Weir.Server.Access;
using Weir.Server.Configuration;

namespace Weir.Server.Commands;

/// <summary><c>weir keys</c>: creates keys and the login. A key is printed once; the file contains its hash.</summary>
internal static class KeysCommand
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string AwsIdLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    // Not 32: Honeycomb's libraries treat a key of that length as a classic key without environments.
    private const int KeyLength = 40;
    private const int ShortestPassword = 10;

    /// <param name="kind">Null: a key that only sends.</param>
    public static async Task<int> CreateAsync(WeirOptions options, string environment, string? kind, bool aws, CancellationToken cancellationToken)
    {
        var isUi = environment == KeysFile.Ui;
        if (isUi && (aws || kind is not null))
            return await RefuseAsync("--aws and --kind can't be used with the environment ui");
        if (KeyKinds.Parse(kind ?? KeyKind.Ingest.Name()) is not { } known)
            return await RefuseAsync($"--kind must be one of {KeyKinds.Names}");
        if (!isUi && KeysFile.Check(environment) is { } wrong)
            return await RefuseAsync(wrong);
        if (await PathAsync(options) is not { } path)
            return 2;
        var key = RandomNumberGenerator.GetString(Letters, KeyLength);
        var id = aws ? "AKIA" + RandomNumberGenerator.GetString(AwsIdLetters, 16) : "";
        var hash = KeyHash.Of(key);
        var line = isUi ? $"{environment} {hash}" : aws ? $"{environment} {known.Name()} aws {id} {key}" : $"{environment} {known.Name()} {hash}";
        if (!await AddAsync(path, line, static _ => false, cancellationToken))
            return 1;
        // Standard output is for scripts: the key alone, or the two lines that the AWS SDKs read.
        Console.WriteLine(aws ? $"AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={key}" : key);
        await Console.Error.WriteLineAsync(aws
            ? $"weir: {May(known)}; {path} contains the secret in plain text, because signatures are verified with it; revoke it with weir keys revoke {id}"
            : $"weir: {(isUi ? "for scripts that call /api" : May(known))}; it is shown only once, {path} contains only its hash; revoke it with weir keys revoke {KeyLine.IdOf(hash)}");
        return 0;
    }

    /// <summary>One line per key, without secrets.</summary>
    public static async Task<int> ListAsync(WeirOptions options, CancellationToken cancellationToken)
    {
        if (await PathAsync(options) is not { } path)
            return 2;
        if (!File.Exists(path))
            return await RefuseAsync($"{path}: the file does not exist");
        foreach (var text in await File.ReadAllLinesAsync(path, cancellationToken))
        {
            if (KeyLine.Parse(text, out _) is not { } line)
                continue;
            var kind = line.Environment == KeysFile.Ui ? line.IsPassword ? "password" : "key of scripts" : (line.Kind ?? KeyKind.Ingest).Name();
            Console.WriteLine($"{(line.IsPassword ? "-" : line.Id),-20} {line.Environment,-16} {kind}{(line.AwsId is null ? "" : " (AWS)")}");
        }
        return 0;
    }

    /// <summary>Removes a key's line from the file.</summary>
    /// <param name="id">As <see cref="ListAsync"/> shows it.</param>
    public static async Task<int> RevokeAsync(WeirOptions options, string id, CancellationToken cancellationToken)
    {
        if (await PathAsync(options) is not { } path)
            return 2;
        try
        {
            var count = await KeysFileLines.RemoveAsync(
                path, text => KeyLine.Parse(text, out _) is { IsPassword: false } line && line.Id == id, cancellationToken);
            if (count == 0)
                return await RefuseAsync("no key has this id; weir keys list shows the ids");
            await Console.Error.WriteLineAsync($"weir: revoked; a running Weir rejects it within seconds");
            return 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await RefuseAsync($"{path} can't be written: {error.Message}");
            return 1;
        }
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
            if (Ask("Repeat the password: ") != password)
                return await RefuseAsync("the passwords are not equal");
        }
        if (password.Length < ShortestPassword)
            return await RefuseAsync($"a password must have at least {ShortestPassword} characters");
        var line = $"{KeysFile.Ui} {PasswordHash.Of(password)}";
        if (!await AddAsync(path, line, static l => l.TrimStart().StartsWith($"{KeysFile.Ui} {PasswordHash.Prefix}", StringComparison.Ordinal), cancellationToken))
            return 1;
        await Console.Error.WriteLineAsync($"weir: {path} contains the hash of the password; sessions with the previous password end");
        return 0;
    }

    private static string May(KeyKind kind) => kind switch
    {
        KeyKind.Ingest => "it can only send",
        KeyKind.PostClientItem => "it can only send what web pages and apps send; it may be public",
        KeyKind.PostServerItem => "it can only send what servers send",
        KeyKind.Read => "it can only read",
        _ => "it can send, read and change everything; keep it secret",
    };

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
            await RefuseAsync("set the file of keys with --keys or WEIR_KEYS");
        return options.KeysFile;
    }

    private static async Task<int> RefuseAsync(string reason)
    {
        await Console.Error.WriteLineAsync($"weir keys: {reason}");
        return 2;
    }

    /// <summary>Reads a line without showing it.</summary>
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
