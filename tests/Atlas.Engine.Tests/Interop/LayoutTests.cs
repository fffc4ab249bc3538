using System.Diagnostics;
using System.Net;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Atlas.Engine.Interop;

namespace Atlas.Engine.Tests.Interop;

/// <summary>What C says about the structures and constants that the engine shares with the kernel and with OpenSSL.</summary>
public sealed class LayoutTests
{
    [Fact]
    public void Constants_All_AreThoseOfTheHeaders()
    {
        (string Name, long Value)[] constants =
        [
            .. ConstantsOf(typeof(LinuxConstants)),
            .. ConstantsOf(typeof(LinkConstants)),
            .. ConstantsOf(typeof(FilterConstants)),
            .. ConstantsOf(typeof(DiagConstants)),
            .. ConstantsOf(typeof(Errno)),
            .. ConstantsOf(typeof(OpenSslConstants)),
        ];
        constants.Length.ShouldBeGreaterThan(40);
        Compare([.. constants.Select(constant => (constant.Name, constant.Value))]);
    }

    [Fact]
    public unsafe void Structures_All_AreLaidOutAsInC()
    {
        IoVector vector;
        MessageHeader message;
        MultiMessageHeader messages;
        ControlHeader control;
        PacketAddress info;
        PacketAddress6 info6;
        FileStatus status;
        FilterInstruction instruction;
        FilterProgram program;
        CryptoParameter parameter;
        PollDescriptor poll;
        Compare(
        [
            ("sizeof(struct iovec)", sizeof(IoVector)),
            ("offsetof(struct iovec, iov_base)", Offset(&vector, &vector.Base)),
            ("offsetof(struct iovec, iov_len)", Offset(&vector, &vector.Length)),
            ("sizeof(struct msghdr)", sizeof(MessageHeader)),
            ("offsetof(struct msghdr, msg_name)", Offset(&message, &message.Name)),
            ("offsetof(struct msghdr, msg_namelen)", Offset(&message, &message.NameLength)),
            ("offsetof(struct msghdr, msg_iov)", Offset(&message, &message.Vectors)),
            ("offsetof(struct msghdr, msg_iovlen)", Offset(&message, &message.VectorCount)),
            ("offsetof(struct msghdr, msg_control)", Offset(&message, &message.Control)),
            ("offsetof(struct msghdr, msg_controllen)", Offset(&message, &message.ControlLength)),
            ("offsetof(struct msghdr, msg_flags)", Offset(&message, &message.Flags)),
            ("sizeof(struct mmsghdr)", sizeof(MultiMessageHeader)),
            ("offsetof(struct mmsghdr, msg_hdr)", Offset(&messages, &messages.Message)),
            ("offsetof(struct mmsghdr, msg_len)", Offset(&messages, &messages.Length)),
            ("sizeof(struct cmsghdr)", sizeof(ControlHeader)),
            ("offsetof(struct cmsghdr, cmsg_len)", Offset(&control, &control.Length)),
            ("offsetof(struct cmsghdr, cmsg_level)", Offset(&control, &control.Level)),
            ("offsetof(struct cmsghdr, cmsg_type)", Offset(&control, &control.Type)),
            ("sizeof(struct pollfd)", sizeof(PollDescriptor)),
            ("offsetof(struct pollfd, fd)", Offset(&poll, &poll.Descriptor)),
            ("offsetof(struct pollfd, events)", Offset(&poll, &poll.Events)),
            ("offsetof(struct pollfd, revents)", Offset(&poll, &poll.Returned)),
            ("CMSG_SPACE(2)", ControlHeader.Space(2)),
            ("CMSG_SPACE(12)", ControlHeader.Space(12)),
            ("CMSG_SPACE(20)", ControlHeader.Space(20)),
            ("CMSG_LEN(20)", (long)ControlHeader.LengthOf(20)),
            ("sizeof(struct in_pktinfo)", sizeof(PacketAddress)),
            ("offsetof(struct in_pktinfo, ipi_ifindex)", Offset(&info, &info.Interface)),
            ("offsetof(struct in_pktinfo, ipi_spec_dst)", Offset(&info, &info.Local)),
            ("offsetof(struct in_pktinfo, ipi_addr)", Offset(&info, &info.Destination)),
            ("sizeof(struct in6_pktinfo)", sizeof(PacketAddress6)),
            ("offsetof(struct in6_pktinfo, ipi6_addr)", Offset(&info6, info6.Address)),
            ("offsetof(struct in6_pktinfo, ipi6_ifindex)", Offset(&info6, &info6.Interface)),
            ("sizeof(struct epoll_event)", EpollEvents.Stride),
            ("offsetof(struct epoll_event, events)", 0),
            ("offsetof(struct epoll_event, data)", EpollEvents.DataOffset),
            ("sizeof(struct sock_filter)", sizeof(FilterInstruction)),
            ("offsetof(struct sock_filter, code)", Offset(&instruction, &instruction.Code)),
            ("offsetof(struct sock_filter, jt)", Offset(&instruction, &instruction.SkipIfTrue)),
            ("offsetof(struct sock_filter, jf)", Offset(&instruction, &instruction.SkipIfFalse)),
            ("offsetof(struct sock_filter, k)", Offset(&instruction, &instruction.Operand)),
            ("sizeof(struct sock_fprog)", sizeof(FilterProgram)),
            ("offsetof(struct sock_fprog, len)", Offset(&program, &program.Length)),
            ("offsetof(struct sock_fprog, filter)", Offset(&program, &program.Instructions)),
            ("sizeof(struct statx)", sizeof(FileStatus)),
            ("offsetof(struct statx, stx_mode)", Offset(&status, &status.Mode)),
            ("sizeof(((struct statx*)0)->stx_mode)", sizeof(ushort)),
            ("sizeof(struct linger)", sizeof(long)),
            ("offsetof(struct linger, l_onoff)", 0),
            ("offsetof(struct linger, l_linger)", sizeof(int)),
            ("sizeof(OSSL_PARAM)", sizeof(CryptoParameter)),
            ("offsetof(OSSL_PARAM, key)", Offset(&parameter, &parameter.Key)),
            ("offsetof(OSSL_PARAM, data_type)", Offset(&parameter, &parameter.Type)),
            ("offsetof(OSSL_PARAM, data)", Offset(&parameter, &parameter.Value)),
            ("offsetof(OSSL_PARAM, data_size)", Offset(&parameter, &parameter.Length)),
            ("offsetof(OSSL_PARAM, return_size)", Offset(&parameter, &parameter.ReturnedLength)),
            ("sizeof(struct sched_param)", sizeof(SchedulingParameter)),
            ("offsetof(struct sched_param, sched_priority)", 0),
            ("sizeof(int)", sizeof(int)),
            ("sizeof(ssize_t)", sizeof(nint)),
            ("sizeof(socklen_t)", sizeof(uint)),
        ]);
    }

