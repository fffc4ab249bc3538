using Atlas.Core.HighAvailability;

namespace Atlas.Core.Tests.HighAvailability;

public sealed class PeerLivenessTests
{
    private const long HintUs = 5 * LivenessPair.DeadAfterUs;

    private readonly LivenessPair _pair = new();

    [Fact]
    public void Receive_AnEcho_MakesItAlive()
    {
        _pair.Status.ShouldBe(new PeerStatus("far", PeerState.Unknown, PeerReason.Starting, _pair.NowUs));
        _pair.ToNear(_pair.FromFar()).ShouldBe(PeerVerdict.Unproven, "it has heard nothing of this node yet");
        _pair.Status.State.ShouldBe(PeerState.Unknown);
        _pair.ToFar(_pair.FromNear()).ShouldBe(PeerVerdict.Proof);
        PeerMessage answer = _pair.FromFar();
        _pair.NowUs += 300;
        _pair.ToNear(answer).ShouldBe(PeerVerdict.Proof);
        PeerStatus status = _pair.Status;
        (status.State, status.Reason, status.IsLive, status.SinceUs).ShouldBe((PeerState.Alive, PeerReason.Serving, true, _pair.NowUs));
        (status.Version, status.LastHeardUs).ShouldBe(("1.0", _pair.NowUs));
        (status.RoundTripUs, status.ClockAheadMs).ShouldBe((300, 1_000));
    }

    [Fact]
    public void Receive_WhatThePeerWaited_IsNoPartOfTheRoundTrip()
    {
        PeerMessage ask = _pair.FromNear();
        _pair.NowUs += 200;
        _pair.ToFar(ask);
        _pair.NowUs += 400_000;
        PeerMessage answer = _pair.FromFar();
        _pair.NowUs += 100;
        _pair.ToNear(answer);
        _pair.Status.RoundTripUs.ShouldBe(300);
    }

    [Fact]
    public void Advance_SilenceForTheLimit_IsDeadAtItsEdge()
    {
        Meet();
        long heardUs = _pair.Status.LastHeardUs!.Value;
        _pair.Near.NextUs.ShouldBe(heardUs + LivenessPair.DeadAfterUs);
        _pair.Pass(heardUs + LivenessPair.DeadAfterUs - _pair.NowUs - 1);
        _pair.Status.State.ShouldBe(PeerState.Alive);
        _pair.Pass(1);
        (_pair.Status.State, _pair.Status.Reason, _pair.Status.SinceUs).ShouldBe((PeerState.Dead, PeerReason.Silent, _pair.NowUs));
        _pair.Near.NextUs.ShouldBe(long.MaxValue);
    }

    [Fact]
    public void Advance_NeverHeard_IsDeadAfterTheLimit()
    {
        _pair.Pass(LivenessPair.DeadAfterUs - 1);
        _pair.Status.State.ShouldBe(PeerState.Unknown);
        _pair.Pass(1);
        (_pair.Status.State, _pair.Status.Reason).ShouldBe((PeerState.Dead, PeerReason.Silent));
        _pair.Changes.ShouldHaveSingleItem().From.State.ShouldBe(PeerState.Unknown);
    }

    [Theory]
    [InlineData(DataPlaneState.Draining, PeerReason.Draining)]
    [InlineData(DataPlaneState.NotServing, PeerReason.NotServing)]
    public void Receive_DoesNotServe_IsNotLiveAtOnceAndAliveStill(DataPlaneState state, PeerReason reason)
    {
        Meet();
        _pair.Changes.Clear();
        _pair.FarDataPlane = state;

        // Also when it did not hear the last rounds: it says so itself.
        _pair.ToNear(_pair.FromFar());
        (_pair.Status.State, _pair.Status.Reason, _pair.Status.IsLive).ShouldBe((PeerState.Alive, reason, false));
        _pair.Changes.ShouldHaveSingleItem();
        _pair.FarDataPlane = DataPlaneState.Serving;
        _pair.Exchange();
        _pair.Status.IsLive.ShouldBeTrue();
    }

