using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>Sends a datagram from a socket of its own and looks at the first answer. A refusal (ICMP) is known at once; without an
/// answer the probe's time ends.</summary>
internal sealed class UdpProbe : IProbe
{
    // The longest datagram.
    private const int MaxReply = 65_535;

    private readonly ServerAddress _address;
    private readonly byte[] _send;
    private readonly byte[] _prefix;
    private readonly Regex? _regex;
    private readonly byte[] _reply = new byte[MaxReply];

    internal UdpProbe(ServerAddress address, HealthCheckConfig check)
    {
        _address = address;
        _send = check.Send.ToBytes();
        _prefix = check.Expect.Reply.Prefix.ToBytes();
        _regex = check.Expect.Reply.Regex is string regex ? ProbeText.RegexOf(regex) : null;
    }

    public void Dispose()
    {
        // Each probe ends its own socket.
    }

    public async Task<ProbeResult> RunAsync(CancellationToken cancellation)
    {
        IPAddress ip = _address.Ip ?? throw new InvalidOperationException($"{_address} is no address to send to");
        try
        {
            using var socket = new Socket(ip.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(new IPEndPoint(ip, _address.Port), cancellation);
            await socket.SendAsync(_send, SocketFlags.None, cancellation);
            int length = await socket.ReceiveAsync(_reply, SocketFlags.None, cancellation);
            return IsExpected(_reply.AsSpan(0, length))
                ? ProbeResult.Good("answered")
                : ProbeResult.Bad("answered, but not as expected");
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return ProbeResult.Bad("refused: nobody listens on the port");
        }
        catch (SocketException e)
        {
            return ServerSocket.Judge(e, _address);
        }
    }

    private bool IsExpected(ReadOnlySpan<byte> reply) =>
        _regex is null ? reply.StartsWith(_prefix) : _regex.IsMatch(Encoding.Latin1.GetString(reply));
}
