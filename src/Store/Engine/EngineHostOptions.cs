using System.Globalization;
using System.Net;

namespace Weir.Store.Engine;

/// <summary>User and password for requests over TCP; over the Unix socket the permissions of the file decide.</summary>
internal sealed record HostCredentials(string User, string Password);

/// <summary>The parent's command line options.</summary>
internal sealed record EngineHostOptions(EmbeddedEngineOptions Engine, string Socket, IPEndPoint? Listen, HostCredentials? Credentials, TimeSpan LockPatience)
{
    /// <summary>Environment variable of the password for a host that listens on TCP, because other users of the machine can read arguments.</summary>
    public const string PasswordVariable = "WEIR_ENGINE_PASSWORD";

    /// <summary>The host repeats this line until it is ready or has failed.</summary>
    public const string Opening = "opening";

    public static EngineHostOptions Read(IReadOnlyDictionary<string, string> given)
    {
        long Number(string name) => long.Parse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture);
        string Text(string name) => given.TryGetValue(name, out var value) ? value : throw new FormatException($"--{name} is missing");
        var engine = new EmbeddedEngineOptions(Text("path"))
        {
            Database = Text("database"),
            ReadConnections = (int)Number("reads"),
            InsertConnections = (int)Number("inserts"),
            StatementConnections = (int)Number("statements"),
            MaxMemoryBytes = Number("memory"),
            IndexCacheBytes = Number("cache"),
            MergeThreads = (int)Number("merges"),
        };
        engine.Validate();
        return new EngineHostOptions(
            engine, Text("socket"), given.TryGetValue("listen", out var listen) ? IPEndPoint.Parse(listen) : null,
            given.TryGetValue("user", out var user) ? new HostCredentials(user, Environment.GetEnvironmentVariable(PasswordVariable) ?? "") : null,
            TimeSpan.FromMilliseconds(Number("lock-patience-ms")));
    }

    /// <summary>The command line that <see cref="Read"/> reads.</summary>
    public static IEnumerable<string> Write(EmbeddedEngineOptions options, string socket)
    {
        static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
        yield return "--path";
        yield return Path.GetFullPath(options.DataFolder);
        yield return "--socket";
        yield return socket;
        foreach (var (name, value) in new (string, string)[]
        {
            ("database", options.Database),
            ("reads", Text(options.ReadConnections)),
            ("inserts", Text(options.InsertConnections)),
            ("statements", Text(options.StatementConnections)),
            ("memory", Text(options.MaxMemoryBytes)),
            ("cache", Text(options.IndexCacheBytes)),
            ("merges", Text(options.MergeThreads)),
            ("lock-patience-ms", Text((long)options.LockPatience.TotalMilliseconds)),
        })
        {
            yield return "--" + name;
            yield return value;
        }

        if (options.Listen is null)
            yield break;
        yield return "--listen";
        yield return options.Listen.ToString();
        yield return "--user";
        yield return options.ListenUser;
    }
}
