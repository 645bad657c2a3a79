namespace Weir.Core.Access;

/// <summary>Permissions that a request requires of its key.</summary>
[Flags]
public enum KeyPermissions
{
    None = 0,

    /// <summary>Send telemetry of programs on users' devices: browsers and phones. Such a key is public.</summary>
    SendFromClients = 1,

    /// <summary>Send telemetry of servers.</summary>
    SendFromServers = 2,

    /// <summary>Either of the two, for protocols that do not distinguish clients and servers.</summary>
    Send = SendFromClients | SendFromServers,

    /// <summary>Run queries, read traces, log lines, boards and alerts; change nothing, and see no secrets of recipients.</summary>
    Read = 4,

    /// <summary>Change stored objects: datasets, boards, alerts and their recipients, sampling rules, log groups.</summary>
    Manage = 8,
}

/// <summary>The kinds of keys, with the names that Honeycomb and Rollbar use.</summary>
public enum KeyKind
{
    /// <summary>Sends any telemetry and nothing else. The default kind.</summary>
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

/// <summary>The names of the kinds of keys, and the permissions of each kind.</summary>
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

/// <summary>The permissions of a request's key, and the environment of its data.</summary>
public readonly record struct KeyGrant(string Environment, KeyKind Kind)
{
    /// <summary>True when the kind has one of the requested permissions; <see cref="KeyPermissions.Send"/> requires either kind of sending.</summary>
    public bool May(KeyPermissions asked) => (Kind.Permissions() & asked) != KeyPermissions.None;
}
