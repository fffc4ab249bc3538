using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct inet_diag_sockid</c>: what tells a socket from all others. Ports and addresses are in network order, and an IPv4
/// address is the first of four numbers.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DiagSocket
{
    internal ushort SourcePort;
    internal ushort DestinationPort;
    internal Words4 Source;
    internal Words4 Destination;
    internal uint Interface;
    internal uint Cookie0;
    internal uint Cookie1;

    /// <summary>Four numbers in a row.</summary>
    [InlineArray(4)]
    internal struct Words4
    {
        private uint _first;
    }
}
