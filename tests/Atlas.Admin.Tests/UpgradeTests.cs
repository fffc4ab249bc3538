using System.Net;
using System.Net.Sockets;
using Atlas.Admin.Client;
using Atlas.Admin.Reports;
using Atlas.Admin.Upgrades;

namespace Atlas.Admin.Tests;

public sealed class UpgradeTests() : PostedServer("/api/v1/upgrade")
{
    [Theory]
    [InlineData("{}", UpgradeLimits.DefaultMs)]
    [InlineData("""{"timeout":"1s"}""", UpgradeLimits.MinMs)]
    [InlineData("""{"timeout":"10m"}""", UpgradeLimits.MaxMs)]
    public async Task Post_RightBody_IsAskedFor(string body, int limitMs)
    {
        (HttpStatusCode status, string answer) = await PostAsync(body);

        status.ShouldBe(HttpStatusCode.Conflict);
        answer.ShouldBe($$"""{"error":"after {{limitMs}} ms"}""");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"timeout":"999ms"}""")]
    [InlineData("""{"timeout":"601s"}""")]
    [InlineData("""{"timeout":5}""")]
    [InlineData("""{"time":"5s"}""")]
    public async Task Post_WrongBody_IsRefused(string body)
    {
        Source.Upgrade = _ => throw new InvalidOperationException("it must not be asked for");

        (HttpStatusCode status, string answer) = await PostAsync(body);

        status.ShouldBe(HttpStatusCode.BadRequest);
        answer.ShouldContain("the body must be {} or");
    }

    [Fact]
    public async Task Post_OfAnotherKindOrHost_IsRefused()
    {
        Source.Upgrade = _ => throw new InvalidOperationException("it must not be asked for");

        (await PostAsync("{}", "text/plain")).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await PostAsync("{}", host: "evil.example")).Status.ShouldBe(HttpStatusCode.Forbidden);
        using HttpResponseMessage get = await Client.GetAsync(Url + "/api/v1/upgrade");
        get.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        get.Content.Headers.Allow.ShouldBe(["POST"]);
    }

    [Fact]
    public async Task Client_Asks_HearsWhoServes()
    {
        var report = new UpgradeReport { Pid = 7, Version = "2", FromPid = 6, FromVersion = "1", Draining = 3 };
        Source.Upgrade = _ => UpgradeAnswer.Done(report);
        using var client = new AdminClient(AdminAddress.Parse(Url)!, token: null);

        (await client.UpgradeAsync(5_000, CancellationToken.None)).ShouldBe(report);
        Source.Upgrade = limitMs => UpgradeAnswer.Refused($"not within {limitMs} ms");
        (await Should.ThrowAsync<AdminRefusedException>(() => client.UpgradeAsync(5_000, CancellationToken.None)))
            .Message.ShouldBe("not within 5000 ms");
    }

    [Fact]
    public async Task Start_OnASocketThatListens_AnswersThere()
    {
        Socket socket = AdminSockets.OnLoopback();
        string url = $"http://{socket.LocalEndPoint}";
        await using AdminServer server = await AdminServer.StartAsync(
            new AdminOptions { Socket = socket }, Source);

        server.Urls.ShouldBe([url]);
        (await Client.GetStringAsync(url + "/healthz")).ShouldBe("""{"status":"ok"}""");
    }
}
