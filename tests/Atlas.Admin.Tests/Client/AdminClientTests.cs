using System.Net.Sockets;
using Atlas.Admin.Client;
using Atlas.Admin.Orders;
using Atlas.Admin.Reports;
using Atlas.Control.Pools;
using Atlas.Core.Health;

namespace Atlas.Admin.Tests.Client;

public sealed class AdminClientTests
{
    private readonly StubSource _source = new();

    [Theory]
    [InlineData("127.0.0.1:9900", true)]
    [InlineData("[::1]:9900", true)]
    [InlineData("lb-1.example:9900", true)]
    [InlineData("http://127.0.0.1:9900", true)]
    [InlineData("http://127.0.0.1:9900/", true)]
    [InlineData("unix:/run/atlas/admin.sock", true)]
    [InlineData("9900", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.0.0.1:x", false)]
    [InlineData("127.0.0.1:0", false)]
    [InlineData("127.0.0.1:65536", false)]
    [InlineData("127.0.0.1:9900/path", false)]
    [InlineData("user@127.0.0.1:9900", false)]
    [InlineData("https://127.0.0.1:9900", false)]
    [InlineData("unix:relative", false)]
    [InlineData("", false)]
    public void Parse_Address_IsOneOrNone(string text, bool isAddress) =>
        (AdminAddress.Parse(text) is not null).ShouldBe(isAddress);

    [Fact]
    public async Task OrderAsync_NameWithSlashes_ArrivesAsItIs()
    {
        await using AdminServer server = await StartAsync(AdminSockets.OnLoopback());
        using AdminClient client = ClientOf(new Uri(server.Urls[0]).Authority);
        var order = new ServerOrder { State = AdminState.Drain, Weight = 3, DeadlineMs = 1_500 };

        ServerReport report = await client.OrderAsync("web", "unix:/run/a.sock", order, default);

        report.AdminState.ShouldBe(AdminState.Drain);
        _source.Ordered.ShouldBe(("web", "unix:/run/a.sock", order));
    }

    [Fact]
    public async Task StatusAsync_OverAUnixSocket_Answers()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("atlas-admin-");
        string path = Path.Combine(directory.FullName, "admin.sock");
        await using (await StartAsync(AdminSockets.OnPath(path)))
        {
            using AdminClient client = ClientOf("unix:" + path);
            (await client.StatusAsync(default)).Node.ShouldBe("n");
        }

        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task OrderAsync_WrongName_SaysTheRightOnes()
    {
        await using AdminServer server = await StartAsync(AdminSockets.OnLoopback());
        using AdminClient client = ClientOf(new Uri(server.Urls[0]).Authority);
        _source.Answer = () => OrderAnswer.NoServer("web", "x", ["a", "b"]);

        (await RefusedAsync(client)).ShouldBe("pool web has no server 'x'; there are: a, b");
    }

    [Fact]
    public async Task OrderAsync_Token_IsAskedFor()
    {
        await using AdminServer server = await StartAsync(AdminSockets.OnLoopback(), "s3cret");
        string address = new Uri(server.Urls[0]).Authority;
        using AdminClient none = ClientOf(address);
        using AdminClient wrong = ClientOf(address, "other");
        using AdminClient right = ClientOf(address, "s3cret");

        (await RefusedAsync(none)).ShouldContain("give the file with --token-file");
        (await RefusedAsync(wrong)).ShouldContain("refuses the token");
        await right.StatusAsync(default);
    }

    [Fact]
    public async Task StatusAsync_OfSomethingElse_AsksWhetherItIsAnAtlas()
    {
        await using TestServer other = await TestServer.StartAsync(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0), "A");
        using AdminClient client = ClientOf(other.Address.ToString());

        var refused = await Should.ThrowAsync<AdminRefusedException>(client.StatusAsync(default));

        refused.Message.ShouldContain("is it the admin address of an Atlas?");
    }

    private static AdminClient ClientOf(string address, string? token = null) => new(AdminAddress.Parse(address)!, token);

    private static async Task<string> RefusedAsync(AdminClient client) => (await Should.ThrowAsync<AdminRefusedException>(
        client.OrderAsync("web", "x", new ServerOrder { Weight = 1 }, default))).Message;

    private Task<AdminServer> StartAsync(Socket socket, string? token = null) =>
        AdminServer.StartAsync(new AdminOptions { Socket = socket, Token = token }, _source);
}
