using Atlas.Engine.Interop;
using Atlas.Engine.Links;

namespace Atlas.Engine.Tests.Links;

/// <summary>Something to wait for that a test makes ready.</summary>
internal sealed unsafe class EventSource : ILinkSource, IDisposable
{
    private readonly LinkDescriptor _descriptor = LinkDescriptor.Of(Errno.Of(Libc.eventfd(0, LinuxConstants.EFD_CLOEXEC)));

    LinkDescriptor ILinkSource.Descriptor => _descriptor;

    public void Set()
    {
        ulong one = 1;
        Errno.Of(Libc.write(_descriptor.Value, &one, sizeof(ulong))).ShouldBe(sizeof(ulong));
    }

    public void Take()
    {
        ulong count;
        Errno.Of(Libc.read(_descriptor.Value, &count, sizeof(ulong))).ShouldBe(sizeof(ulong));
    }

    public void Dispose() => _descriptor.Close();
}
