using Weir.Core.Access;
using Weir.Protocols.Aws;

namespace Weir.Server.Access;

/// <summary>
/// The content of the file of <c>--keys</c>. One key per line, its parts separated by blanks; <c>#</c> begins a comment line:
/// <code>
/// production ingest sha256:2c26b46b…           a Honeycomb key, Rollbar token or any other: as hash or in plain text
/// production manage aws AKIAEXAMPLE secret     an AWS access key; its secret is in plain text because signatures are verified with it
/// ui pbkdf2-sha256:600000:salt:hash            the password of the login
/// ui sha256:fcde2b2e…                          a key that scripts send as a bearer token
/// </code>
/// The kinds are those of <see cref="KeyKinds"/>; a key without one only sends.
/// </summary>
public sealed class KeysFile
{
    /// <summary>Used in the place of an environment for lines of the login.</summary>
    public const string Ui = "ui";

    /// <summary>Shorter keys can be guessed.</summary>
    public const int ShortestKey = 16;

    private const int LongestEnvironment = 64;
    private const long LargestFile = 4 << 20;
    private readonly Dictionary<string, AwsKey> _aws = new(StringComparer.Ordinal);
    private readonly List<KnownKey> _known = [];
    private readonly List<KeyHash> _uiKeys = [];
    private readonly List<PasswordHash> _passwords = [];
    /// <summary>Ids of the lines of the login.</summary>
    private readonly HashSet<string> _logins = new(StringComparer.Ordinal);

    private KeysFile() => Keys = new AccessKeys { Required = true, Known = _known };

    public AccessKeys Keys { get; }

    public IReadOnlyList<KeyHash> UiKeys => _uiKeys;

    public IReadOnlyList<PasswordHash> Passwords => _passwords;

    /// <summary>Number of keys without a kind, from versions before there were kinds.</summary>
    public int WithoutKind { get; private set; }

    /// <summary>False: nobody can log in.</summary>
    public bool HasLogin => _uiKeys.Count + _passwords.Count > 0;

    public AwsKey? FindAws(string accessKeyId) => _aws.GetValueOrDefault(accessKeyId);

    /// <summary>The file could not be read at all.</summary>
    internal bool IsUnread { get; private init; }

    /// <summary>Keys of all kinds, passwords and keys of the login.</summary>
    internal int Count => _known.Count + _aws.Count + _logins.Count;

    internal bool SaysTheSameAs(KeysFile other) =>
        _logins.SetEquals(other._logins)
        && _aws.Count == other._aws.Count && _aws.All(key => other.FindAws(key.Key) == key.Value)
        && _known.Select(k => (k.Hash.ToString(), k.Environment, k.Kind)).ToHashSet().SetEquals(other._known.Select(k => (k.Hash.ToString(), k.Environment, k.Kind)));

    /// <summary>Identifies a password or key of the login in cookies: the SHA-256 of its text in the file, so that nothing of the file leaves the server.</summary>
    internal static string LoginId(string text) => KeyHash.Of(text).ToString();

    /// <summary>The password or key of the login is still in the file.</summary>
    internal bool HasLoginId(string? id) => id is not null && _logins.Contains(id);

    /// <summary>Reads the file; all problems are added to <paramref name="errors"/>, without any part of a key.</summary>
    public static KeysFile Load(string path, List<string> errors)
    {
        try
        {
            if (new FileInfo(path).Length <= LargestFile)
                return Parse(File.ReadLines(path), errors, path);
            errors.Add($"{path} is not a file of keys: it is larger than 4 MiB");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            errors.Add($"--keys {path}: the file does not exist; `weir keys create production --keys {path}` creates it");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.Add($"--keys {path} can't be read: {error.Message}");
        }
        return new KeysFile { IsUnread = true };
    }

    public static KeysFile Parse(IEnumerable<string> lines, List<string> errors, string path)
    {
        var file = new KeysFile();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var parsed = KeyLine.Parse(line, out var wrong);
            if (parsed is not null)
                wrong = file.Add(parsed);
            if (wrong is not null)
                errors.Add($"{path} line {number}: {wrong}");
        }
        return file;
    }

    /// <summary>An error message for an invalid name of an environment, or null.</summary>
    public static string? Check(string environment)
    {
        if (environment == Ui)
            return "ui is reserved for the login and can't be an environment";
        return environment.Length is > 0 and <= LongestEnvironment && char.IsAsciiLetterLower(environment[0])
            && environment.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_')
                ? null
                : "the name of an environment has lower-case letters, digits, - and _, begins with a letter and has at most 64 characters";
    }

    /// <summary>True when other users may read the file.</summary>
    public static bool IsReadableByOthers(string path) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != UnixFileMode.None;

    private string? Add(KeyLine line)
    {
        if (line.Environment == Ui)
            return AddLogin(line.Text);
        if (line.Kind is null)
            WithoutKind++;
        var kind = line.Kind ?? KeyKind.Ingest;
        if (line.AwsId is null)
            return AddKey(line.Environment, kind, line.Text);
        if (line.Text.Length < ShortestKey)
            return "the secret is shorter than 16 characters";
        return _aws.TryAdd(line.AwsId, new AwsKey(line.AwsId, line.Text, line.Environment, Kind: kind)) ? null : "the access key id is already in an earlier line";
    }

    private string? AddLogin(string text)
    {
        if (PasswordHash.Parse(text) is { } password)
        {
            _passwords.Add(password);
            _logins.Add(LoginId(password.ToString()));
        }
        else if (KeyHash.Parse(text) is { } key)
        {
            _uiKeys.Add(key);
            _logins.Add(LoginId(key.ToString()));
        }
        else
        {
            return "is not a hash of a password or key; `weir keys ui` and `weir keys create ui` create them";
        }
        return null;
    }

    private string? AddKey(string environment, KeyKind kind, string text)
    {
        var isHash = text.StartsWith(KeyHash.Prefix, StringComparison.Ordinal);
        if (isHash && KeyHash.Parse(text) is null)
            return "64 hexadecimal digits are expected after sha256:";
        if (!isHash && text.Length < ShortestKey)
            return "the key is shorter than 16 characters";
        var hash = KeyHash.Parse(text) ?? KeyHash.Of(text);
        if (_known.Exists(known => known.Hash.Matches(hash)))
            return "the key is already in an earlier line";
        _known.Add(new KnownKey(hash, environment, kind));
        return null;
    }
}
