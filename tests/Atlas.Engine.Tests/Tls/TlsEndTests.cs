using Atlas.Engine.Flows;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Tests.Streams;
using Atlas.Engine.Tls;

namespace Atlas.Engine.Tests.Tls;

/// <summary>How connections end, and what peers do that must not go on.</summary>
public sealed class TlsEndTests : IDisposable
{
    private readonly TlsServerContext _server = TlsHandshakeTests.Server(TestCertificates.Server);
    private readonly TlsClientContext _client = TlsHandshakeTests.Client();
    private readonly TlsClientContext _client12 = TlsHandshakeTests.Client(version: TlsVersion.Tls12);

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
        _client12.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void Receive_TheConnectionEndsWithoutCloseNotify_IsTruncatedAndSendingGoesOn(int bytes) => Check(async (near, far) =>
    {
        await near.SendAllAsync(StreamCalls.Pattern(bytes));
        near.Transport.Inner.ShutdownSend();
        (byte[] received, int last) = await far.ReceiveAsync();
        received.ShouldBe(StreamCalls.Pattern(bytes));
        last.ShouldBe(ByteStream.Truncated);
        far.TryReceive(new byte[1]).ShouldBe(ByteStream.Truncated);
        far.Peek().ShouldBe(ByteStream.Truncated);
        far.IsPeerClosed.ShouldBeTrue();
        far.IsBroken.ShouldBeFalse();
        far.FailureText.ShouldBeNull();

        (await far.SendAllAsync(StreamCalls.Pattern(500))).ShouldBe(500);
        (await near.ReceiveAsync(500)).Bytes.ShouldBe(StreamCalls.Pattern(500));
    });

    [Fact]
    public void Receive_ARecordIsCutOff_IsTruncated() => Check(async (near, far) =>
    {
        near.Transport.Inner.TrySend([23, 3, 3, 0, 100, 1, 2]).ShouldBe(7);
        near.Transport.Inner.ShutdownSend();
        (await far.ReceiveAsync()).Last.ShouldBe(ByteStream.Truncated);
    });

