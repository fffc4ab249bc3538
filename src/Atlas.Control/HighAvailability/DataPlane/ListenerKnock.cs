using System.Net.Sockets;
using Atlas.Core.Health;

namespace Atlas.Control.HighAvailability.DataPlane;

/// <summary>
/// Asks a listener by a connection that ends before it began: it connects, says that nothing will come, and waits until the other side ends, too.
/// <code>
///   what happens                           the listener
///   the connection ends, or is reset       answers: a worker accepted it, read its end, and closed it
///   nothing until the time is over         does not answer. That the kernel accepts is no answer: it does so until the backlog is full
///   refused                                does not answer: nobody listens
///   no descriptor or memory for a socket   could not be asked
/// </code>
/// It costs no request: nothing is logged, no route is matched, and no server gets anything, as a request with a path of its own would have
/// it. It is the same for TLS, where it ends before the handshake, and for the PROXY protocol.
/// </summary>
internal static class ListenerKnock
{
    // What a listener says of itself before it closes is not of interest; only that it ends.
    private const int MaxReads = 16;

    /// <summary>Asks it.</summary>
    /// <exception cref="OperationCanceledException">The time is over.</exception>
    internal static async Task<(ProbeOutcome Outcome, string Detail)> RunAsync(ProbedListener listener, CancellationToken limit)
    {
        try
        {
            using var socket = new Socket(
                listener.Address.AddressFamily,
                SocketType.Stream,
                listener.Address is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp);
            await socket.ConnectAsync(listener.Address, limit);
            return await EndAsync(socket, limit);
        }
        catch (SocketException e)
        {
            return Judge(e.SocketErrorCode, e.Message);
        }
    }

    private static (ProbeOutcome Outcome, string Detail) Judge(SocketError error, string message) => error switch
    {
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable => (ProbeOutcome.Cancelled, message),

        // Only a process resets a connection that the kernel accepted, perhaps before this one knows that there is one.
        SocketError.ConnectionReset or SocketError.NotConnected or SocketError.Shutdown => (ProbeOutcome.Passed, "answered"),
        SocketError.ConnectionRefused => (ProbeOutcome.Failed, "connect refused"),
        _ => (ProbeOutcome.Failed, $"connect failed: {message}"),
    };

    private static async Task<(ProbeOutcome Outcome, string Detail)> EndAsync(Socket socket, CancellationToken limit)
    {
        socket.Shutdown(SocketShutdown.Send);
        byte[] bytes = new byte[512];
        for (int i = 0; i < MaxReads; i++)
        {
            if (await socket.ReceiveAsync(bytes, limit) == 0)
            {
                return (ProbeOutcome.Passed, "answered");
            }
        }

        return (ProbeOutcome.Failed, "it goes on speaking");
    }
}
