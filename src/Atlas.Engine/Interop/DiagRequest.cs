using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct inet_diag_req_v2</c>: which sockets are asked for.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DiagRequest
{
    /// <summary>AF_.</summary>
    internal byte Family;

    /// <summary>IPPROTO_.</summary>
    internal byte Protocol;

    /// <summary>What more is to be told; 0: nothing.</summary>
    internal byte Extensions;
    internal byte Unused;

    /// <summary>A bit for each state, 1 &lt;&lt; TCP_.</summary>
    internal uint States;

    /// <summary>The one, where it is one.</summary>
    internal DiagSocket Socket;
}
