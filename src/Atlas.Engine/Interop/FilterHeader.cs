using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct nfgenmsg</c>: the head of a message of netfilter.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FilterHeader
{
    /// <summary>NFPROTO_.</summary>
    internal byte Family;

    /// <summary>NFNETLINK_V0, which is 0.</summary>
    internal byte Version;

    /// <summary>In network order; at the ends of a batch the part of netfilter that it is for.</summary>
    internal ushort Resource;
}
