using System.Net.Sockets;
using System.Text;
using Atlas.Control.Configuration;
using Atlas.Running;

namespace Atlas.Tests.Running;

public sealed class AdminAccessTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("atlas");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task StartAsync_AddressInUse_Throws()
    {
        await using AtlasInstance first = await StartAsync("127.0.0.1:0");

        string taken = new Uri(first.AdminUrls.ShouldHaveSingleItem()).Authority;
        (await Should.ThrowAsync<IOException>(StartAsync(taken))).Message.ShouldEndWith("(admin.bind)");
    }

    [Fact]
    public async Task StartAsync_UnixSocketLeftBehind_IsMadeAnew()
    {
        string path = Path.Combine(_folder.FullName, "admin.sock");
        using (var abandoned = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // Moved, since disposing deletes the file that was bound.
            abandoned.Bind(new UnixDomainSocketEndPoint(path + ".first"));
            abandoned.Listen();
            File.Move(path + ".first", path);
        }

        File.Exists(path).ShouldBeTrue();
        await using (AtlasInstance instance = await StartAsync("unix:" + path))
        {
            instance.AdminUrls.ShouldBe(["http://unix:" + path]);
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            await socket.SendAsync("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray());
            using var reader = new StreamReader(new NetworkStream(socket), Encoding.ASCII);
            (await reader.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 200 OK\r\n");
        }

        File.Exists(path).ShouldBeFalse();
    }

    private static async Task<AtlasInstance> StartAsync(string bind)
    {
        ConfigResult read = ConfigLoader.Parse(
            $$"""
            listeners:
              web: { bind: 127.0.0.1:0, routes: [{ respond: { status: 200 } }] }
            admin: { bind: "{{bind}}" }
            runtime: { workers: 1 }
            """,
            "atlas.yaml");
        return await AtlasInstance.StartAsync(read.Config.ShouldNotBeNull(string.Join('\n', read.Errors)), _ => { });
    }
}
