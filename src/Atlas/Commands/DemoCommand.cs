using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Atlas.Admin;
using Atlas.Core.Balancing;
using Atlas.Engine.Workers;
using Atlas.Proxy;
using Atlas.Proxy.Snapshots;
using HttpListener = Atlas.Proxy.HttpListener;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Commands;

/// <summary><c>atlas demo</c>: three small servers and a load balancer before them, in one process, on loopback.</summary>
internal static class DemoCommand
{
    private const int DrainMs = 5_000;

    internal static async Task<int> RunAsync(string[] arguments)
    {
        string text = Usage.Option(arguments, "--port") ?? "8080";
        if (!ushort.TryParse(text, CultureInfo.InvariantCulture, out ushort port))
        {
            await Console.Error.WriteLineAsync($"--port {text}: expected a number from 0 to 65535");
            return Usage.ExitCode;
        }

        var servers = new List<TestServer>();
        foreach (string name in (string[])["A", "B", "C"])
        {
            servers.Add(await TestServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), name));
        }

        var pool = new PoolSnapshot(
            "demo",
            [.. servers.Select(s => new ServerState(s.Name, SocketAddress.OfIp(s.Address.Address, s.Address.Port)))],
            new RoundRobin());
        using var workers = new WorkerGroup(Environment.ProcessorCount);
        var proxy = new HttpProxy();
        var listener = new HttpListener(new HttpListenerSnapshot("demo", pool));
        BoundAddress bound;
        try
        {
            bound = workers.Listen(
                SocketAddress.OfIp(IPAddress.Loopback, port),
                new ListenOptions(proxy.Handler(listener), 4096, 10_000));
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}; choose another with --port");
            return 1;
        }

        Console.WriteLine($"Atlas balances http://{bound.Address} over:");
        foreach (TestServer server in servers)
        {
            Console.WriteLine($"  {server.Name}  http://{server.Address}");
        }

        Console.WriteLine($"Try:  curl http://{bound.Address}/   (again and again: A, B, C, A, ...)");
        Console.WriteLine("Stop with Ctrl-C.");
        await WaitForSignalAsync();
        bound.Close();
        proxy.Drain(listener);
        for (int waited = 0; bound.Options.Connections > 0 && waited < DrainMs; waited += 10)
        {
            await Task.Delay(10);
        }

        foreach (TestServer server in servers)
        {
            await server.DisposeAsync();
        }

        return 0;
    }

    private static async Task WaitForSignalAsync()
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Handle(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        await stop.Task;
    }
}
