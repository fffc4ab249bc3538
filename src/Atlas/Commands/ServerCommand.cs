using System.Net;
using Atlas.Admin;

namespace Atlas.Commands;

/// <summary><c>atlas server</c>: a small test server.</summary>
internal static class ServerCommand
{
    internal static async Task<int> RunAsync(string[] arguments)
    {
        string bind = Usage.Option(arguments, "--bind") ?? "127.0.0.1:9001";
        if (!IPEndPoint.TryParse(bind, out IPEndPoint? address))
        {
            await Console.Error.WriteLineAsync($"--bind {bind}: expected an address and a port, such as 127.0.0.1:9001");
            return Usage.ExitCode;
        }

        await using TestServer server = await TestServer.StartAsync(address, Usage.Option(arguments, "--name") ?? bind);
        await Console.Error.WriteLineAsync($"server on http://{server.Address}");
        await server.WaitForShutdownAsync();
        return 0;
    }
}
