using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Atlas.Engine.Handover;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Tests.Handover;

/// <summary>Messages with descriptors between two ends.</summary>
[Collection(nameof(AloneCollection))]
public sealed class HandoverChannelTests
{
    private const int LimitMs = 30_000;
    private const string Variable = "ATLAS_TEST_CHANNEL";

    [Fact]
    public void Send_BytesAndSockets_ArriveTogetherAndOpen()
    {
        (HandoverChannel own, HandoverChannel other) = HandoverChannel.CreatePair();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        own.TrySend("one"u8, [(int)listener.Server.Handle, (int)listener.Server.Handle], LimitMs).ShouldBeTrue();
        own.TrySend("two"u8, [], LimitMs).ShouldBeTrue();
        own.Dispose();

        HandoverMessage first = Receive(other);
        Encoding.ASCII.GetString(first.Bytes).ShouldBe("one");
        first.Descriptors.Count.ShouldBe(2);
        foreach (int descriptor in first.Descriptors)
        {
            OpenSocket socket = OpenSocket.TryTake(descriptor)!;
            socket.Address.Port.ShouldBe(((IPEndPoint)listener.LocalEndpoint).Port);
            socket.IsDatagram.ShouldBeFalse();
            FlagsOf(descriptor).ShouldBe(FD_CLOEXEC, "a program that is started must not inherit it");
            socket.Close();
        }

        HandoverMessage second = Receive(other);
        Encoding.ASCII.GetString(second.Bytes).ShouldBe("two");
        second.Descriptors.ShouldBeEmpty();
        other.Receive(LimitMs, out _).ShouldBe(HandoverStatus.Ended);
        other.TrySend("three"u8, [], LimitMs).ShouldBeFalse();
        other.Dispose();
    }

    [Fact]
    public void Send_AsMuchAsMayBe_ArrivesWhole()
    {
        (HandoverChannel own, HandoverChannel other) = HandoverChannel.CreatePair();
        using (own)
        using (other)
        {
            byte[] bytes = [.. Enumerable.Range(0, HandoverChannel.MaxBytes).Select(i => (byte)(i * 7))];
            int before = Descriptors.Count();
            using var client = new System.Net.Sockets.Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            int[] descriptors = [.. Enumerable.Repeat((int)client.Handle, HandoverChannel.MaxDescriptors)];
            own.TrySend(bytes, descriptors, LimitMs).ShouldBeTrue();

            HandoverMessage message = Receive(other);
            message.Bytes.ShouldBe(bytes);
            message.Descriptors.Count.ShouldBe(HandoverChannel.MaxDescriptors);
            message.CloseDescriptors();
            Descriptors.Count().ShouldBe(before + 1);
            Should.Throw<ArgumentOutOfRangeException>(() => own.TrySend([.. bytes, 0], [], LimitMs));
            Should.Throw<ArgumentOutOfRangeException>(() => own.TrySend("x"u8, [.. descriptors, 0], LimitMs));
        }
    }

    [Fact]
    public void Receive_NothingComes_TimesOut()
    {
        (HandoverChannel own, HandoverChannel other) = HandoverChannel.CreatePair();
        using (own)
        using (other)
        {
            own.Receive(1, out HandoverMessage? message).ShouldBe(HandoverStatus.TimedOut);
            message.ShouldBeNull();
        }
    }

    [Fact]
    public void Send_NobodyReceives_GivesUp()
    {
        (HandoverChannel own, HandoverChannel other) = HandoverChannel.CreatePair();
        using (own)
        using (other)
        {
            byte[] bytes = new byte[HandoverChannel.MaxBytes];
            int sent = 0;
            while (own.TrySend(bytes, [], timeoutMs: 1))
            {
                (++sent).ShouldBeLessThan(10_000);
            }

            sent.ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void TryTake_OfWhatIsNoSuchSocket_LeavesItAlone()
    {
        using var udp = new System.Net.Sockets.Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var tcp = new System.Net.Sockets.Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        HandoverChannel.TryTake((int)udp.Handle).ShouldBeNull();
        HandoverChannel.TryTake(-1).ShouldBeNull();
        OpenSocket.TryTake((int)udp.Handle).ShouldBeNull("it is not bound");
        OpenSocket.TryTake((int)tcp.Handle).ShouldBeNull("it does not listen");
        OpenSocket.TryTake(-1).ShouldBeNull();
        udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        OpenSocket.TryTake((int)udp.Handle)!.IsDatagram.ShouldBeTrue();
    }

    [Fact]
    public void MakeInheritable_AProgramThatIsStarted_HasTheEnd()
    {
        (HandoverChannel own, HandoverChannel other) = HandoverChannel.CreatePair();
        int number = other.MakeInheritable();
        number.ShouldBeGreaterThanOrEqualTo(100);
        FlagsOf(number).ShouldBe(0);
        Environment.SetEnvironmentVariable(Variable, number.ToString(CultureInfo.InvariantCulture));
        own.TrySend("ask"u8, [], LimitMs).ShouldBeTrue();
        ChildResult result = Child.Run(nameof(AnswerAsAChild));
        other.Dispose();

        result.ExitCode.ShouldBe(0, result.Output);
        Encoding.ASCII.GetString(Receive(own).Bytes).ShouldBe("ask?");
        own.Receive(LimitMs, out _).ShouldBe(HandoverStatus.Ended, "the program and this one have closed the other end");
        own.Dispose();
    }

    [ChildProcess]
    internal static void AnswerAsAChild()
    {
        int number = int.Parse(Environment.GetEnvironmentVariable(Variable)!, CultureInfo.InvariantCulture);
        using HandoverChannel channel = HandoverChannel.TryTake(number) ?? throw new InvalidOperationException("it is no channel");
        if (FlagsOf(number) != FD_CLOEXEC)
        {
            throw new InvalidOperationException("programs of this one would inherit it");
        }

        HandoverMessage message = Receive(channel);
        channel.TrySend([.. message.Bytes, (byte)'?'], [], LimitMs);
    }

    private static int FlagsOf(int descriptor) => Errno.Of(Libc.fcntl(descriptor, F_GETFD, 0));

    private static HandoverMessage Receive(HandoverChannel channel)
    {
        channel.Receive(LimitMs, out HandoverMessage? message).ShouldBe(HandoverStatus.Received);
        return message!;
    }
}
