using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary>The part of <c>struct statx</c> that is needed: what kind of file it is. The layout is the same on every
/// architecture, which that of <c>struct stat</c> is not.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileStatus
{
    [FieldOffset(28)]
    internal ushort Mode;
}
