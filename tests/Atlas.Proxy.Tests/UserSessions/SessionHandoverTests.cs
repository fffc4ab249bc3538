using Atlas.Core.Configuration;
using Atlas.Core.Sessions;
using Atlas.Engine.Handover;
using Atlas.Proxy.UserSessions;
using Atlas.Proxy.UserSessions.Handover;

namespace Atlas.Proxy.Tests.UserSessions;

/// <summary>Sessions in memory from one process to the next, here from one table to another over a pair of sockets.</summary>
public sealed class SessionHandoverTests
{
    private const long LeftMs = 600_000;

    [Fact]
    public async Task Switch_AfterGive_HasAllInTheOtherAndCallsGoThere()
    {
        Node before = new();
        Node after = new();
        SessionId kept = await before.SaveAsync("kept");
        SessionId changed = await before.SaveAsync("as it was");
        SessionId ended = await before.SaveAsync("ended");
        SessionId moved = await before.SaveAsync("moved");
        using Link link = new(before, after);
        link.Successor.Give(before.All);
        await before.SaveAsync("as it is", changed);
        await before.DoAsync(new SessionCall { Kind = SessionCallKind.Delete, Id = ended });
        await before.DoAsync(new SessionCall { Kind = SessionCallKind.MoveAway, Id = moved, LeftMs = LeftMs });
        SessionId late = await before.SaveAsync("late");

        link.Successor.Switch(() => true);

        (await after.LoadAsync(kept)).ShouldBe("kept");
        (await after.LoadAsync(changed)).ShouldBe("as it is");
        (await after.LoadAsync(late)).ShouldBe("late");
        (await after.DoAsync(new SessionCall { Kind = SessionCallKind.Load, Id = ended })).Result.ShouldBe(StoreResult.Absent);
        (await after.DoAsync(new SessionCall { Kind = SessionCallKind.Load, Id = moved })).Result.ShouldBe(StoreResult.Moved);
        after.Memory.Table.Count.ShouldBe(4);
        link.Successor.Refused.ShouldBe(0);

        await after.SaveAsync("of the new one", kept);
        (await before.LoadAsync(kept)).ShouldBe("of the new one");
        await before.SaveAsync("of the old one", kept);
        (await after.LoadAsync(kept)).ShouldBe("of the old one");
    }

    [Fact]
    public async Task Save_OverAVersionThatTheOtherHasWrittenOver_IsAConflict()
    {
        Node before = new();
        Node after = new();
        SessionId id = await before.SaveAsync("first");
        using Link link = new(before, after);
        link.Run();
        ulong read = (await before.DoAsync(new SessionCall { Kind = SessionCallKind.Load, Id = id })).Stamp.Version;
        await after.SaveAsync("second", id);

        SessionReply reply = await before.DoAsync(Save(id, "third") with { Expected = read });

        reply.Result.ShouldBe(StoreResult.Conflict);
        (await after.LoadAsync(id)).ShouldBe("second");
    }

    [Fact]
    public async Task TakeBack_AfterCallsWentElsewhere_HasAllThatTheyDid()
    {
        Node before = new();
        Node after = new();
        SessionId changed = await before.SaveAsync("first");
        SessionId ended = await before.SaveAsync("ended");
        using Link link = new(before, after);
        link.Run();
        await before.SaveAsync("second", changed);
        await before.DoAsync(new SessionCall { Kind = SessionCallKind.Delete, Id = ended });
        SessionId begun = await before.SaveAsync("begun");

        link.Successor.TakeBack();
        link.Dispose();

        (await before.LoadAsync(changed)).ShouldBe("second");
        (await before.LoadAsync(begun)).ShouldBe("begun");
        (await before.DoAsync(new SessionCall { Kind = SessionCallKind.Load, Id = ended })).Result.ShouldBe(StoreResult.Absent);
    }