    [Theory]
    [InlineData(new byte[] { 23, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 })]
    [InlineData(new byte[] { 23, 3, 3, 0xFF, 0xFF, 1 })]
    [InlineData(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 })]
    [InlineData(new byte[] { 22, 3, 3, 0, 4, 1, 0, 0, 0 })]
    public void Receive_SomethingThatIsNoRecordOfThePeer_FailsAndThePeerHearsIt(byte[] bytes) => Check(async (near, far) =>
    {
        near.Transport.Inner.TrySend(bytes).ShouldBe(bytes.Length);
        (await far.ReceiveAsync()).Last.ShouldBe(-Errno.EPROTO);
        far.FailureText.ShouldNotBeNullOrEmpty();
        far.TrySend([1]).ShouldBe(-Errno.EPROTO);
        far.Close();
        (await near.ReceiveAsync()).Last.ShouldBe(-Errno.EPROTO);
        near.FailureText.ShouldNotBeNull().ShouldContain("alert");
    });

    [Fact]
    public void Close_ThePeerHasNotTakenAll_TheRestIsSentAndThenTheEnd()
    {
        byte[] all = StreamCalls.Pattern(50_000);
        CheckIn(TlsWorlds.Narrow(1000), async (near, far) =>
        {
            int sent = near.TrySend(all);
            sent.ShouldBeInRange(1, 16 * 1024);
            near.Transport.HasUnsent.ShouldBeTrue();
            near.Close();
            near.Ssl.ShouldBe(0);
            near.Transport.Inner.IsClosed.ShouldBeFalse();
            (byte[] received, int last) = await far.ReceiveAsync();
            received.ShouldBe(all[..sent]);
            last.ShouldBe(0);
            near.Transport.Inner.IsClosed.ShouldBeTrue();
        });
    }

    [Fact]
    public void WhenGone_ThePeerHasNotTakenAll_ComesAfterTheRest()
    {
        CheckIn(TlsWorlds.Narrow(1000), async (near, far) =>
        {
            int gone = 0;
            near.TrySend(new byte[50_000]);
            near.Close();
            near.WhenGone(() => gone++);
            gone.ShouldBe(0);

            await far.ReceiveAsync();

            near.Transport.Inner.IsClosed.ShouldBeTrue();
            gone.ShouldBe(1);
            far.Close();
            far.WhenGone(() => gone++);
            gone.ShouldBe(2);
        });
    }

    [Fact]
    public void WhenGone_ThePeerNeverTakesTheRest_ComesAfterTheLinger()
    {
        CheckIn(TlsWorlds.Narrow(1000), async (near, _) =>
        {
            int gone = 0;
            near.TrySend(new byte[50_000]);
            near.Close();
            near.WhenGone(() => gone++);

            await new SilentStream(near.Loop).For(TlsStream.LingerMs - 1);
            gone.ShouldBe(0);
            await new SilentStream(near.Loop).For(2);
            gone.ShouldBe(1);
        });
    }

    [Fact]
    public void LimitLinger_ThePeerTakesNothing_GivesUpAfterThatTime()
    {
        CheckIn(TlsWorlds.Narrow(1000), async (near, _) =>
        {
            near.TrySend(new byte[50_000]);
            near.Close();
            near.IsLingering.ShouldBeTrue();
            await new SilentStream(near.Loop).For(10_000);
            near.LimitLinger(2_000);

            await new SilentStream(near.Loop).For(1_999);
            near.IsLingering.ShouldBeTrue();
            await new SilentStream(near.Loop).For(2);
            near.IsLingering.ShouldBeFalse();
            near.Transport.Inner.IsClosed.ShouldBeTrue();
        });
    }

    [Fact]
    public void LimitLinger_ThePeerTakesSomeNowAndThen_GoesOn()
    {
        CheckIn(TlsWorlds.Narrow(1000), async (near, far) =>
        {
            int sent = near.TrySend(new byte[50_000]);
            near.Close();
            near.LimitLinger(2_000);
            int received = 0;
            int last = 1;
            while (last > 0 || last == ByteStream.WouldBlock)
            {
                await new SilentStream(near.Loop).For(1_000);
                byte[] piece = new byte[20_000];
                last = far.TryReceive(piece);
                received += Math.Max(last, 0);
            }

            last.ShouldBe(0);
            received.ShouldBe(sent);
        });
    }

    [Fact]
    public void Close_ThePeerNeverTakesTheRest_GivesUpAfterTheLinger()
    {
        CheckIn(TlsWorlds.Narrow(1000), async (near, far) =>
        {
            near.TrySend(new byte[50_000]);
            near.Close();
            long endMs = near.Loop.NowMs + TlsStream.LingerMs;
            await new SilentStream(near.Loop).For(TlsStream.LingerMs - 1);
            near.Transport.Inner.IsClosed.ShouldBeFalse();
            await new SilentStream(near.Loop).For(2);
            near.Transport.Inner.IsClosed.ShouldBeTrue();
            near.Loop.NowMs.ShouldBe(endMs + 1);
        });
    }

    [Fact]
    public void ShutdownSend_ThePeerHasNotTakenAll_TheEndComesAfterTheRest()
    {
        byte[] all = StreamCalls.Pattern(50_000);
        CheckIn(TlsWorlds.Narrow(1000), async (near, far) =>
        {
            int sent = near.TrySend(all);
            near.ShutdownSend();
            near.ShutdownSend();
            near.TrySend([1]).ShouldBe(-Errno.EPIPE);
            (byte[] received, int last) = await far.ReceiveAsync();
            received.ShouldBe(all[..sent]);
            last.ShouldBe(0);
            (await far.SendAllAsync([7])).ShouldBe(1);
            (await near.ReceiveAsync(1)).Bytes.ShouldBe([7]);
        });
    }

    [Fact]
    public void Close_TheStreamBelowIsClosed_ClosesThisOneAndCancelsItsWaits() => Check(async (near, far) =>
    {
        ResultFlow<WaitResult> waiting = WaitAsync(near);
        near.Transport.Inner.Abort();
        (await waiting).ShouldBe(WaitResult.Cancelled);
        near.IsClosed.ShouldBeTrue();
        near.Ssl.ShouldBe(0);
    });

    [Fact]
    public void Close_ThePeerEndedInOrderAndThatWasNotRead_ResetsNothing() => Check(async (near, far) =>
    {
        near.ShutdownSend();
        await far.ReceiveReadyAsync();
        (await far.SendAllAsync(StreamCalls.Pattern(100))).ShouldBe(100);
        far.Close();
        (byte[] received, int last) = await near.ReceiveAsync();
        received.ShouldBe(StreamCalls.Pattern(100));
        last.ShouldBe(0);
    });

    [Theory]
    [InlineData(10, 20, 1)]
    [InlineData(0, 20, 1)]
    [InlineData(10, 0, 1)]
    [InlineData(100, 16 * 1024 - 100, 1)]
    [InlineData(100, 16 * 1024 - 99, 2)]
    [InlineData(100, 40_000, 3)]
    [InlineData(16 * 1024, 1, 2)]
    [InlineData(20_000, 20_000, 4)]
    public void Send_TwoSpans_TakesNoMoreRecordsThanNeeded(int first, int second, int records) => Check(async (near, far) =>
    {
        // RFC 8446 5.2: a header of 5 bytes, the type, and 16 of the authentication.
        const int Overhead = 22;
        long before = near.Transport.WrittenBytes;
        byte[] all = StreamCalls.Pattern(first + second);
        near.TrySend(all.AsSpan(0, first), all.AsSpan(first)).ShouldBe(all.Length);
        (near.Transport.WrittenBytes - before).ShouldBe(all.Length + (records * Overhead));
        (await far.ReceiveAsync(all.Length)).Bytes.ShouldBe(all);
    });

    [Theory]
    [InlineData(TlsStream.MaxMessages, false)]
    [InlineData(TlsStream.MaxMessages + 1, true)]
    public void Receive_ThePeerChangesItsKeysTimeAndAgain_IsCutAtTheLimit(int times, bool isCut) => Check(async (near, far) =>
    {
        int last = 1;
        for (int i = 0; i < times && last > 0; i++)
        {
            OpenSslPeer.SSL_key_update(near.Ssl, OpenSslPeer.SSL_KEY_UPDATE_NOT_REQUESTED).ShouldBe(1);
            near.TrySend([1]).ShouldBe(1);
            last = (await far.ReceiveAsync(1)).Last;
        }

        // What came with the last one may still be received.
        (last > 0 && isCut ? far.TryReceive(new byte[1]) : last).ShouldBe(isCut ? -Errno.EPROTO : 1);
        far.FailureText.ShouldBe(isCut ? "too many messages of TLS itself" : null);
    });

    [Fact]
    public void Receive_ThePeerWantsNewKeysInReturnAndDoesNotRead_IsCutAtTheLimit()
    {
        CheckIn(TlsWorlds.Narrow(4000), async (near, far) =>
        {
            int last = 1;
            for (int i = 0; i < TlsStream.MaxMessages + 1 && last > 0; i++)
            {
                OpenSslPeer.SSL_key_update(near.Ssl, OpenSslPeer.SSL_KEY_UPDATE_REQUESTED).ShouldBe(1);
                near.TrySend([1]).ShouldBe(1);
                last = (await far.ReceiveAsync(1)).Last;
            }

            last.ShouldBe(-Errno.EPROTO);
            far.Abort();
        });
    }

    [Fact]
    public void Receive_ThePeerChangesItsKeysWhileSomeoneWaits_TheWaitGoesOn() => Check(async (near, far) =>
    {
        ResultFlow<WaitResult> waiting = WaitAsync(far);
        OpenSslPeer.SSL_key_update(near.Ssl, OpenSslPeer.SSL_KEY_UPDATE_NOT_REQUESTED).ShouldBe(1);
        OpenSslPeer.SSL_do_handshake(near.Ssl).ShouldBe(1);
        await new SilentStream(near.Loop).For(20);
        waiting.IsCompleted.ShouldBeFalse();
        near.TrySend([1]).ShouldBe(1);
        (await waiting).ShouldBe(WaitResult.Ready);
        (await far.ReceiveAsync(1)).Bytes.ShouldBe([1]);
    });

    [Fact]
    public void Send_InTheMidstOfAMessageOfThePeer_WaitsForItsEndAndGoesOn()
    {
        // A ticket that holds the client's certificate takes several of such records.
        using TlsServerContext server = TlsClientCertificateTests.Server(isRequired: true);
        OpenSslPeer.SSL_CTX_ctrl(server.Native, OpenSslPeer.SSL_CTRL_SET_MAX_SEND_FRAGMENT, 512, 0).ShouldBe(1);
        using TlsClientContext client = TlsClientCertificateTests.Client();
        int waits = 0;

        // How records fall depends on OpenSSL's chance as well: the first five worlds are mostly enough.
        for (int seed = 0; seed < 5 || (waits == 0 && seed < 100); seed++)
        {
            TlsWorlds.Run(TlsWorlds.Slow(seed), async (near, far) =>
            {
                (TlsStream up, TlsStream down) = await TlsPair.ConnectAsync(near, far, client, server);
                ResultFlow<(byte[] Bytes, int Last)> receiving = down.ReceiveAsync(50);
                for (byte i = 0; i < 50; i++)
                {
                    int sent = up.TrySend([i]);
                    while (sent == ByteStream.WouldBlock)
                    {
                        waits += up.Transport.HasUnsent ? 0 : 1;
                        (await up.SendReadyAsync(up.Loop.NowMs + 60_000)).ShouldBe(WaitResult.Ready);
                        sent = up.TrySend([i]);
                    }

                    sent.ShouldBe(1);
                    await new SilentStream(up.Loop).For(1);
                }

                (await receiving).Bytes.ShouldBe([.. Enumerable.Range(0, 50).Select(i => (byte)i)]);
                up.Close();
                down.Close();
            });
        }

        waits.ShouldBeGreaterThan(0, "no world was rough enough");
    }

    [Fact]
    public void PeerClosedHandler_CloseNotifyComesBeforeTheEndOfTheConnection_HearsOfItOnce() => Check(async (near, far) =>
    {
        // The client's end is the one that lies idle in a pool.
        var handler = new CountingHandler();
        near.PeerClosedHandler = handler;
        OpenSslPeer.SSL_shutdown(far.Ssl).ShouldBe(0);
        await new SilentStream(near.Loop).For(20);
        handler.Calls.ShouldBe(1);
        near.IsPeerClosed.ShouldBeTrue();
        far.Transport.Inner.ShutdownSend();
        await new SilentStream(near.Loop).For(20);
        handler.Calls.ShouldBe(1);
        near.TryReceive(new byte[1]).ShouldBe(0);
    });

    [Fact]
    public void Peek_OnlyATicketCame_IsSilence()
    {
        using var server = new TlsServerContext(new TlsServerOptions
        {
            Certificates = [TestCertificates.ForOptions(TestCertificates.Server)],
            TicketKeys = new TlsTicketKeyRing(TlsTicketKeys.Random()),
        });
        using var sessions = new TlsClientSessions(_client);
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
        {
            (TlsStream up, TlsStream down) = await TlsPair.ConnectAsync(near, far, _client, server, sessions);
            await new SilentStream(near.Loop).For(20);
            sessions.Count.ShouldBe(2);
            up.MayReceive.ShouldBeFalse();
            up.Peek().ShouldBe(ByteStream.WouldBlock);
            up.Close();
            down.Close();
        });
    }

    private static async ResultFlow<WaitResult> WaitAsync(ByteStream stream) => await stream.ReceiveReadyAsync();

    private void Check(Func<TlsStream, TlsStream, Flow> scenario)
    {
        CheckIn(TlsWorlds.Calm, scenario);
        CheckIn(TlsWorlds.Tcp, scenario);
    }

    private void CheckIn(IStreamWorld world, Func<TlsStream, TlsStream, Flow> scenario, TlsClientContext? client = null) =>
        TlsWorlds.Run(world, async (near, far) =>
        {
            (TlsStream up, TlsStream down) = await TlsPair.ConnectAsync(near, far, client ?? _client, _server);
            await scenario(up, down);
            up.Close();
            down.Close();
        });

    private sealed class CountingHandler : IPeerClosedHandler
    {
        public int Calls { get; private set; }

        public void OnPeerClosed(ByteStream stream) => Calls++;
    }
}
