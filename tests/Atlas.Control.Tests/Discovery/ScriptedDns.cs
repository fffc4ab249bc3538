using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Atlas.Protocols.Dns;

namespace Atlas.Control.Tests.Discovery;

/// <summary>A DNS server on a port of loopback, over UDP and TCP, that sends what the test says.</summary>
internal sealed class ScriptedDns : IAsyncDisposable
{
    private readonly Socket _udp;
    private readonly TcpListener _tcp;
    private readonly CancellationTokenSource _end = new();
    private readonly Func<DnsQuestion, bool, ushort, IEnumerable<byte[]>> _answers;
    private readonly Task[] _running;

    /// <summary>Begins to answer.</summary>
    /// <param name="answers">The messages for a question, its transport (true: TCP) and its id.</param>
    public ScriptedDns(Func<DnsQuestion, bool, ushort, IEnumerable<byte[]>> answers)
    {
        _answers = answers;
        (_udp, _tcp) = Bind();
        _running = [AnswerUdpAsync(), AnswerTcpAsync()];
    }

    public IPEndPoint Address => (IPEndPoint)_udp.LocalEndPoint!;

    /// <summary>The questions, in order: <c>a.x A udp</c>.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Who asked, in order.</summary>
    public ConcurrentQueue<(int Port, ushort Id)> Askers { get; } = new();

    /// <summary>Whether questions had an OPT record, in order.</summary>
    public ConcurrentQueue<bool> Edns { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        foreach (Task task in _running)
        {
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _udp.Dispose();
        _tcp.Dispose();
        _end.Dispose();
    }

    private static (Socket Udp, TcpListener Tcp) Bind()
    {
        while (true)
        {
            var tcp = new TcpListener(IPAddress.Loopback, 0);
            tcp.Start();
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                udp.Bind(tcp.LocalEndpoint);
                return (udp, tcp);
            }
            catch (SocketException)
            {
                // Another program has the port over UDP.
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    private async Task AnswerUdpAsync()
    {
        byte[] buffer = new byte[DnsLimits.EdnsUdpBytes];
        while (true)
        {
            SocketReceiveFromResult asked = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _end.Token);
            foreach (byte[] answer in Answer(buffer.AsSpan(0, asked.ReceivedBytes), isTcp: false, ((IPEndPoint)asked.RemoteEndPoint).Port))
            {
                await _udp.SendToAsync(answer, asked.RemoteEndPoint, _end.Token);
            }
        }
    }

    private async Task AnswerTcpAsync()
    {
        while (true)
        {
            using TcpClient client = await _tcp.AcceptTcpClientAsync(_end.Token);
            NetworkStream stream = client.GetStream();
            byte[] head = new byte[2];
            await stream.ReadExactlyAsync(head, _end.Token);
            byte[] asked = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
            await stream.ReadExactlyAsync(asked, _end.Token);
            foreach (byte[] answer in Answer(asked, isTcp: true, ((IPEndPoint)client.Client.RemoteEndPoint!).Port))
            {
                BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)answer.Length);
                await stream.WriteAsync((byte[])[.. head, .. answer], _end.Token);
            }
        }
    }

    private IEnumerable<byte[]> Answer(ReadOnlySpan<byte> message, bool isTcp, int port)
    {
        DnsMessageReader.TryBegin(message, out DnsMessageReader reader).ShouldBeTrue();
        reader.TryReadQuestion(out DnsQuestion question).ShouldBeTrue();
        Edns.Enqueue(reader.TryReadRecord(out DnsRecord record) && record.TryReadEdns(out _));
        Asked.Enqueue($"{question.Name} {question.Type.ToString().ToUpperInvariant()} {(isTcp ? "tcp" : "udp")}");
        Askers.Enqueue((port, reader.Header.Id));
        return _answers(question, isTcp, reader.Header.Id);
    }
}