    [Fact]
    public async Task Call_OnceTheOtherIsGone_GoesByWhatIsHere()
    {
        Node before = new();
        Node after = new();
        SessionId id = await before.SaveAsync("first");
        using Link link = new(before, after);
        link.Run();
        await before.SaveAsync("second", id);

        link.Dispose();

        (await before.LoadAsync(id)).ShouldBe("second");
        before.Memory.Authority.ShouldBeNull();
        await before.SaveAsync("third", id);
        (await before.LoadAsync(id)).ShouldBe("third");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Switch_ToOneThatDiesOrAWorkerThatHangs_FailsAndAllGoesOnHere(bool isSettled)
    {
        Node before = new();
        SessionId id = await before.SaveAsync("first");
        using Link link = new(before, new Node(), answers: false);
        link.Successor.Give(before.All);
        await before.SaveAsync("second", id);

        Should.Throw<IOException>(() => link.Successor.Switch(() =>
        {
            link.Break();
            return isSettled;
        }));

        link.Successor.TakeBack();
        (await before.LoadAsync(id)).ShouldBe("second");
    }

    [Fact]
    public async Task Call_OverTwoUpgrades_ReachesTheLast()
    {
        Node first = new();
        Node second = new();
        Node third = new();
        SessionId id = await first.SaveAsync("first");
        using Link one = new(first, second);
        one.Run();
        using Link two = new(second, third);
        two.Run();

        await first.SaveAsync("by the first", id);

        (await third.LoadAsync(id)).ShouldBe("by the first");
        (await second.LoadAsync(id)).ShouldBe("by the first");
        await third.SaveAsync("by the third", id);
        (await first.LoadAsync(id)).ShouldBe("by the third");
    }

    [Fact]
    public async Task Calls_OfManyUsersAtOnce_LoseNoWrite()
    {
        const int Users = 32;
        const int Writes = 300;
        Node before = new();
        Node after = new();
        Node last = new();
        using Link one = new(before, after);
        using Link two = new(after, last);
        int step = 0;
        Task[] users = [.. Enumerable.Range(0, Users).Select(user => Task.Run(async () =>
        {
            SessionId id = SessionIds.Random();
            for (int i = 0; i < Writes; i++)
            {
                // Whoever takes requests at the moment, and those before, whose connections end.
                Node[] taking = Volatile.Read(ref step) switch { 0 => [before], 1 => [before, after], _ => [before, after, last] };
                Node node = taking[(user + i) % taking.Length];
                SessionReply read = await node.DoAsync(new SessionCall { Kind = SessionCallKind.Load, Id = id });
                string there = read.Contents is null ? "" : System.Text.Encoding.ASCII.GetString(read.Contents);
                there.ShouldBe(string.Concat(Enumerable.Repeat("x", i)));
                (await node.DoAsync(Save(id, there + "x") with { WasStored = i > 0 })).Result.ShouldBe(StoreResult.Done);
            }
        }))];
        await Task.Delay(20);
        one.Run();
        Volatile.Write(ref step, 1);
        await Task.Delay(50);
        two.Run();
        Volatile.Write(ref step, 2);
        await Task.WhenAll(users);

        last.Memory.Table.Count.ShouldBe(Users);
    }

    [Fact]
    public async Task Give_ToAProcessWithoutTheSession_KeepsItHere()
    {
        Node before = new();
        Node after = new("another");
        SessionId id = await before.SaveAsync("first");
        using Link link = new(before, after);
        link.Run();

        (await before.LoadAsync(id)).ShouldBe("first");
        after.Memory.Table.Count.ShouldBe(0);
        link.Successor.Unknown.ShouldBe(["shop"]);
    }

    [Fact]
    public async Task Give_ToAProcessWithLessMemory_CountsWhatFoundNoRoom()
    {
        Node before = new();
        Node after = new(maxBytes: (2 * MemoryEntry.Overhead) + 10);
        for (int i = 0; i < 5; i++)
        {
            await before.SaveAsync("x");
        }

        using Link link = new(before, after);
        link.Run();

        link.Successor.Refused.ShouldBe(3);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("FF00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000FFFF")]
    public void ReadCall_OfWhatIsNone_Throws(string hex) => Should.Throw<IOException>(() => SessionFrames.ReadCall(Convert.FromHexString(hex)));

    [Fact]
    public void Frames_OfAllFields_AreReadAsWritten()
    {
        SessionCall call = Save(SessionIds.Random(), "contents") with { Expected = 7, WasStored = true };
        (string name, SessionCall read) = SessionFrames.ReadCall(SessionFrames.Write("größe", call).AsSpan(4));
        name.ShouldBe("größe");
        read.Contents.ShouldBe(call.Contents);
        (read with { Contents = null }).ShouldBe(call with { Contents = null });
        SessionReply reply = new(StoreResult.Full, [1, 2], new SessionStamp(3, 4), 5);
        SessionReply told = SessionFrames.ReadReply(SessionFrames.Write(reply).AsSpan(4));
        told.Contents.ShouldBe([1, 2]);
        (told with { Contents = null }).ShouldBe(reply with { Contents = null });
        Should.Throw<IOException>(() => SessionFrames.ReadReply(SessionFrames.Write(null).AsSpan(4)));
    }

    private static SessionCall Save(SessionId id, string contents) => new()
    {
        Kind = SessionCallKind.Save,
        Id = id,
        Contents = System.Text.Encoding.ASCII.GetBytes(contents),
        Stamp = new SessionStamp((ulong)Random.Shared.NextInt64(1, long.MaxValue), 1),
        LeftMs = LeftMs,
    };

    /// <summary>A process with sessions in memory.</summary>
    private sealed class Node(string name = "shop", long maxBytes = 1 << 20)
    {
        internal MemorySessions Memory { get; } = new(maxBytes);

        internal IReadOnlyList<SessionSnapshot> All =>
            [new SessionSnapshot(new SessionConfig { Name = name, Store = "here", Cookie = new CookieConfig { Name = "sid" } }, Memory)];

        internal Task<SessionReply> DoAsync(SessionCall call) => Memory.DoAsync(call).AsTask();

        internal async Task<SessionId> SaveAsync(string contents, SessionId? id = null)
        {
            SessionCall call = Save(id ?? SessionIds.Random(), contents);
            (await DoAsync(call)).Result.ShouldBe(StoreResult.Done);
            return call.Id;
        }

        internal async Task<string> LoadAsync(SessionId id)
        {
            SessionReply reply = await DoAsync(new SessionCall { Kind = SessionCallKind.Load, Id = id });
            reply.Result.ShouldBe(StoreResult.Done);
            reply.LeftMs.ShouldBeInRange(LeftMs - 60_000, LeftMs);
            return System.Text.Encoding.ASCII.GetString(reply.Contents!);
        }
    }

    /// <summary>The way from one process to the one that takes its place.</summary>
    private sealed class Link : IDisposable
    {
        private readonly Node _before;
        private readonly Stream _service;

        /// <summary>A way that nothing was sent over yet.</summary>
        /// <param name="before">The one.</param>
        /// <param name="after">The other.</param>
        /// <param name="answers">Whether the other reads what it gets.</param>
        internal Link(Node before, Node after, bool answers = true)
        {
            (Stream own, HandedDescriptor other) = HandoverStream.CreatePair();
            _before = before;
            _service = HandoverStream.Of(other.Take());
            Successor = new SessionSuccessor(own);
            _ = answers ? SessionService.RunAsync(_service, () => after.All) : Task.CompletedTask;
        }

        internal SessionSuccessor Successor { get; }

        internal void Run()
        {
            Successor.Give(_before.All);

            // Nothing is done on workers here: what was under way is sent again by who did it.
            Successor.Switch(() => true);
        }

        /// <summary>Closes the other process's end, with what it has not read.</summary>
        internal void Break() => _service.Dispose();

        public void Dispose()
        {
            Successor.Dispose();
            _service.Dispose();
        }
    }
}
