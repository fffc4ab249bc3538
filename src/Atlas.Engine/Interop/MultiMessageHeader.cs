using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct mmsghdr</c>: one message of <c>recvmmsg</c> and <c>sendmmsg</c>, and the bytes that came or went.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MultiMessageHeader
{
    internal MessageHeader Message;
    internal uint Length;
}
