using System.Diagnostics;
using System.Text;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary><c>atlas reload</c>, and what it asks of the API.</summary>
public sealed class ReloadCommandTests
{
    [Fact]
    public async Task Reload_OfRightAndWrongFiles_SaysWhatCameOfIt()
    {
        await using var old = new Backend("A");
        await using var next = new Backend("B");
        using var config = ConfigFile.Of([old], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        string right = ConfigFile.Text([next], admin: "127.0.0.1:0");

        (await CommandAsync(atlas)).ShouldBe((0, "reloaded: the configuration is the same; the files that it names were read anew\n", ""));

        config.Write(right);
        (int code, string output, string errors) = await CommandAsync(atlas);
        (code, errors).ShouldBe((0, ""));
        output.ShouldContain("web");
        output.ShouldEndWith("\nreloaded\n");
        (await client.GetAsync()).ShouldBe("B");

        config.Write("listeners: { web: { bind: nowhere, pool: web } }");
        (code, output, errors) = await CommandAsync(atlas);
        (code, output).ShouldBe((1, ""));
        errors.ShouldStartWith($"{config.Path}:1:");
        errors.ShouldEndWith("\nnot reloaded: nothing has changed\n");

        config.Write(right.Replace("pools:", $$"""  more: { bind: "{{next.Address}}", pool: web }""" + "\npools:", StringComparison.Ordinal));
        (code, output, errors) = await CommandAsync(atlas);
        (code, output).ShouldBe((3, ""));
        errors.ShouldContain("in use");
        errors.ShouldEndWith("\nnot reloaded: nothing has changed\n");
        (await client.GetAsync()).ShouldBe("B");
    }

    [Fact]
    public async Task Reload_OfManyAtOnce_AnswersAll()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var http = new HttpClient { BaseAddress = new Uri(await atlas.Program.ErrorAsync("admin: ")) };

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => http.PostAsync(
            "/api/v1/reload", new StringContent("{}", Encoding.UTF8, "application/json"))));

        answers.Select(answer => (int)answer.StatusCode).ShouldAllBe(status => status == 200);
    }

    [Fact]
    public async Task Hangup_OfAProcessThatWasStartedToIgnoreIt_Reloads()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        var shell = new ProcessStartInfo("sh", ["-c", "trap '' HUP; exec \"$0\" run -c \"$1\"", Checkout.Program, config.Path]);
        await using RunningAtlas atlas = await RunningAtlas.ReadyAsync(RunningProgram.Start(shell), "http");

        await atlas.ReloadAsync();
    }

    private static async Task<(int Code, string Output, string Errors)> CommandAsync(RunningAtlas atlas)
    {
        await using var program = RunningProgram.Atlas("reload", "--admin", await atlas.Program.ErrorAsync("admin: http://"));
        int code = await program.EndAsync();
        return (code, program.Output, program.Errors);
    }
}
