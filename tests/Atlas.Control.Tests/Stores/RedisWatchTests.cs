using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Atlas.Control.Stores;
using Atlas.Core.Configuration;

namespace Atlas.Control.Tests.Stores;

public sealed class RedisWatchTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Hurry_SentinelKeepsToItsMaster_AsksTheOthers()
    {
        using var cutOff = new Sentinel("10.0.0.1");
        using var other = new Sentinel("10.0.0.2");
        var found = Channel.CreateUnbounded<RedisServers>();
        var config = new StoreConfig { Name = "shared", Type = StoreType.Redis, Sentinels = [cutOff.Address, other.Address], Master = "mymaster" };
        using var watch = new RedisWatch(config, default, () => null, servers => found.Writer.TryWrite(servers));
        CancellationToken stop = TestContext.Current.CancellationToken;
        watch.Start();
        (await found.Reader.ReadAsync(stop).AsTask().WaitAsync(Limit, stop)).Servers.Single().Host.ShouldBe("10.0.0.1");

        watch.Hurry();
        (await found.Reader.ReadAsync(stop).AsTask().WaitAsync(Limit, stop)).Servers.Single().Host.ShouldBe("10.0.0.2");
    }

    private sealed class Sentinel : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly byte[] _reply;

        internal Sentinel(string master)
        {
            _reply = Encoding.ASCII.GetBytes($"*2\r\n${master.Length}\r\n{master}\r\n$4\r\n6379\r\n");
            _listener.Start();
            ServerAddress.TryParse(_listener.LocalEndpoint.ToString()!, out ServerAddress? address).ShouldBeTrue();
            Address = address!;
            _ = ServeAsync();
        }

        internal ServerAddress Address { get; }

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            byte[] command = new byte[1_024];
            try
            {
                while (true)
                {
                    using TcpClient client = await _listener.AcceptTcpClientAsync();
                    NetworkStream stream = client.GetStream();
                    while (await stream.ReadAsync(command) > 0)
                    {
                        // A command comes in one piece, and who asks closes.
                        await stream.WriteAsync(_reply);
                    }
                }
            }
            catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
            {
                // The test has ended.
            }
        }
    }
}
