using Weir.Core.Access;

namespace Weir.Server.Access;

/// <summary>One line of the file of keys, parsed: <c>environment [kind] key</c>, <c>environment [kind] aws id secret</c> or <c>ui hash</c>.</summary>
/// <param name="Environment">Or <see cref="KeysFile.Ui"/>.</param>
/// <param name="Kind">Null when the line has none.</param>
/// <param name="AwsId">Null when it is not an AWS access key.</param>
/// <param name="Text">The key or secret in plain text, or its hash.</param>
internal sealed record KeyLine(string Environment, KeyKind? Kind, string? AwsId, string Text)
{
    private const int IdLength = 12;

    /// <summary>The id in <c>weir keys list</c> and <c>revoke</c>: an AWS access key id, or the first digits of the key's SHA-256.</summary>
    public string Id => AwsId ?? IdOf(KeyHash.Parse(Text) ?? KeyHash.Of(Text));

    /// <summary>The password of the login has no id: <c>weir keys ui</c> replaces it.</summary>
    public bool IsPassword => Environment == KeysFile.Ui && Text.StartsWith(PasswordHash.Prefix, StringComparison.Ordinal);

    public static string IdOf(KeyHash hash) => hash.ToString().Substring(KeyHash.Prefix.Length, IdLength);

    /// <summary>Null for a comment, an empty line, and an invalid line: then <paramref name="wrong"/> is the error, without any part of the line.</summary>
    public static KeyLine? Parse(string line, out string? wrong)
    {
        wrong = null;
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words[0][0] == '#')
            return null;
        if (words[0] == KeysFile.Ui)
        {
            wrong = words.Length == 2 ? null : "a login line has the form `ui <hash>`";
            return wrong is null ? new KeyLine(KeysFile.Ui, Kind: null, AwsId: null, words[1]) : null;
        }
        var kind = words.Length > 1 ? KeyKinds.Parse(words[1]) : null;
        string[] rest = kind is null ? words[1..] : words[2..];
        wrong = KeysFile.Check(words[0]);
        if (wrong is not null)
            return null;
        switch (rest)
        {
            case [var key]:
                return new KeyLine(words[0], kind, AwsId: null, key);
            case ["aws", var id, var secret]:
                return new KeyLine(words[0], kind, id, secret);
            case [_, _]:
                wrong = $"the kind of a key must be one of {KeyKinds.Names}";
                return null;
            default:
                wrong = "is neither `environment kind key` nor `environment kind aws <access key id> <secret>`";
                return null;
        }
    }
}
