using System.Text;
using Atlas.Core.Health;
using Atlas.Engine.Handover;
using Atlas.Running.Upgrades;

namespace Atlas.Tests.Running.Upgrades;

public sealed class HandoverWordsTests
{
    private const int LimitMs = 30_000;

    [Theory]
    [InlineData("ready", "")]
    [InlineData("failed", "a reason\nof two lines, in Zürich")]
    public void Say_AWordAndWhatBelongsToIt_IsReadAlike(string word, string rest)
    {
        (HandoverChannel own, HandoverChannel other) = HandoverChannel.CreatePair();
        using (own)
        using (other)
        {
            own.Say(word, rest).ShouldBeTrue();
            other.Receive(LimitMs, out HandoverMessage? message).ShouldBe(HandoverStatus.Received);
            (string said, byte[] body) = HandoverWords.Read(message!);
            said.ShouldBe(word);
            Encoding.UTF8.GetString(body).ShouldBe(rest);
        }
    }

    [Fact]
    public void Say_MoreThanAMessageHolds_IsCut()
    {
        (HandoverChannel own, HandoverChannel other) = HandoverChannel.CreatePair();
        using (own)
        using (other)
        {
            own.Say("failed", new string('x', HandoverChannel.MaxBytes)).ShouldBeTrue();
            other.Receive(LimitMs, out HandoverMessage? message).ShouldBe(HandoverStatus.Received);
            message!.Bytes.Length.ShouldBe(HandoverChannel.MaxBytes);
        }
    }

    [Fact]
    public void State_OfManyOrders_GoesInPiecesAndComesBack()
    {
        var state = new HandedState
        {
            Version = "1.2.3",
            Pid = 7,
            Orders = [.. Enumerable.Range(0, 1_000).Select(i => new HandedOrder("web", $"s{i}", "10.0.0.1:80", AdminState.Drain, i, null))],
        };
        (HandoverChannel own, HandoverChannel other) = HandoverChannel.CreatePair();
        using (own)
        using (other)
        {
            own.SayLong(HandoverWords.State, state.Write()).ShouldBeTrue();
            own.Say(HandoverWords.End).ShouldBeTrue();
            var received = new MemoryStream();
            int pieces = 0;
            while (other.Receive(LimitMs, out HandoverMessage? message) == HandoverStatus.Received
                && HandoverWords.Read(message!) is (HandoverWords.State, var body))
            {
                received.Write(body);
                pieces++;
            }

            pieces.ShouldBeGreaterThan(1);
            HandedState read = HandedState.Read(received.ToArray())!;
            read.Pid.ShouldBe(7);
            read.Version.ShouldBe("1.2.3");
            read.Orders.ShouldBe(state.Orders);
            for (int length = 0; length < received.Length; length += 997)
            {
                HandedState.Read(received.ToArray().AsSpan(0, length)).ShouldBeNull();
            }
        }
    }
}
