using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Commands;

public sealed class CheckTests
{
    [Fact]
    public async Task Check_GoodFile_SaysOk()
    {
        using var config = ConfigFile.Of([]);
        config.Write("""
            listeners:
              web: { bind: 127.0.0.1:8080, routes: [{ pool: web }] }
            pools:
              web: { servers: [127.0.0.1:9001] }
            """);
        await using var program = RunningProgram.Atlas("check", "-c", config.Path);

        (await program.EndAsync()).ShouldBe(0);
        program.Output.ShouldBe($"{config.Path}: ok\n");
        program.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("docs/atlas.reference.yaml")]
    [InlineData("packaging/atlas.yaml")]
    public async Task Check_FileOfTheProject_IsOk(string name)
    {
        string path = Path.Combine(Checkout.Root, name);
        await using var program = RunningProgram.Atlas("check", "-c", path);

        (await program.EndAsync()).ShouldBe(0, program.Errors);
        program.Output.ShouldStartWith($"{path}: ok\n");
    }

    [Fact]
    public async Task Check_SeveralErrors_ShowsAllWithTheirPlaces()
    {
        using var config = new ConfigFile("""
            listeners:
              web: { bind: nowhere, routes: [{ pool: missing }] }
            pools:
              web: { servers: [127.0.0.1:9001], balance: best }
            """);
        await using var program = RunningProgram.Atlas("check", "-c", config.Path);

        (await program.EndAsync()).ShouldBe(1);
        program.Output.ShouldBeEmpty();
        program.Errors.ShouldContain($"{config.Path}:2:16: ");
        program.Errors.ShouldContain($"{config.Path}:2:42: ");
        program.Errors.ShouldContain($"{config.Path}:4:46: ");
    }

    [Fact]
    public async Task Check_NoFile_SaysSo()
    {
        using var config = new ConfigFile("");
        string path = config.Sibling("absent.yaml");
        await using var program = RunningProgram.Atlas("check", "-c", path);

        (await program.EndAsync()).ShouldBe(1);
        program.Errors.ShouldStartWith($"{path}:");
    }

    [Fact]
    public async Task Check_SectionThatDoesNotRunYet_IsOkWithANote()
    {
        using var config = new ConfigFile("""
            listeners:
              web: { bind: 127.0.0.1:8080, routes: [{ pool: web }] }
            pools:
              web: { servers: [127.0.0.1:9001] }
            high_availability: { node: lb-1 }
            """);
        await using var program = RunningProgram.Atlas("check", "-c", config.Path);

        (await program.EndAsync()).ShouldBe(0);
        program.Output.ShouldStartWith($"{config.Path}: ok\nnote: {config.Path}:5:");
    }
}
