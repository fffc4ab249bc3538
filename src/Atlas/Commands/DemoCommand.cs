using System.CommandLine;
using System.Globalization;
using System.Net;
using Atlas.Admin;
using Atlas.Core.Configuration;
using Atlas.Running;

namespace Atlas.Commands;

/// <summary><c>atlas demo</c>: three small servers and a load balancer before them, in one process, on loopback.</summary>
internal static class DemoCommand
{
    private const int DeadlineMs = 5_000;
    private const int Port = 8080;
    private const int TlsPort = 8443;
    private const int AdminPort = 9900;

    private static readonly string[] Names = ["A", "B", "C"];

    internal static Command Create()
    {
        Option<int?> port = PortOption("--port", $"The port of the load balancer, {Port} or with --tls {TlsPort}; 0 lets the system choose.");
        Option<int?> adminPort = PortOption("--admin-port", "The port of the metrics, 9900; 0 lets the system choose.");
        var tls = new Option<bool>("--tls") { Description = "With TLS, by a certificate that is made for it and gone with it." };
        var sessions = new Option<bool>("--sessions") { Description = "With a cart in a session outside the servers, which outlives them." };
        var command = new Command("demo", "Try it: three small servers and a load balancer before them, on loopback.")
        {
            port,
            adminPort,
            tls,
            sessions,
        };
        command.SetAction(result =>
        {
            bool hasTls = result.GetValue(tls);
            int atPort = result.GetValue(port) ?? (hasTls ? TlsPort : Port);
            return RunAsync(atPort, result.GetValue(adminPort) ?? AdminPort, hasTls, result.GetValue(sessions));
        });
        return command;
    }

    private static Option<int?> PortOption(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result =>
            {
                string text = result.Tokens[^1].Value;
                if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
                {
                    result.AddError($"{name} {text}: a number from 0 to 65535 is needed.");
                }

                return port;
            },
        };

    private static async Task<int> RunAsync(int port, int adminPort, bool hasTls, bool hasSessions)
    {
        using DemoFiles? files = hasTls ? new DemoFiles() : null;
        using var signals = new ProcessSignals();
        var servers = new List<TestServer>();
        try
        {
            foreach (string name in Names)
            {
                servers.Add(await TestServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), name));
            }

            await using AtlasInstance instance = await AtlasInstance.StartAsync(
                Config(port, adminPort, servers, files, hasSessions), Console.Error.WriteLine);
            Print(instance, servers, files, hasSessions);
            await signals.StopAsync();
            using var hurry = new CancellationTokenSource();
            Task drain = instance.DrainAsync(hurry.Token);
            await Task.WhenAny(drain, signals.StopAsync(hurry.Token));
            await hurry.CancelAsync();
            await drain;
            return ExitCodes.Done;
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}; choose others with --port and --admin-port");
            return ExitCodes.WrongInput;
        }
        finally
        {
            foreach (TestServer server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }

    private static AtlasConfig Config(int port, int adminPort, List<TestServer> servers, DemoFiles? files, bool hasSessions) => new()
    {
        Listeners =
        [
            new ListenerConfig
            {
                Name = "demo",
                Bind = [BindAddress.Loopback(port)],
                Routes = [new RouteConfig { Name = "all", Pool = "demo" }],
                Tls = files is null ? null : new ListenerTlsConfig { Certificates = [files.Certificate] },
            },
        ],
        Pools =
        [
            new PoolConfig
            {
                Name = "demo",
                Session = hasSessions ? "cart" : null,
                Servers =
                [
                    .. servers.Select(server => new ServerConfig
                    {
                        Name = server.Name,
                        Address = ServerAddress.TryParse(server.Address.ToString(), out ServerAddress? address) ? address : null,
                    }),
                ],
            },
        ],
        Stores = hasSessions ? [new StoreConfig { Name = "memory" }] : [],
        Sessions = hasSessions ? [new SessionConfig { Name = "cart", Store = "memory", Cookie = new CookieConfig { Name = "cart" } }] : [],
        Admin = new AdminConfig { Bind = BindAddress.Loopback(adminPort) },
        Runtime = new RuntimeConfig { Shutdown = new ShutdownConfig { DeadlineMs = DeadlineMs, TunnelDeadlineMs = DeadlineMs } },
    };

    private static void Print(AtlasInstance instance, List<TestServer> servers, DemoFiles? files, bool hasSessions)
    {
        string url = $"{(files is null ? "http" : "https")}://{instance.Listeners[0].Addresses[0].Bound.Address}";
        string curl = files is null ? "curl" : $"curl --cacert {files.AuthorityPath}";
        (string Command, string Effect)[] hints =
        [
            .. hasSessions ? SessionHints($"{curl} -c jar -b jar {url}/cart", servers) : [],
            ($"{curl} {url}/", "again and again: A, B, C, A, ..."),
            ($"{curl} '{url}/?delay=500'", "a slow answer"),
            ($"{curl} '{url}/?status=503'", "a failing one"),
            ($"{curl} '{url}/?bytes=100000000' -o /dev/null", "a large one"),
            ($"{curl} {url}/ -d hello", "an echo"),
            .. OperatorHints(instance.AdminUrls[0]),
        ];
        int width = hints.Max(hint => hint.Command.Length);
        Console.WriteLine(
            $"""
            Atlas balances {url} over three servers:

            {string.Join('\n', servers.Select(server => $"    {server.Name}   http://{server.Address}"))}

            Try:
            {string.Join('\n', hints.Select(hint => $"    {hint.Command.PadRight(width)}   {hint.Effect}"))}

            Stop with Ctrl-C.
            """);
    }

    private static (string Command, string Effect)[] SessionHints(string curl, List<TestServer> servers) =>
    [
        ($"{curl} -d item=pear", "add to the cart, again and again: each time at another server"),
        ($"curl -X POST http://{servers[0].Address}/exit", $"server {servers[0].Name} ends; so may the others, but for one"),
        (curl, "what is in the cart: nothing is lost"),
        ($"{curl} -X DELETE", "empty it"),
    ];

    private static (string Command, string Effect)[] OperatorHints(string admin)
    {
        string at = new Uri(admin).Authority;
        string other = at == InstanceOptions.Default ? "" : $" --admin {at}";
        string atlas = OwnCommand.Name;
        return
        [
            ($"{atlas} status{other}", "the servers and their load"),
            ($"{atlas} drain demo/A{other}", "no new requests for A"),
            ($"{atlas} ready demo/A{other}", "A takes requests again"),
            ($"curl {admin}/metrics", "what Atlas counts"),
            ($"curl {admin}/api/v1/status", "what runs"),
        ];
    }
}
