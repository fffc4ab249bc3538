using System.Net;
using System.Net.Sockets;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Commands;

public sealed class DemoTests
{
    [Fact]
    public async Task Demo_Asked_RotatesAndEndsInOrder()
    {
        await using var program = RunningProgram.Atlas("demo", "--port", "0", "--admin-port", "0");
        string line = await program.OutputAsync("Atlas balances http://");
        await program.OutputAsync("Stop with Ctrl-C.");

        using var client = new Client(line.Split(' ')[0]);
        string answers = "";
        for (int i = 0; i < 6; i++)
        {
            string answer = await client.GetAsync();
            answers += answer["server ".Length];
        }

        answers.ShouldBe("ABCABC");
        program.Output.ShouldMatch(@"curl http://127\.0\.0\.1:\d+/metrics ");
        program.Output.ShouldMatch(@"atlas status --admin 127\.0\.0\.1:\d+ ");
        program.Output.ShouldMatch(@"atlas drain demo/A --admin 127\.0\.0\.1:\d+ ");
        await program.SignalAsync("INT");
        (await program.EndAsync()).ShouldBe(0);
        program.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--port", "--admin-port")]
    [InlineData("--admin-port", "--port")]
    public async Task Demo_PortInUse_SaysWhatToDo(string taken, string free)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string address = other.LocalEndpoint.ToString()!;
        await using var program = RunningProgram.Atlas("demo", taken, address.Split(':')[1], free, "0");

        (await program.EndAsync()).ShouldBe(1);
        program.Errors.ShouldStartWith($"cannot listen on {address}: ");
        program.Errors.ShouldContain(taken);
    }

    [Fact]
    public async Task Server_Asked_AnswersWithItsName()
    {
        await using var program = RunningProgram.Atlas("server", "--bind", "127.0.0.1:0", "--name", "blue");
        using var client = new Client(await program.ErrorAsync("server on http://"));

        (await client.GetAsync("/x")).ShouldBe("server blue: GET /x\n");
        await program.SignalAsync("TERM");
        (await program.EndAsync()).ShouldBe(0);
    }
}