    [Fact]
    public unsafe void LinkStructures_All_AreLaidOutAsInC()
    {
        NetlinkHeader message;
        NetlinkAddress address;
        RouteAttribute attribute;
        LinkHeader link;
        AddressHeader added;
        FilterHeader filter;
        DiagRequest asked;
        DiagMessage told;
        DiagSocket diag;
        AddressLifetime lifetime;
        GroupRequest group;
        GroupRequest6 group6;
        PacketLinkAddress packet;
        PollDescriptor poll;
        TimeValue time;
        TimerSetting timer;
        Compare(
        [
            ("sizeof(struct nlmsghdr)", sizeof(NetlinkHeader)),
            ("offsetof(struct nlmsghdr, nlmsg_len)", Offset(&message, &message.Length)),
            ("offsetof(struct nlmsghdr, nlmsg_type)", Offset(&message, &message.Type)),
            ("offsetof(struct nlmsghdr, nlmsg_flags)", Offset(&message, &message.Flags)),
            ("offsetof(struct nlmsghdr, nlmsg_seq)", Offset(&message, &message.Sequence)),
            ("offsetof(struct nlmsghdr, nlmsg_pid)", Offset(&message, &message.Port)),
            ("offsetof(struct nlmsgerr, error)", 0),
            ("sizeof(struct sockaddr_nl)", sizeof(NetlinkAddress)),
            ("offsetof(struct sockaddr_nl, nl_pid)", Offset(&address, &address.Port)),
            ("offsetof(struct sockaddr_nl, nl_groups)", Offset(&address, &address.Groups)),
            ("sizeof(struct rtattr)", sizeof(RouteAttribute)),
            ("offsetof(struct rtattr, rta_len)", Offset(&attribute, &attribute.Length)),
            ("offsetof(struct rtattr, rta_type)", Offset(&attribute, &attribute.Type)),
            ("sizeof(struct ifinfomsg)", sizeof(LinkHeader)),
            ("offsetof(struct ifinfomsg, ifi_family)", Offset(&link, &link.Family)),
            ("offsetof(struct ifinfomsg, ifi_type)", Offset(&link, &link.Hardware)),
            ("offsetof(struct ifinfomsg, ifi_index)", Offset(&link, &link.Index)),
            ("offsetof(struct ifinfomsg, ifi_flags)", Offset(&link, &link.Flags)),
            ("offsetof(struct ifinfomsg, ifi_change)", Offset(&link, &link.Changed)),
            ("sizeof(struct ifaddrmsg)", sizeof(AddressHeader)),
            ("offsetof(struct ifaddrmsg, ifa_family)", Offset(&added, &added.Family)),
            ("offsetof(struct ifaddrmsg, ifa_prefixlen)", Offset(&added, &added.PrefixLength)),
            ("offsetof(struct ifaddrmsg, ifa_flags)", Offset(&added, &added.Flags)),
            ("offsetof(struct ifaddrmsg, ifa_scope)", Offset(&added, &added.Scope)),
            ("offsetof(struct ifaddrmsg, ifa_index)", Offset(&added, &added.Index)),
            ("sizeof(struct inet_diag_req_v2)", sizeof(DiagRequest)),
            ("offsetof(struct inet_diag_req_v2, sdiag_protocol)", Offset(&asked, &asked.Protocol)),
            ("offsetof(struct inet_diag_req_v2, idiag_states)", Offset(&asked, &asked.States)),
            ("offsetof(struct inet_diag_req_v2, id)", Offset(&asked, &asked.Socket)),
            ("offsetof(struct inet_diag_msg, id)", Offset(&told, &told.Socket)),
            ("sizeof(struct inet_diag_sockid)", sizeof(DiagSocket)),
            ("offsetof(struct inet_diag_sockid, idiag_src)", Offset(&diag, &diag.Source)),
            ("offsetof(struct inet_diag_sockid, idiag_dst)", Offset(&diag, &diag.Destination)),
            ("offsetof(struct inet_diag_sockid, idiag_if)", Offset(&diag, &diag.Interface)),
            ("offsetof(struct inet_diag_sockid, idiag_cookie)", Offset(&diag, &diag.Cookie0)),
            ("sizeof(struct nfgenmsg)", sizeof(FilterHeader)),
            ("offsetof(struct nfgenmsg, nfgen_family)", Offset(&filter, &filter.Family)),
            ("offsetof(struct nfgenmsg, version)", Offset(&filter, &filter.Version)),
            ("offsetof(struct nfgenmsg, res_id)", Offset(&filter, &filter.Resource)),
            ("sizeof(struct ifa_cacheinfo)", sizeof(AddressLifetime)),
            ("offsetof(struct ifa_cacheinfo, ifa_prefered)", Offset(&lifetime, &lifetime.Preferred)),
            ("offsetof(struct ifa_cacheinfo, ifa_valid)", Offset(&lifetime, &lifetime.Valid)),
            ("sizeof(struct ip_mreqn)", sizeof(GroupRequest)),
            ("offsetof(struct ip_mreqn, imr_multiaddr)", Offset(&group, &group.Group)),
            ("offsetof(struct ip_mreqn, imr_address)", Offset(&group, &group.Local)),
            ("offsetof(struct ip_mreqn, imr_ifindex)", Offset(&group, &group.Interface)),
            ("sizeof(struct ipv6_mreq)", sizeof(GroupRequest6)),
            ("offsetof(struct ipv6_mreq, ipv6mr_multiaddr)", Offset(&group6, group6.Group)),
            ("offsetof(struct ipv6_mreq, ipv6mr_interface)", Offset(&group6, &group6.Interface)),
            ("sizeof(struct sockaddr_ll)", sizeof(PacketLinkAddress)),
            ("offsetof(struct sockaddr_ll, sll_protocol)", Offset(&packet, &packet.Protocol)),
            ("offsetof(struct sockaddr_ll, sll_ifindex)", Offset(&packet, &packet.Interface)),
            ("offsetof(struct sockaddr_ll, sll_halen)", Offset(&packet, &packet.AddressLength)),
            ("offsetof(struct sockaddr_ll, sll_addr)", Offset(&packet, packet.Address)),
            ("sizeof(struct pollfd)", sizeof(PollDescriptor)),
            ("offsetof(struct pollfd, fd)", Offset(&poll, &poll.Descriptor)),
            ("offsetof(struct pollfd, events)", Offset(&poll, &poll.Events)),
            ("offsetof(struct pollfd, revents)", Offset(&poll, &poll.Returned)),
            ("sizeof(nfds_t)", sizeof(nuint)),
            ("sizeof(struct timespec)", sizeof(TimeValue)),
            ("offsetof(struct timespec, tv_nsec)", Offset(&time, &time.Fraction)),
            ("sizeof(struct timeval)", sizeof(TimeValue)),
            ("offsetof(struct timeval, tv_usec)", Offset(&time, &time.Fraction)),
            ("sizeof(struct itimerspec)", sizeof(TimerSetting)),
            ("offsetof(struct itimerspec, it_value)", Offset(&timer, &timer.Value)),
            ("sizeof(struct icmp6_filter)", Atlas.Engine.Links.RawIpSocket.IcmpFilterLength),
        ]);
    }