    [Fact]
    public void Receive_AFarewell_IsStoppedAtOnceUntilAnotherBootProvesItself()
    {
        Meet();
        _pair.Changes.Clear();
        PeerMessage before = _pair.FromFar();
        _pair.FarDataPlane = DataPlaneState.Stopped;
        PeerMessage farewell = _pair.FromFar();
        _pair.ToNear(farewell);
        (_pair.Status.State, _pair.Status.Reason, _pair.Status.IsLive, _pair.Status.SinceUs)
            .ShouldBe((PeerState.Stopped, PeerReason.Stopped, false, _pair.NowUs));
        _pair.Near.NextUs.ShouldBe(long.MaxValue);

        // Nothing that was overtaken or is played back, and no time, makes anything else of it.
        _pair.ToNear(before).ShouldBe(PeerVerdict.Replayed);
        _pair.ToNear(farewell).ShouldBe(PeerVerdict.Replayed);
        _pair.Pass(100 * LivenessPair.DeadAfterUs);
        _pair.Status.State.ShouldBe(PeerState.Stopped);
        _pair.Changes.ShouldHaveSingleItem();

        _pair.FarDataPlane = DataPlaneState.Serving;
        _pair.RestartFar();
        _pair.Exchange();
        _pair.Exchange();
        (_pair.Status.IsLive, _pair.Status.Restarts).ShouldBe((true, 1));
    }

    [Fact]
    public void Hint_AStoppedPeer_IsDeadForItsReasonUntilItIsOver()
    {
        Meet();
        _pair.FarDataPlane = DataPlaneState.Stopped;
        _pair.ToNear(_pair.FromFar());
        _pair.Near.Hint("far", PeerReason.OtherSecret, _pair.NowUs).ShouldNotBeNull();
        (_pair.Status.State, _pair.Status.Reason).ShouldBe((PeerState.Dead, PeerReason.OtherSecret));
        _pair.Near.NextUs.ShouldBe(_pair.NowUs + HintUs);
        _pair.Pass(HintUs);
        (_pair.Status.State, _pair.Status.Reason).ShouldBe((PeerState.Stopped, PeerReason.Stopped));
    }

    [Fact]
    public void Hint_ASilentPeer_IsWhyUntilItIsOver()
    {
        Meet();
        _pair.Pass(LivenessPair.DeadAfterUs);
        (_pair.Status.State, _pair.Status.Reason).ShouldBe((PeerState.Dead, PeerReason.Silent));
        _pair.Near.Hint("far", PeerReason.OtherSecret, _pair.NowUs)!.Value.To.Reason.ShouldBe(PeerReason.OtherSecret);
        _pair.Near.Hint("far", PeerReason.OtherSecret, _pair.NowUs).ShouldBeNull("it is so already");
        _pair.Near.NextUs.ShouldBe(_pair.NowUs + HintUs);
        _pair.Pass(HintUs - 1);
        (_pair.Status.State, _pair.Status.Reason).ShouldBe((PeerState.Dead, PeerReason.OtherSecret));
        _pair.Pass(1);
        _pair.Status.Reason.ShouldBe(PeerReason.Silent);
        _pair.Near.NextUs.ShouldBe(long.MaxValue);
    }

    [Fact]
    public void Hint_BeforeThePeerProvedItself_IsNotWhyItIsSilentLater()
    {
        _pair.Pass(LivenessPair.DeadAfterUs);
        _pair.Near.Hint("far", PeerReason.OtherSecret, _pair.NowUs).ShouldNotBeNull();
        Meet();
        _pair.Pass(LivenessPair.DeadAfterUs);
        (_pair.Status.State, _pair.Status.Reason).ShouldBe((PeerState.Dead, PeerReason.Silent));
    }

