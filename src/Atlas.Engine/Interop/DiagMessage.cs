using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary>The beginning of <c>struct inet_diag_msg</c>: a socket that is there.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DiagMessage
{
    /// <summary>AF_: that of the socket, which is AF_INET6 also for clients over IPv4 where it listens for both.</summary>
    internal byte Family;
    internal byte State;
    internal byte Timer;
    internal byte Retransmits;
    internal DiagSocket Socket;
}
