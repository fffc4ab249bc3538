using System.Text.Json;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Commands;

public sealed class UsageTests
{
    [Theory]
    [InlineData("atlas: unknown: frobnicate", "frobnicate")]
    [InlineData("atlas: unknown: --frobnicate", "run", "-c", "x", "--frobnicate")]
    [InlineData("atlas: unknown: --wait, which atlas ready does not have, but atlas drain", "ready", "web/A", "--wait")]
    [InlineData("atlas: unknown: --watch, which atlas status does not have, but atlas run", "status", "--watch")]
    [InlineData("atlas: Option '--config' is required.", "run")]
    [InlineData("atlas: Option '--config' is required.", "check")]
    [InlineData("atlas: --port x: a number from 0 to 65535 is needed.", "demo", "--port", "x")]
    [InlineData("atlas: --admin-port 65536: a number from 0 to 65535 is needed.", "demo", "--admin-port", "65536")]
    [InlineData("atlas: web: a pool and a server are needed, such as web/b; 'atlas status' names them.", "drain", "web")]
    [InlineData("atlas: web/: a pool and a server are needed, such as web/b; 'atlas status' names them.", "ready", "web/")]
    [InlineData("atlas: --deadline soon: a duration from 1ms to 24h is needed, such as 10m.", "drain", "web/A", "--deadline", "soon")]
    [InlineData("atlas: 65536: a weight is a whole number from 0 to 65535.", "weight", "web/A", "65536")]
    [InlineData("atlas: --admin x: an address and a port are needed, such as 127.0.0.1:9900, or unix:PATH.", "status", "--admin", "x")]
    [InlineData("atlas: --bind here: an address and a port are needed, such as 127.0.0.1:9001.", "server", "--bind", "here")]
    public async Task Atlas_WrongWords_SaysWhichAndExits2(string message, params string[] words)
    {
        await using var program = RunningProgram.Atlas(words);

        (await program.EndAsync()).ShouldBe(2);
        program.Errors.ShouldStartWith(message + "\n");
        program.Errors.ShouldContain("See: atlas");
        program.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Atlas_NoWords_ShowsTheCommandsAndExits2()
    {
        await using var program = RunningProgram.Atlas();

        (await program.EndAsync()).ShouldBe(2);
        program.Errors.ShouldContain("demo");
        program.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Atlas_Help_ListsExactlyTheCommandsThatRun()
    {
        await using var program = RunningProgram.Atlas("--help");

        (await program.EndAsync()).ShouldBe(0);
        string[] commands = [.. program.Output.Split("Commands:\n")[1].Split('\n')
            .Where(line => line.Length > 2 && line[2] != ' ').Select(line => line.Trim().Split(' ')[0])];
        commands.ShouldBe(
        [
            "demo", "run", "check", "explain", "status", "top", "drain", "ready", "maintenance", "weight", "reload", "upgrade", "schema", "server",
            "completion", "version",
        ]);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Completion_OfAShell_IsAScriptThatAsksForSuggestions(string shell)
    {
        await using var program = RunningProgram.Atlas("completion", shell);

        (await program.EndAsync()).ShouldBe(0);
        program.Output.ShouldStartWith($"# {shell}: ");
        program.Output.ShouldContain("[suggest:");
    }

    [Fact]
    public async Task Suggest_BeginningOfACommand_CompletesIt()
    {
        await using var program = RunningProgram.Atlas("[suggest:9]", "atlas dra");

        (await program.EndAsync()).ShouldBe(0);
        program.Output.ShouldBe("drain\n");
    }

    [Fact]
    public async Task Schema_Asked_PrintsAJsonDocumentAndNothingElse()
    {
        await using var program = RunningProgram.Atlas("schema");

        (await program.EndAsync()).ShouldBe(0);
        using JsonDocument schema = JsonDocument.Parse(program.Output);
        schema.RootElement.GetProperty("properties").TryGetProperty("listeners", out _).ShouldBeTrue();
        program.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("version")]
    [InlineData("--version")]
    public async Task Version_Alone_PrintsOneLine(string word)
    {
        await using var program = RunningProgram.Atlas(word);

        (await program.EndAsync()).ShouldBe(0);
        program.Output.ShouldMatch(@"\Aatlas \d+\.\d+\.\d+[\w.-]*\n\z");
        program.Errors.ShouldBeEmpty();
    }
}
