using System.Net;
using Atlas.Admin.Client;
using Atlas.Admin.Reloads;

namespace Atlas.Admin.Tests;

public sealed class ReloadTests() : PostedServer("/api/v1/reload")
{
    [Theory]
    [InlineData(ReloadOutcome.Done, HttpStatusCode.OK, """{"lines":["pool 'web': a","b"]}""")]
    [InlineData(ReloadOutcome.WrongFile, HttpStatusCode.UnprocessableEntity, """{"error":"pool 'web': a\nb"}""")]
    [InlineData(ReloadOutcome.Refused, HttpStatusCode.Conflict, """{"error":"pool 'web': a\nb"}""")]
    public async Task Post_EmptyObject_AnswersWhatCameOfIt(ReloadOutcome outcome, HttpStatusCode status, string answer)
    {
        Source.Reload = () => new ReloadAnswer(outcome, ["pool 'web': a", "b"]);

        (await PostAsync("{}")).ShouldBe((status, answer));
    }

    [Theory]
    [InlineData("", "application/json", null, HttpStatusCode.BadRequest)]
    [InlineData("[]", "application/json", null, HttpStatusCode.BadRequest)]
    [InlineData("""{"file":"/etc/passwd"}""", "application/json", null, HttpStatusCode.BadRequest)]
    [InlineData("{}", "text/plain", null, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("{}", "application/json", "evil.example", HttpStatusCode.Forbidden)]
    public async Task Post_AnythingElse_IsRefused(string body, string type, string? host, HttpStatusCode status)
    {
        Source.Reload = () => throw new InvalidOperationException("it must not be asked for");

        (await PostAsync(body, type, host)).Status.ShouldBe(status);
    }

    [Fact]
    public async Task Get_IsRefused()
    {
        using HttpResponseMessage get = await Client.GetAsync(Url + "/api/v1/reload");

        get.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        get.Content.Headers.Allow.ShouldBe(["POST"]);
    }

    [Fact]
    public async Task Client_Asks_HearsWhatCameOfIt()
    {
        using var client = new AdminClient(AdminAddress.Parse(Url)!, token: null);

        (await client.ReloadAsync(CancellationToken.None)).Lines.ShouldBe(["pool web: changed"]);
        Source.Reload = () => new ReloadAnswer(ReloadOutcome.WrongFile, ["atlas.yaml:1:1: wrong"]);
        AdminRefusedException wrong = await Should.ThrowAsync<AdminRefusedException>(() => client.ReloadAsync(CancellationToken.None));
        (wrong.Message, wrong.IsWrongInput).ShouldBe(("atlas.yaml:1:1: wrong", true));
        Source.Reload = () => new ReloadAnswer(ReloadOutcome.Refused, ["it cannot be bound"]);
        AdminRefusedException refused = await Should.ThrowAsync<AdminRefusedException>(() => client.ReloadAsync(CancellationToken.None));
        (refused.Message, refused.IsWrongInput).ShouldBe(("it cannot be bound", false));
    }

    [Fact]
    public async Task Client_OfAnotherProgramThatAnswersJson_SaysSo()
    {
        // It echoes what it is asked.
        await using TestServer server = await TestServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), "A");
        using var client = new AdminClient(AdminAddress.Parse($"{server.Address}")!, token: null);

        (await Should.ThrowAsync<AdminRefusedException>(() => client.ReloadAsync(CancellationToken.None)))
            .Message.ShouldContain("is it the admin address of an Atlas?");
    }
}
