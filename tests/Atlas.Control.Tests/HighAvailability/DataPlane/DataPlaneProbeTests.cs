using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Atlas.Control.HighAvailability.DataPlane;
using Atlas.Control.Tests.Health;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;

namespace Atlas.Control.Tests.HighAvailability.DataPlane;

public sealed class DataPlaneProbeTests : IDisposable
{
    // Long where an answer comes, short where none ever does.
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentQueue<bool> _changes = new();
    private IReadOnlyList<ProbedListener> _asked;

    public DataPlaneProbeTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _asked = [new ProbedListener("web", _listener.LocalEndPoint!)];
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Look_AWorkerClosesWhatEnds_Serves()
    {
        using DataPlaneProbe probe = Probe(Long);
        _ = AnswerAsync(_listener);
        (await probe.LookAsync()).IsServing.ShouldBeTrue();
        probe.Health.Reason.ShouldBeNull();
        _changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Look_AWorkerResets_Serves()
    {
        using DataPlaneProbe probe = Probe(Long);
        Task<Socket> accepted = _listener.AcceptAsync();
        Task<DataPlaneHealth> look = probe.LookAsync();
        (await accepted).Close(0);
        (await look).IsServing.ShouldBeTrue();
    }

    [Fact]
    public async Task Look_NobodyAccepts_DoesNotServeThoughTheKernelConnects()
    {
        using DataPlaneProbe probe = Probe(Short);
        (await probe.LookAsync()).Reason.ShouldBe($"listener web at {_listener.LocalEndPoint}: no answer within 100 ms");
        _changes.ShouldBe([false]);
    }

    [Fact]
    public async Task Look_AcceptedButNeverAnswered_DoesNotServeAfterTwoLooksAndServesAfterOneAnswer()
    {
        bool answers = true;
        using DataPlaneProbe quick = Probe(Long);
        var held = new List<Socket>();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                Socket connection = await _listener.AcceptAsync();
                if (Volatile.Read(ref answers))
                {
                    await connection.ReceiveAsync(new byte[1]);
                    connection.Dispose();
                }
                else
                {
                    held.Add(connection);
                }
            }
        });
        (await quick.LookAsync()).IsServing.ShouldBeTrue();

        using DataPlaneProbe probe = Probe(Short);
        Volatile.Write(ref answers, false);
        (await probe.LookAsync()).IsServing.ShouldBeFalse("the first look");
        Volatile.Write(ref answers, true);
        for (int looks = 1; !(await probe.LookAsync()).IsServing; looks++)
        {
            // On a busy machine an answer may take longer than the limit.
            looks.ShouldBeLessThan(600, "one answer is enough");
        }

        Volatile.Write(ref answers, false);
        (await probe.LookAsync()).IsServing.ShouldBeTrue("one look may be an accident");
        (await probe.LookAsync()).IsServing.ShouldBeFalse();
        _changes.ShouldBe([false, true, false]);
        held.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task Look_OneOfTwoAddressesHangs_DoesNotServe()
    {
        using var answering = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        answering.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        answering.Listen();
        _asked = [new ProbedListener("web", _listener.LocalEndPoint!), new ProbedListener("web", answering.LocalEndPoint!)];
        using DataPlaneProbe probe = Probe(Short);
        for (int look = 0; look < 3; look++)
        {
            _ = AnswerAsync(answering);
            (await probe.LookAsync()).Reason.ShouldBe($"listener web at {_listener.LocalEndPoint}: no answer within 100 ms");
        }
    }

    [Fact]
    public async Task Look_NobodyListens_DoesNotServe()
    {
        using DataPlaneProbe probe = Probe(Long);
        EndPoint address = _listener.LocalEndPoint!;
        _listener.Dispose();
        (await probe.LookAsync()).Reason.ShouldBe($"listener web at {address}: connect refused");
        _asked = [];
        (await probe.LookAsync()).IsServing.ShouldBeTrue("a listener that is gone counts no more");
    }

    [Fact]
    public async Task Look_AWorkerHangs_DoesNotServe()
    {
        _asked = [];
        using var probe = new DataPlaneProbe(new DataPlaneProbeOptions
        {
            Listeners = () => _asked, Workers = token => Task.Delay(-1, token).ContinueWith(_ => true, TaskScheduler.Default), Limit = Short,
        });
        (await probe.LookAsync()).Reason.ShouldBe("workers: no answer within 100 ms");
        using var other = new DataPlaneProbe(new DataPlaneProbeOptions { Listeners = () => _asked, Workers = _ => Task.FromResult(false) });
        (await other.LookAsync()).Reason.ShouldBe("workers: one takes no turn");
    }

    [Fact]
    public async Task Start_KeepsLooking()
    {
        using DataPlaneProbe probe = Probe(Short);
        probe.Start();
        await Until.SoAsync(() => _changes.Contains(false));
        _asked = [];
        await Until.SoAsync(() => _changes.Contains(true));
    }

    [Fact]
    public async Task Start_Again_StillLooksOneAtATime()
    {
        int looks = 0;
        var never = new TaskCompletionSource<bool>();
        using var probe = new DataPlaneProbe(new DataPlaneProbeOptions
        {
            Listeners = () =>
            {
                Interlocked.Increment(ref looks);
                return [];
            },
            Workers = _ => never.Task,
            Limit = Long,
        });
        probe.Start();
        await Until.SoAsync(() => Volatile.Read(ref looks) == 1);
        probe.Start();
        probe.Start();

        // One that starts later has looked several times by then, and the looks of both would have begun.
        int later = 0;
        using var other = new DataPlaneProbe(new DataPlaneProbeOptions
        {
            Listeners = () =>
            {
                Interlocked.Increment(ref later);
                return [];
            },
            Interval = TimeSpan.FromMilliseconds(1),
        });
        other.Start();
        await Until.SoAsync(() => Volatile.Read(ref later) >= 5);
        looks.ShouldBe(1, "the first look still waits");
    }

    [Theory]
    [InlineData(ListenerProtocol.Http, ListenerMode.User, false, true)]
    [InlineData(ListenerProtocol.Tcp, ListenerMode.User, true, true)]
    [InlineData(ListenerProtocol.Tcp, ListenerMode.User, false, false)]
    [InlineData(ListenerProtocol.Udp, ListenerMode.User, false, false)]
    [InlineData(ListenerProtocol.Http, ListenerMode.Kernel, false, false)]
    public void CanAsk_OnlyWhereAWorkerReadsFirst(ListenerProtocol protocol, ListenerMode mode, bool tls, bool expected) =>
        ProbedListener.CanAsk(new ListenerConfig { Protocol = protocol, Mode = mode, Tls = tls ? new ListenerTlsConfig() : null }).ShouldBe(expected);

    [Theory]
    [InlineData("0.0.0.0:80", "127.0.0.1:80")]
    [InlineData("[::]:80", "[::1]:80")]
    [InlineData("10.0.0.1:80", "10.0.0.1:80")]
    [InlineData("unix:/run/a", "/run/a")]
    public void AddressOf_WhatIsBound_IsWhereThisMachineReachesIt(string bound, string expected) =>
        ProbedListener.AddressOf(BindAddress.TryParse(bound, out BindAddress? address) ? address! : throw new FormatException(bound), address!.Port)
            .ToString().ShouldBe(expected);

    private DataPlaneProbe Probe(TimeSpan limit) => new(new DataPlaneProbeOptions
    {
        Listeners = () => _asked, Limit = limit, Interval = TimeSpan.FromMilliseconds(10), Changed = health => _changes.Enqueue(health.IsServing),
    });

    private static async Task AnswerAsync(Socket listener)
    {
        using Socket connection = await listener.AcceptAsync();
        await connection.ReceiveAsync(new byte[1]);
    }
}
