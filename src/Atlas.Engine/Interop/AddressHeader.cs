using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct ifaddrmsg</c>: the head of messages about addresses.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AddressHeader
{
    internal byte Family;
    internal byte PrefixLength;

    /// <summary>The lower eight flags; IFA_FLAGS has all.</summary>
    internal byte Flags;
    internal byte Scope;
    internal int Index;
}
