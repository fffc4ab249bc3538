namespace Atlas.Cli.Tests.Programs;

/// <summary>A PostgreSQL of its own, with its files in a temporary directory. It refuses to run as root, and is then run as the user
/// that its package makes.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    public const string User = "tester";
    public const string Database = "postgres";

    private readonly DirectoryInfo _directory;
    private readonly PeerServer _server;

    private PostgresServer(DirectoryInfo directory, PeerServer server)
    {
        _directory = directory;
        _server = server;
    }

    public string Address => _server.Address;

    public static async Task<PostgresServer> StartAsync()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("atlas-test-");
        string[] asItsUser = [];
        if (Environment.IsPrivilegedProcess)
        {
            await Tool.RunAsync("chown", "postgres", directory.FullName);
            asItsUser = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
        }

        string[] initialize =
        [
            .. asItsUser, Program("initdb"), "-D", directory.FullName, "-U", User, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync",
        ];
        await Tool.RunAsync(initialize[0], initialize[1..]);
        PeerServer server = await PeerServer.StartAsync(port =>
        [
            .. asItsUser, Program("postgres"), "-D", directory.FullName, "-p", port, "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=", "-c", "fsync=off",
        ]);
        return new PostgresServer(directory, server);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    /// <summary>Debian keeps the programs of servers off the PATH, by version.</summary>
    private static string Program(string name) =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetFiles("/usr/lib/postgresql", name, SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last()
            : name;
}
