using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Clients;

/// <summary>PROXY protocol headers as others write and read them: HAProxy before Atlas, nginx behind it.</summary>
public sealed class ProxyProtocolPeersTests
{
    private const string Client = "127.0.0.77";

    [Theory]
    [InlineData("send-proxy", "v1")]
    [InlineData("send-proxy-v2", "v1")]
    [InlineData("send-proxy-v2 proxy-v2-options crc32c,unique-id", "v2")]
    public async Task ProxyProtocol_FromHaproxyToNginx_NamesTheClient(string sent, string passedOn)
    {
        using var nginxConfig = new ConfigFile("");
        await using PeerServer nginx = await PeerServer.StartAsync(port =>
        {
            nginxConfig.Write(Nginx(port, nginxConfig.Sibling("nginx.pid")));
            return ["/usr/sbin/nginx", "-c", nginxConfig.Path, "-e", "stderr"];
        });
        using var config = new ConfigFile(ConfigFile.TcpText(
            [nginx.Address], $"send_proxy_protocol: {passedOn}", "accept_proxy_protocol: [127.0.0.1/32]"));
        await using RunningAtlas atlas = await RunningAtlas.StartTcpAsync(config);
        using var haproxyConfig = new ConfigFile("");
        await using PeerServer haproxy = await PeerServer.StartAsync(port =>
        {
            haproxyConfig.Write(Haproxy(port, atlas.Address, sent));
            return ["/usr/sbin/haproxy", "-db", "-f", haproxyConfig.Path];
        });

        string seen = await Tool.RunAsync(
            "curl", "--silent", "--show-error", "--max-time", "30", "--interface", Client, $"http://{haproxy.Address}/");

        seen.ShouldBe($"{Client} to 127.0.0.1:{haproxy.Port}\n");
    }

    private static string Nginx(string port, string pid) =>
        $$"""
        daemon off;
        master_process off;
        pid {{pid}};
        events {}
        http {
          access_log off;
          server {
            listen 127.0.0.1:{{port}} proxy_protocol;
            return 200 "$proxy_protocol_addr to $proxy_protocol_server_addr:$proxy_protocol_server_port\n";
          }
        }
        """;

    private static string Haproxy(string port, string atlas, string options) =>
        $"""
        defaults
          mode tcp
          timeout connect 30s
          timeout client 30s
          timeout server 30s
        listen web
          bind 127.0.0.1:{port}
          unique-id-format %Ts
          server atlas {atlas} {options}

        """;
}