    private static ReadOnlySpan<byte> Port => [0x12, 0x34];

    private static ReadOnlySpan<byte> Ip => [1, 2, 3, 4];

    [Fact]
    public void Addresses_All_AreLaidOutAsInC()
    {
        SocketAddress v4 = SocketAddress.OfIp(IPAddress.Parse("1.2.3.4"), 0x1234);
        SocketAddress v6 = SocketAddress.OfIp(IPAddress.Parse("102:304::%5"), 0x1234);
        SocketAddress unix = SocketAddress.OfUnixPath("/x");
        Compare(
        [
            ("sizeof(struct sockaddr_in)", v4.Bytes.Length),
            ("offsetof(struct sockaddr_in, sin_family)", 0),
            ("offsetof(struct sockaddr_in, sin_port)", v4.Bytes.IndexOf(Port)),
            ("offsetof(struct sockaddr_in, sin_addr)", v4.Bytes.IndexOf(Ip)),
            ("sizeof(struct sockaddr_in6)", v6.Bytes.Length),
            ("offsetof(struct sockaddr_in6, sin6_port)", v6.Bytes.IndexOf(Port)),
            ("offsetof(struct sockaddr_in6, sin6_addr)", v6.Bytes.IndexOf(Ip)),
            ("offsetof(struct sockaddr_in6, sin6_scope_id)", v6.Bytes.IndexOf((byte)5)),
            ("offsetof(struct sockaddr_un, sun_path)", unix.Bytes.IndexOf("/x"u8)),
            ("sizeof(((struct sockaddr_un*)0)->sun_path) - 1", SocketAddress.MaxUnixPath),
            ("sizeof(struct sockaddr_un)", SocketAddress.MaxLength),
        ]);
    }

