using System.Runtime.InteropServices;
using Atlas.Engine.Interop;
using Atlas.Engine.Links;

namespace Atlas.Engine.Tests.Links;

public sealed class LinkRightsTests
{
    [Fact]
    public void FindMissing_AsRoot_IsNothing()
    {
        using Cable cable = Cable.Lay();
        cable.Left.Within(LinkRights.TryNetAdmin).ShouldBe(0);
        cable.Left.Within(LinkRights.TryNetRaw).ShouldBe(0);
        cable.Left.Within(LinkRights.FindMissing).ShouldBeNull();
    }

    [Fact]
    public void FindMissing_WithoutRights_SaysWhatToGrant()
    {
        WithoutRights(LinkRights.TryNetAdmin).ShouldBe(-Errno.EPERM);
        WithoutRights(LinkRights.TryNetRaw).ShouldBe(-Errno.EPERM);
        string text = WithoutRights(LinkRights.FindMissing).ShouldNotBeNull();
        text.ShouldStartWith("cannot add addresses to network interfaces: Operation not permitted");
        text.ShouldContain("AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW");
        text.ShouldEndWith(", then restart it: a reload and an upgrade keep the rights that it has");
    }

    [Fact]
    public void Calls_WithoutRights_AreNotPermitted()
    {
        int[] errors = WithoutRights(() =>
        {
            RawIpSocket.TryOpen(false, 112, null, out int ipv4).ShouldBeNull();
            RawIpSocket.TryOpen(true, 112, null, out int ipv6).ShouldBeNull();
            PacketSocket.TryOpen(out int packet).ShouldBeNull();
            using LinkTable table = LinkTable.TryOpen(out int error).ShouldNotBeNull();
            error.ShouldBe(0);
            table.Find("lo", out NetworkLink? loopback).ShouldBe(0, "reading needs no right");
            table.ListAddresses(0, []).ShouldBe(0);
            using LinkMonitor monitor = LinkMonitor.TryOpen(out error).ShouldNotBeNull();
            monitor.Read(out _).ShouldBeOneOf(0, -Errno.EAGAIN);
            return new[]
            {
                ipv4, ipv6, packet,
                -table.AddAddress(loopback!.Index, Addresses.Of("192.0.2.1"), 32),
                -table.RemoveAddress(loopback.Index, Addresses.Of("192.0.2.1"), 32),
            };
        });
        errors.ShouldAllBe(error => error == Errno.EPERM);
        LinkRights.Text(errors[0]).ShouldContain("CAP_NET_RAW");
    }

    [Fact]
    public void Text_OtherReasons_SayNothingOfRights()
    {
        LinkRights.Text(-Errno.ENODEV).ShouldBe("No such device");
        LinkRights.Text(Errno.EAFNOSUPPORT).ShouldContain("RestrictAddressFamilies=");
        LinkRights.Text(Errno.EAFNOSUPPORT).ShouldEndWith(", then restart it: a reload and an upgrade keep the rights that it has");
        LinkRights.Text(-Errno.EPERM).ShouldBe(LinkRights.Text(Errno.EPERM));
    }

    /// <summary>Does something on a thread that has given up its capabilities, which each thread of Linux has for itself.</summary>
    internal static T WithoutRights<T>(Func<T> action) => NamespaceThread.Run(() =>
    {
        // struct __user_cap_header_struct: version 3 and this thread; two struct __user_cap_data_struct, all zero.
        int[] header = [0x20080522, 0];
        int[] none = new int[6];
        SetCapabilities(header, none).ShouldBe(0);
        return action();
    });

    private static unsafe int SetCapabilities(int[] header, int[] data)
    {
        fixed (int* head = header)
        fixed (int* sets = data)
        {
            return SetCapabilities(head, sets);
        }
    }

    [DllImport("libc", EntryPoint = "capset", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern unsafe int SetCapabilities(int* header, int* data);
}
