using System.Diagnostics;
using System.Net;
using Atlas.Engine.Workers;
using SystemSocket = System.Net.Sockets.Socket;

namespace Atlas.Engine.Tests.Workers;

public sealed class DescriptorLimitTests
{
    private const int Limit = 256;

    [Fact]
    public void Accept_NoDescriptorsLeft_PausesCountsAndRecovers()
    {
        ChildResult child = Child.Run(nameof(EatAllDescriptors), maxDescriptors: Limit);
        child.ExitCode.ShouldBe(0, child.Output);
        child.Output.ShouldContain("recovered");
    }

    [ChildProcess]
    internal static void EatAllDescriptors()
    {
        using var group = new WorkerGroup(1);
        var holder = new Holder();
        var options = new ListenOptions(holder, 128, 1000);
        BoundAddress bound = group.Listen(SocketAddress.OfIp(IPAddress.Loopback, 0), options);

        // Everything that the checks below use is loaded by now; then nothing is left but what the client needs.
        using (SystemSocket first = Clients.Connect(bound.Address))
        {
            Eventually.So(() => holder.Count == 1);
            holder.Count.ShouldBe(1);
            options.Connections.ShouldBeLessThanOrEqualTo(1);
            options.AcceptErrors.ShouldBeLessThan(1);
        }

        using var client = new SystemSocket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        using Process own = Process.GetCurrentProcess();
        _ = own.TotalProcessorTime;
        var eaten = new List<FileStream>();
        try
        {
            while (eaten.Count <= Limit)
            {
                eaten.Add(new FileStream("/dev/null", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0));
            }
        }
        catch (IOException)
        {
            // That was the last one.
        }

        client.Connect(IPAddress.Loopback, bound.Address.Port);
        Eventually.So(() => options.AcceptErrors >= 3);
        holder.Count.ShouldBe(1);
        options.Connections.ShouldBeLessThanOrEqualTo(1);

        // A hundred milliseconds apart: had it spun, there would be thousands.
        options.AcceptErrors.ShouldBeLessThan(50);
        eaten.ForEach(file => file.Dispose());
        Eventually.So(() => holder.Count == 2);
        Console.WriteLine("recovered");
    }
}