    [Theory]
    [InlineData(Architecture.X64, 12, 4)]
    [InlineData(Architecture.Arm64, 16, 8)]
    [InlineData(Architecture.RiscV64, 16, 8)]
    public void EpollEvent_Architecture_DecidesItsLayout(Architecture architecture, int stride, int dataOffset)
    {
        // linux/eventpoll.h: __attribute__((packed)) on x86-64, else a u32 and a u64 in their natural alignment.
        EpollEvents.StrideOf(architecture).ShouldBe(stride);
        EpollEvents.DataOffsetOf(architecture).ShouldBe(dataOffset);
        stride.ShouldBeLessThanOrEqualTo(EpollEvents.MaxStride);
    }

    private static IEnumerable<(string Name, long Value)> ConstantsOf(Type type) =>
        type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
            .Where(field => field.IsLiteral)
            .Select(field => (field.Name, Convert.ToInt64(field.GetRawConstantValue(), null)));

    private static unsafe long Offset(void* structure, void* field) => (byte*)field - (byte*)structure;

    private static void Compare((string Expression, long Value)[] expected)
    {
        var program = new StringBuilder("""
            #define _GNU_SOURCE
            #include <errno.h>
            #include <fcntl.h>
            #include <linux/filter.h>
            #include <linux/sockios.h>
            #include <linux/inet_diag.h>
            #include <linux/netlink.h>
            #include <linux/sock_diag.h>
            #include <linux/if_packet.h>
            #include <linux/ip.h>
            #include <linux/rtnetlink.h>
            #include <net/if.h>
            #include <net/if_arp.h>
            #include <netinet/icmp6.h>
            #include <netinet/in.h>
            #include <linux/icmp.h>
            #include <netinet/tcp.h>
            #include <netinet/udp.h>
            #include <linux/netfilter.h>
            #include <linux/netfilter_arp.h>
            #include <linux/netfilter/nf_tables.h>
            #include <linux/netfilter/nfnetlink.h>
            #include <openssl/core.h>
            #include <openssl/err.h>
            #include <openssl/ssl.h>
            #include <openssl/x509v3.h>
            #include <poll.h>
            #include <sched.h>
            #include <signal.h>
            #include <stddef.h>
            #include <stdio.h>
            #include <sys/epoll.h>
            #include <sys/eventfd.h>
            #include <sys/ioctl.h>
            #include <sys/mman.h>
            #include <sys/resource.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #include <sys/time.h>
            #include <sys/timerfd.h>
            #include <sys/uio.h>
            #include <sys/un.h>
            #include <time.h>
            int main(void) {

            """);
        foreach ((string expression, _) in expected)
        {
            program.Append("printf(\"%lld\\n\", (long long)(").Append(expression).Append("));\n");
        }

        program.Append("return 0; }\n");
        long[] actual = [.. Run(program.ToString()).Select(line => long.Parse(line, null))];
        actual.Length.ShouldBe(expected.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i].Value.ShouldBe(actual[i], expected[i].Expression);
        }
    }

    private static string[] Run(string program)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("atlas-");
        try
        {
            string source = Path.Combine(directory.FullName, "layout.c");
            string binary = Path.Combine(directory.FullName, "layout");
            File.WriteAllText(source, program);
            Execute("gcc", "-Wall", "-Werror", "-o", binary, source);
            return Execute(binary).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static string Execute(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, errors.GetAwaiter().GetResult());
        return output;
    }
}