    [Fact]
    public void Hint_APeerThatLivesOrIsWaitedForOrIsNone_ChangesNothing()
    {
        _pair.Near.Hint("far", PeerReason.OtherSecret, _pair.NowUs).ShouldBeNull();
        _pair.Status.State.ShouldBe(PeerState.Unknown);
        Meet();
        PeerStatus before = _pair.Status;
        _pair.Near.Hint("far", PeerReason.OtherSecret, _pair.NowUs).ShouldBeNull();
        _pair.Near.Hint("other", PeerReason.OtherSecret, _pair.NowUs).ShouldBeNull();
        _pair.Status.ShouldBe(before);

        // Its heartbeats say more.
        for (int i = 0; i < 6; i++)
        {
            _pair.ToNear(_pair.FromFar());
            _pair.Pass(LivenessPair.IntervalUs);
        }

        _pair.Near.Hint("far", PeerReason.OtherSecret, _pair.NowUs).ShouldBeNull();
        (_pair.Status.State, _pair.Status.Reason).ShouldBe((PeerState.Dead, PeerReason.HearsUsNot));
    }

    [Fact]
    public void Receive_HeardButWithoutAnEcho_HearsUsNotUntilItIsSilent()
    {
        Meet();
        for (int i = 0; i < 6; i++)
        {
            _pair.ToNear(_pair.FromFar());
            _pair.Pass(LivenessPair.IntervalUs);
        }

        (_pair.Status.State, _pair.Status.Reason).ShouldBe((PeerState.Dead, PeerReason.HearsUsNot));
        _pair.Pass(LivenessPair.DeadAfterUs);
        _pair.Status.Reason.ShouldBe(PeerReason.Silent);
        _pair.Exchange();
        _pair.Status.IsLive.ShouldBeTrue();
    }

    [Fact]
    public void Receive_HeardFromTheStartButNeverWithAnEcho_HearsUsNot()
    {
        for (int i = 0; i < 6; i++)
        {
            _pair.ToNear(_pair.FromFar()).ShouldBe(PeerVerdict.Unproven);
            _pair.Pass(LivenessPair.IntervalUs);
        }

        (_pair.Status.State, _pair.Status.Reason).ShouldBe((PeerState.Dead, PeerReason.HearsUsNot));
    }

    [Fact]
    public void Receive_PlayedBack_IsRefusedAtAnyTime()
    {
        var records = new List<PeerMessage>();
        for (int i = 0; i < 20; i++)
        {
            _pair.ToFar(_pair.FromNear());
            PeerMessage message = _pair.FromFar();
            _pair.ToNear(message);
            records.Add(message);
            PeerStatus before = _pair.Status;
            records.ShouldAllBe(record => _pair.ToNear(record) == PeerVerdict.Replayed);
            _pair.Status.ShouldBe(before);
            _pair.Pass(LivenessPair.IntervalUs);
        }

        // It dies, and the records do not raise it.
        _pair.Pass(LivenessPair.DeadAfterUs);
        _pair.Status.State.ShouldBe(PeerState.Dead);
        records.ShouldAllBe(record => _pair.ToNear(record) == PeerVerdict.Replayed);
        _pair.Status.State.ShouldBe(PeerState.Dead);

        // Nor after this node restarts.
        _pair.RestartNear();
        foreach (PeerMessage record in records)
        {
            _pair.ToNear(record).ShouldBe(PeerVerdict.Unproven);
            _pair.Status.State.ShouldBe(PeerState.Unknown);
        }
    }

    [Fact]
    public void Receive_ALateOneOfTheSameBoot_IsRefused()
    {
        Meet();
        PeerMessage late = _pair.FromFar();
        _pair.ToNear(_pair.FromFar());
        _pair.ToNear(late).ShouldBe(PeerVerdict.Replayed);
    }

    [Fact]
    public void Receive_AnEchoOfARoundTooOld_ProvesNothing()
    {
        _pair.ToFar(_pair.FromNear());
        PeerMessage held = _pair.FromFar();
        _pair.NowUs += LivenessPair.DeadAfterUs + LivenessPair.IntervalUs;
        _pair.ToNear(held).ShouldBe(PeerVerdict.Unproven);
        _pair.Status.IsLive.ShouldBeFalse();
    }

    [Fact]
    public void Receive_UnderWayForLong_IsAliveForNoLongerThanTheEchoAllows()
    {
        _pair.ToFar(_pair.FromNear());
        long sentUs = _pair.NowUs;
        PeerMessage held = _pair.FromFar();
        _pair.NowUs += LivenessPair.DeadAfterUs;
        _pair.ToNear(held).ShouldBe(PeerVerdict.Proof);
        _pair.Near.NextUs.ShouldBe(sentUs + LivenessPair.DeadAfterUs + LivenessPair.IntervalUs);
    }

