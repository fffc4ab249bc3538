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
        string verdict = program.Output.Split('\n')[^2];
        int left = Warnings(program.Output);
        verdict.ShouldBeOneOf(
            $"{path}: ok", $"{path}: valid, but `atlas run` refuses it: {left} part{(left == 1 ? " does" : "s do")} not run yet");
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

    [Theory]
    [InlineData(null, "there is no file ")]
    [InlineData(" \n", "is empty")]
    public async Task Check_SecretThatCannotBeRead_IsToldWithItsPlace(string? text, string problem)
    {
        using var config = new ConfigFile("""
            listeners:
              web: { bind: 127.0.0.1:8080, pool: web }
            pools:
              web: { servers: [127.0.0.1:9001], sticky: { store: r } }
            stores:
              r: { type: redis, url: "redis://127.0.0.1/0", password: { file: redis.password } }
            """);
        if (text is not null)
        {
            await File.WriteAllTextAsync(config.Sibling("redis.password"), text);
        }

        await using var program = RunningProgram.Atlas("check", "-c", config.Path);

        (await program.EndAsync()).ShouldBe(0);
        program.Output.ShouldContain($"warning: {config.Path}:6:67: 'password': ");
        program.Output.ShouldContain(problem);
        program.Output.ShouldEndWith("valid, but `atlas run` refuses it here: 1 file cannot be used\n");
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
    public async Task Check_SectionThatDoesNotRunYet_IsOkWithAWarning()
    {
        using var config = new ConfigFile("""
            listeners:
              web: { bind: 127.0.0.1:8080, routes: [{ pool: web }] }
            pools:
              web: { servers: [127.0.0.1:9001] }
            telemetry: {}
            """);
        await using var program = RunningProgram.Atlas("check", "-c", config.Path);

        (await program.EndAsync()).ShouldBe(0);
        program.Output.ShouldStartWith($"warning: {config.Path}:5:");
        program.Output.ShouldEndWith($"\n{config.Path}: valid, but `atlas run` refuses it: 1 part does not run yet\n");
    }

    [Fact]
    public async Task Check_PoolThatNothingNames_IsOkWithAWarning()
    {
        using var config = new ConfigFile("""
            listeners:
              web:
                bind: 127.0.0.1:8080
                routes:
                  - { match: { path: /a }, split: [{ pool: a }, { pool: b }], mirror: { pool: c } }
                  - { pool: web }
            pools:
              a: { servers: [127.0.0.1:9001] }
              b: { servers: [127.0.0.1:9001] }
              c: { servers: [127.0.0.1:9001] }
              spare: { servers: [127.0.0.1:9001] }
              web: { servers: [127.0.0.1:9001] }
            """);
        await using var program = RunningProgram.Atlas("check", "-c", config.Path);

        (await program.EndAsync()).ShouldBe(0);
        program.Output.ShouldMatch(
            @$"^warning: [^\n]*:11:\d+: pool 'spare' is not used: no listener, route, split or mirror names it\n[^\n]*: ok\n$");
    }

    [Fact]
    public async Task Check_PoolsOfSniAndAlpn_AreUsed()
    {
        using var config = new ConfigFile("""
            listeners:
              tls: { bind: 127.0.0.1:8443, protocol: tcp, sni: { a.example.com: a, default: b }, alpn: { acme-tls/1: c } }
            pools:
              a: { servers: [127.0.0.1:9001] }
              b: { servers: [127.0.0.1:9001] }
              c: { servers: [127.0.0.1:9001] }
            """);
        await using var program = RunningProgram.Atlas("check", "-c", config.Path);

        (await program.EndAsync()).ShouldBe(0);
        program.Output.ShouldMatch(@"^[^\n]*: ok\n$");
    }

    [Fact]
    public async Task Check_CertificateFiles_AreCheckedWhereTheyAre()
    {
        using var config = new ConfigFile("""
            listeners:
              web: { bind: 127.0.0.1:8443, pool: web, tls: { certificates: [{ cert: site.pem, key: site.key }] } }
            pools:
              web: { servers: [127.0.0.1:9001] }
            """);
        await using var before = RunningProgram.Atlas("check", "-c", config.Path);

        (await before.EndAsync()).ShouldBe(0);
        before.Output.ShouldContain($"warning: {config.Path}:2:73: 'cert': there is no file {config.Sibling("site.pem")}\n");
        before.Output.ShouldContain($"warning: {config.Path}:2:88: 'key': there is no file {config.Sibling("site.key")}\n");

        await File.WriteAllTextAsync(config.Sibling("site.pem"), "no certificate");
        await using var after = RunningProgram.Atlas("check", "-c", config.Path);

        (await after.EndAsync()).ShouldBe(1);
        after.Errors.ShouldBe($"{config.Path}:2:73: 'cert': site.pem has no certificate: a PEM file has lines that say -----BEGIN CERTIFICATE-----\n");
    }

    [Fact]
    public async Task Check_ErrorsInAFileThatNamesCertificates_SaysThatTheyWereNotLookedAt()
    {
        using var config = new ConfigFile("""
            listeners:
              web: { bind: nowhere, pool: web, tls: { certificates: [{ cert: site.pem, key: site.key }] } }
            pools:
              web: { servers: [127.0.0.1:9001] }
            """);
        await using var program = RunningProgram.Atlas("check", "-c", config.Path);

        (await program.EndAsync()).ShouldBe(1);
        program.Errors.ShouldContain($"{config.Path}:2:16: ");
        program.Errors.ShouldEndWith($"\n{config.Path}: certificates and keys were not looked at yet: check again once these errors are gone\n");
    }

    [Fact]
    public async Task Check_StrictWithAWarning_IsAnError()
    {
        const string Text = """
            listeners:
              web: { bind: 127.0.0.1:8080, pool: web }
            pools:
              web: { servers: [127.0.0.1:9001] }
            """;
        using var config = new ConfigFile(Text);
        await using var clean = RunningProgram.Atlas("check", "--strict", "-c", config.Path);
        (await clean.EndAsync()).ShouldBe(0);
        clean.Output.ShouldBe($"{config.Path}: ok\n");

        config.Write(Text + "\n  spare: { servers: [127.0.0.1:9002] }\n");
        await using var program = RunningProgram.Atlas("check", "--strict", "-c", config.Path);

        (await program.EndAsync()).ShouldBe(1);
        program.Output.ShouldBeEmpty();
        program.Errors.ShouldBe($"{config.Path}:5:10: pool 'spare' is not used: no listener, route, split or mirror names it\n");
    }

    // A root of one's own may be left out: there is nothing to change.
    [Theory]
    [InlineData("")]
    [InlineData("--strict")]
    public async Task Check_CertificateOfAnAuthorityOfOnesOwn_IsOkWithANote(string option)
    {
        using var config = new ConfigFile("""
            listeners:
              web: { bind: 127.0.0.1:8443, pool: web, tls: { certificates: [{ cert: site.pem, key: site.key }] } }
            pools:
              web: { servers: [127.0.0.1:9001] }
            """);
        new SiteCertificate("CN=Own Root").Write(config);
        string[] arguments = [.. new[] { "check", option, "-c", config.Path }.Where(argument => argument.Length > 0)];
        await using var program = RunningProgram.Atlas(arguments);

        (await program.EndAsync()).ShouldBe(0, program.Errors);
        program.Output.ShouldBe(
            $"note: {config.Path}:2:73: 'cert': site.pem ends before a root: CN=Own Root is neither in it nor known to this system; unless it is a root "
                + $"that clients know, append its certificate\n{config.Path}: ok\n");
    }

    private static int Warnings(string output) => output.Split('\n').Count(line => line.StartsWith("warning: ") && line.EndsWith("run it yet"));
}
