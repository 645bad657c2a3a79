namespace Weir.Core.Access;

/// <summary>What a request needs of the key it carries.</summary>
[Flags]
public enum KeyPermissions
{
    None = 0,

    /// <summary>Send telemetry of programs that run at their users: browsers and phones. Such a key is public.</summary>
    SendFromClients = 1,

    /// <summary>Send telemetry of servers.</summary>
    SendFromServers = 2,

    /// <summary>Either: what protocols ask that don't tell clients from servers.</summary>
    Send = SendFromClients | SendFromServers,

    /// <summary>Ask queries, read traces, log lines, boards, alerts; change nothing, and see no secret of a recipient.</summary>
    Read = 4,

    /// <summary>Change what is kept beside telemetry: datasets, boards, alerts and whom they tell, sampling rules, log groups.</summary>
    Manage = 8,
}

/// <summary>The kinds of keys, named as Honeycomb and Rollbar name what they have of them.</summary>
public enum KeyKind
{
    /// <summary>Only sends, anything. What a key is that no kind is given for.</summary>
    Ingest,

    /// <summary>Rollbar's scope of keys in web pages and apps: only sends, and no items of servers.</summary>
    PostClientItem,

    /// <summary>Rollbar's scope of servers' keys: only sends, and no items of web pages and apps.</summary>
    PostServerItem,

    /// <summary>Only reads.</summary>
    Read,

    /// <summary>Sends, reads and changes: Honeycomb's configuration key with every permission.</summary>
    Manage,
}

/// <summary>The words for the kinds of keys, and what each kind may do.</summary>
public static class KeyKinds
{
    private static readonly (KeyKind Kind, string Name, KeyPermissions May)[] All =
    [
        (KeyKind.Ingest, "ingest", KeyPermissions.Send),
        (KeyKind.PostClientItem, "post_client_item", KeyPermissions.SendFromClients),
        (KeyKind.PostServerItem, "post_server_item", KeyPermissions.SendFromServers),
        (KeyKind.Read, "read", KeyPermissions.Read),
        (KeyKind.Manage, "manage", KeyPermissions.Send | KeyPermissions.Read | KeyPermissions.Manage),
    ];

    /// <summary>All names, for messages.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(k => k.Name));

    public static string Name(this KeyKind kind) => All[(int)kind].Name;

    public static KeyPermissions Permissions(this KeyKind kind) => All[(int)kind].May;

    /// <summary>Null when no kind has this name.</summary>
    public static KeyKind? Parse(string name)
    {
        foreach (var known in All)
        {
            if (string.Equals(known.Name, name, StringComparison.Ordinal))
                return known.Kind;
        }
        return null;
    }
}

/// <summary>What a request may do with its key, and where its data goes.</summary>
public readonly record struct KeyGrant(string Environment, KeyKind Kind)
{
    /// <summary>True when the kind has one of the asked permissions: of <see cref="KeyPermissions.Send"/>, either.</summary>
    public bool May(KeyPermissions asked) => (Kind.Permissions() & asked) != KeyPermissions.None;
}