    [Fact]
    public void Receive_TheOtherRestarts_IsFollowedAndItsOldBootRefused()
    {
        Meet();
        _pair.ToFar(_pair.FromNear());
        PeerMessage underWay = _pair.FromFar();
        _pair.RestartFar();
        _pair.ToNear(_pair.FromFar()).ShouldBe(PeerVerdict.Unproven, "it has heard nothing yet");
        _pair.Status.Restarts.ShouldBe(0);
        _pair.NowUs += 1_000;
        _pair.Exchange();
        (_pair.Status.IsLive, _pair.Status.Restarts).ShouldBe((true, 1));
        _pair.ToNear(underWay).ShouldBe(PeerVerdict.OldBoot);
        (_pair.Status.IsLive, _pair.Status.Restarts).ShouldBe((true, 1));
    }

    [Fact]
    public void Receive_ALateProofOfABootThatEndedUnknown_IsRefused()
    {
        Meet();

        // It restarts twice in a row, and what the first of the two says comes after the second is known.
        _pair.RestartFar();
        _pair.ToFar(_pair.FromNear());
        PeerMessage late = _pair.FromFar();
        _pair.RestartFar();
        _pair.Exchange();
        _pair.Status.Restarts.ShouldBe(1);
        _pair.ToNear(late).ShouldBe(PeerVerdict.OldBoot);
        _pair.Status.Restarts.ShouldBe(1);
    }

    [Fact]
    public void Receive_BothRestartWhileRecordsArePlayedBack_FindEachOther()
    {
        var records = new List<PeerMessage>();
        for (int i = 0; i < 30; i++)
        {
            _pair.ToFar(_pair.FromNear());
            PeerMessage message = _pair.FromFar();
            records.Add(message);
            _pair.ToNear(message);
            _pair.RestartFar();
            _pair.Pass(LivenessPair.IntervalUs);
        }

        _pair.RestartNear();
        _pair.RestartFar();
        for (int i = 0; i < 10; i++)
        {
            _pair.ToNear(records[2 * i]);
            _pair.ToNear(records[(2 * i) + 1]);
            _pair.Exchange();
        }

        _pair.Status.IsLive.ShouldBeTrue();
        _pair.Far.Peers[0].IsLive.ShouldBeTrue();
    }

    [Fact]
    public void Receive_ForOthersOrOfUnknownOnes_IsRefused()
    {
        Meet();
        PeerMessage message = _pair.FromFar();
        _pair.ToNear(message with { To = "third" }).ShouldBe(PeerVerdict.NotForUs);
        _pair.ToNear(_pair.FromNear()).ShouldBe(PeerVerdict.NotForUs, "this node's own, sent back");
        _pair.ToNear(message with { From = "near", To = "near" }).ShouldBe(PeerVerdict.NotForUs);
        _pair.ToNear(message with { From = "third" }).ShouldBe(PeerVerdict.UnknownSender);
        _pair.ToNear(message).ShouldNotBe(PeerVerdict.Replayed, "nothing of the refused ones was used");
    }

    [Fact]
    public void SetPeers_WithOthers_KeepsThoseThatStay()
    {
        Meet();
        _pair.Near.SetPeers(["third", "far"], _pair.NowUs);
        _pair.Near.Peers.Select(peer => (peer.Name, peer.State)).ShouldBe([("third", PeerState.Unknown), ("far", PeerState.Alive)]);
        _pair.Near.SetPeers([], _pair.NowUs);
        _pair.Near.Peers.ShouldBeEmpty();
        _pair.Near.NextUs.ShouldBe(long.MaxValue);
        Should.Throw<ArgumentException>(() => _pair.Near.Echo("far", _pair.NowUs));
    }

    private void Meet()
    {
        _pair.Exchange();
        _pair.Exchange();
        _pair.Status.IsLive.ShouldBeTrue();
    }
}
